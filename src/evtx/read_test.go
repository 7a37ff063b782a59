package evtx

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

var update = flag.Bool("update", false, "write testdata/evtx/sample.evtx")

// samplePath is the log that other packages' tests read.
var samplePath = filepath.Join("..", "..", "testdata", "evtx", "sample.evtx")

// readLog reads a log whole.
func readLog(data []byte, o Options) (records []Record, problems diag.List) {
	problems = Read(context.Background(), "x.evtx", bytes.NewReader(data), o, func(r Record) error {
		r.XML = bytes.Clone(r.XML)
		records = append(records, r)
		return nil
	})
	return records, problems
}

// said is the messages, one a line.
func said(l diag.List) string {
	var lines []string
	for _, m := range l {
		lines = append(lines, m.Severity.String()+": "+m.Text)
	}
	return strings.Join(lines, "\n")
}

func TestTheSampleIsWhatTheWriterMakes(t *testing.T) {
	if *update {
		require.NoError(t, os.WriteFile(samplePath, sample(), 0o644))
	}
	got, err := os.ReadFile(samplePath)
	require.NoError(t, err)
	require.True(t, bytes.Equal(sample(), got), "testdata/evtx/sample.evtx is stale: go test ./src/evtx -run Sample -update")
}

func TestReadAsSplunkHasIt(t *testing.T) {
	records, problems := readLog(sample(), Options{})
	require.Empty(t, problems)
	require.Len(t, records, 8)
	require.Equal(t, uint64(4711), records[0].Number)
	require.Equal(t, event.At(time.Date(2026, 1, 14, 12, 0, 1, 234_567_800, time.UTC)), records[1].Time)
	require.Equal(t, `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>`+
		`<Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/><EventID>1</EventID><Version>5</Version>`+
		`<Level>4</Level><Task>1</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>`+
		`<TimeCreated SystemTime='2026-01-14T12:00:00.000000000Z'/><EventRecordID>4711</EventRecordID><Correlation/>`+
		`<Execution ProcessID='2128' ThreadID='3640'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel>`+
		`<Computer>ws-17.example.test</Computer><Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'></Data>`+
		`<Data Name='UtcTime'>2026-01-14 12:00:00.123</Data><Data Name='ProcessGuid'>{A837DB8D-01B5-5F25-0000-0010A1B2C300}</Data>`+
		`<Data Name='ProcessId'>4000</Data><Data Name='Image'>C:\Windows\System32\cmd.exe</Data>`+
		`<Data Name='CommandLine'>cmd.exe /c "echo &lt;a&gt; &amp; echo 'b'"</Data><Data Name='User'>EXAMPLE\anna</Data>`+
		`<Data Name='LogonId'>0x3e7</Data><Data Name='ParentImage'>C:\Windows\explorer.exe</Data></EventData></Event>`, string(records[0].XML))
	require.Contains(t, string(records[1].XML), `<TimeCreated SystemTime='2026-01-14T12:00:01.234567800Z'/>`)
	require.Contains(t, string(records[1].XML), `<Security/></System><EventData><Data Name='SubjectUserSid'>S-1-5-21-1-2-3-1001</Data>`)
	require.Contains(t, string(records[1].XML), `<Data Name='NewProcessId'>0xfa0</Data>`)
	require.Contains(t, string(records[6].XML), `<Data Name='CommandLine'>prüfen.exe 💡 €</Data>`)
}

func TestTextIsTheRecordsOneALine(t *testing.T) {
	records, _ := readLog(sample(), Options{})
	var want strings.Builder
	for _, r := range records {
		want.WriteString(string(r.XML) + "\n")
	}
	for _, r := range []io.Reader{bytes.NewReader(sample()), iotest.OneByteReader(bytes.NewReader(sample()))} {
		text := NewText("x.evtx", r, Options{})
		got, err := io.ReadAll(text)
		require.NoError(t, err)
		require.Empty(t, text.Problems())
		require.Equal(t, want.String(), string(got))
	}
}

func TestManyChunks(t *testing.T) {
	data := bigLog(2000)
	require.Greater(t, len(data), 5*chunkSize)
	records, problems := readLog(data, Options{})
	require.Empty(t, problems)
	require.Len(t, records, 2000)
	for i, r := range records {
		require.Equal(t, uint64(i+1), r.Number)
		require.True(t, bytes.HasSuffix(r.XML, []byte("</Event>")))
	}
}

func TestIs(t *testing.T) {
	require.True(t, Is(sample()))
	require.False(t, Is([]byte("ElfFile")))
	require.False(t, Is(nil))
}

func TestReadEndsEarly(t *testing.T) {
	cause := errors.New("enough")
	n := 0
	problems := Read(context.Background(), "x.evtx", bytes.NewReader(bigLog(2000)), Options{}, func(Record) error { n++; return cause })
	require.Equal(t, 1, n)
	require.ErrorIs(t, problems.Err(), cause)
	require.Equal(t, "error: reading was stopped: enough", said(problems))

	ctx, cancel := context.WithCancel(context.Background())
	n = 0
	problems = Read(ctx, "x.evtx", bytes.NewReader(bigLog(2000)), Options{}, func(Record) error { n++; cancel(); return nil })
	require.Less(t, n, 500)
	require.ErrorIs(t, problems.Err(), context.Canceled)

	problems = Read(context.Background(), "x.evtx", io.MultiReader(bytes.NewReader(sample()[:5000]), iotest.ErrReader(cause)), Options{}, func(Record) error { return nil })
	require.ErrorIs(t, problems.Err(), cause)
	require.Contains(t, said(problems), "the rest of the file cannot be read: enough")
}
