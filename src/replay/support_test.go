package replay

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/ingest"
)

// sysmonEvent is a process creation as Splunk renders it, of some 1.5 kB.
const sysmonEvent = `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/><EventID>%d</EventID><Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='%s00Z'/><EventRecordID>%d</EventRecordID><Correlation/><Execution ProcessID='2744' ThreadID='3912'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws-%03d.corp.example</Computer><Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'>-</Data><Data Name='UtcTime'>%s</Data><Data Name='ProcessGuid'>{2d9b1c52-803f-6968-241c-010000006903}</Data><Data Name='ProcessId'>%d</Data><Data Name='Image'>C:\Windows\System32\svchost.exe</Data><Data Name='FileVersion'>10.0.17763.1 (WinBuild.160101.0800)</Data><Data Name='Description'>Host Process for Windows Services</Data><Data Name='Product'>Microsoft Windows Operating System</Data><Data Name='Company'>Microsoft Corporation</Data><Data Name='OriginalFileName'>svchost.exe</Data><Data Name='CommandLine'>C:\Windows\System32\svchost.exe -k netsvcs -p -s wlidsvc</Data><Data Name='CurrentDirectory'>C:\Windows\system32\</Data><Data Name='User'>NT AUTHORITY\SYSTEM</Data><Data Name='LogonGuid'>{2d9b1c52-7f3a-6968-e703-000000000000}</Data><Data Name='LogonId'>0x3e7</Data><Data Name='TerminalSessionId'>0</Data><Data Name='IntegrityLevel'>System</Data><Data Name='Hashes'>MD5=8A0A29438052FAED8A2532DA50455756,SHA256=7FD065BAC18C5278777AE44908101CDFED72D26FA741367F0AD4D02020787AB6</Data><Data Name='ParentProcessGuid'>{2d9b1c52-7f39-6968-0b00-000000006903}</Data><Data Name='ParentProcessId'>632</Data><Data Name='ParentImage'>C:\Windows\System32\services.exe</Data><Data Name='ParentCommandLine'>C:\Windows\system32\services.exe</Data></EventData></Event>
`

// began is when the test data begins, testNow the moment of the tests.
var (
	began   = time.Date(2026, 1, 15, 11, 0, 0, 0, time.UTC)
	testNow = time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
)

// sysmon is a log of n events, one every step.
func sysmon(n int, step time.Duration) []byte {
	var b bytes.Buffer
	for i := range n {
		at := began.Add(time.Duration(i) * step)
		fmt.Fprintf(&b, sysmonEvent, []int{1, 1, 3, 11, 13}[i%5], at.Format("2006-01-02T15:04:05.0000000"), i, i%40, at.Format("2006-01-02 15:04:05.000"), i%9000)
	}
	return b.Bytes()
}

// lines is a text log with an event at each of some seconds.
func lines(name string, seconds ...int) string {
	var b bytes.Buffer
	for i, s := range seconds {
		fmt.Fprintf(&b, "%s %s event %d\n", began.Add(time.Duration(s)*time.Second).Format("2006-01-02T15:04:05.000Z"), name, i)
	}
	return b.String()
}

// files writes files and gives them as one dataset.
func files(t testing.TB, content map[string]string) []ingest.Dataset {
	t.Helper()
	dir := t.TempDir()
	for name, text := range content {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return resolve(t, dir)
}

func resolve(t testing.TB, path string) []ingest.Dataset {
	t.Helper()
	datasets, problems := ingest.Resolve(ingest.Input{Path: path})
	require.Empty(t, problems)
	return datasets
}

func scan(t testing.TB, datasets []ingest.Dataset, s Settings) *Plan {
	t.Helper()
	p, problems := Scan(t.Context(), datasets, s, event.At(testNow))
	require.NoError(t, problems.Errors().Err())
	return p
}

// memory is a sink that keeps what it is sent. A hook says what becomes of a batch;
// without one it is settled at once.
type memory struct {
	settled func(Receipt)
	batches []Batch
	held    []Batch
	hook    func(m *memory, b Batch) error
	closed  bool
}

func (m *memory) open(settled func(Receipt)) (Sink, error) {
	m.settled = settled
	return m, nil
}

func (m *memory) Send(_ context.Context, b Batch) error {
	m.batches = append(m.batches, b)
	if m.hook != nil {
		return m.hook(m, b)
	}
	m.settled(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
	return nil
}

func (m *memory) Flush(context.Context) error {
	for _, b := range m.held {
		m.settled(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
	}
	m.held = nil
	return nil
}

func (m *memory) Close() error {
	m.closed = true
	return nil
}

// texts are the events that a sink was sent, in order.
func (m *memory) texts() (all []string) {
	for _, b := range m.batches {
		for _, e := range b.Events {
			all = append(all, string(e.Raw))
		}
	}
	return all
}

// auto is a clock that goes where it is asked to wait until, and notes it.
type auto struct {
	mu     sync.Mutex
	now    time.Time
	sleeps []time.Time
}

func newAuto() *auto { return &auto{now: testNow} }

func (a *auto) Now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

func (a *auto) SleepUntil(ctx context.Context, t time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t.After(a.now) {
		a.now = t
		a.sleeps = append(a.sleeps, t)
	}
	return ctx.Err()
}

var _ clock.Clock = (*auto)(nil)
