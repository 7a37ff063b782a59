package modinput

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/event"
)

// sysmon is an event of Sysmon's, of the usual size.
var sysmon = `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/><EventID>1</EventID><Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='2026-01-15T12:00:00.1234567Z'/><EventRecordID>4711</EventRecordID><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>win-dc-1.example.com</Computer></System><EventData>` +
	strings.Repeat(`<Data Name='CommandLine'>"C:\Windows\System32\cmd.exe" /c echo "a" &amp; echo b</Data>`, 12) + `</EventData></Event>`

func benchEvent() *Event {
	return &Event{Event: event.Event{Raw: []byte(sysmon), Time: 1768478400_123_456_700, Host: "win-dc-1", Source: "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", Sourcetype: "XmlWinEventLog", Index: "main"}}
}

// benchRun writes as fast as it can; with marks it names each event.
func benchRun(_ context.Context, s *Session) error {
	n, _ := strconv.Atoi(s.Config.Stanzas[0].Get("count"))
	marks := s.Config.Stanzas[0].Get("marks") != ""
	if marks {
		s.Settled(func(uint64) error { return nil })
	}
	for e := benchEvent(); n > 0; n-- {
		if err := s.Events.Write(e); err != nil {
			return err
		}
		if marks {
			s.Events.Mark(uint64(n))
		}
	}
	return nil
}

func perEvent(b *testing.B) {
	b.Helper()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkWriter(b *testing.B) {
	w := NewWriter(io.Discard, clock.Real{}, WriterOptions{})
	e := benchEvent()
	b.SetBytes(int64(len(e.Raw)))
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Write(e); err != nil {
			b.Fatal(err)
		}
	}
	perEvent(b)
	require.NoError(b, w.Close(b.Context()))
}

func BenchmarkReader(b *testing.B) {
	one := string(mustAppend(benchEvent()))
	in := "<stream>" + strings.Repeat(one, 1000) + "</stream>"
	b.SetBytes(int64(len(sysmon)))
	b.ReportAllocs()
	r := NewReader(strings.NewReader(in))
	for b.Loop() {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			r = NewReader(strings.NewReader(in))
		}
	}
	perEvent(b)
}

func mustAppend(e *Event) []byte {
	b, _ := e.append(nil, 3)
	return b
}

// BenchmarkStdout is a program that writes and somebody who only reads: what the
// input itself can do. Bytes are those of events.
func BenchmarkStdout(b *testing.B) { benchStdout(b, command("bench"), b.N) }

// BenchmarkStdoutMarks names each event, as an input with checkpoints does.
func BenchmarkStdoutMarks(b *testing.B) {
	benchStdout(b, command("bench"), b.N, Param{Name: "marks", Values: []string{"1"}})
}

// BenchmarkStdoutPython is the same with the EventWriter of Splunk's SDK for
// Python, where it is installed for the python3 that PYTHON names.
func BenchmarkStdoutPython(b *testing.B) {
	python := os.Getenv("PYTHON")
	if python == "" {
		python = "python3"
	}
	if exec.Command(python, "-c", "import splunklib.modularinput").Run() != nil {
		b.Skip("splunk-sdk is not installed for " + python)
	}
	benchStdout(b, exec.Command(python, "-c", `
import sys
from splunklib.modularinput import Event, EventWriter
data, n = sys.argv[1], int(sys.argv[2])
w = EventWriter()
for i in range(n):
    w.write_event(Event(data=data, time="1768478400.123", host="win-dc-1", source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", sourcetype="XmlWinEventLog", index="main"))
w.close()
`, sysmon, strconv.Itoa(b.N)), b.N)
}

func benchStdout(b *testing.B, cmd *exec.Cmd, n int, more ...Param) {
	b.Helper()
	b.SetBytes(int64(len(sysmon)))
	params := append([]Param{{Name: "count", Values: []string{strconv.Itoa(n)}}}, more...)
	c := Config{Stanzas: []Stanza{{Name: "bench://x", Params: params}}}
	cmd.Stdin = strings.NewReader(string(c.AppendXML(nil)))
	in, out, err := os.Pipe()
	require.NoError(b, err)
	cmd.Stdout = out
	b.ResetTimer()
	require.NoError(b, cmd.Start())
	require.NoError(b, out.Close())
	buf := make([]byte, 64<<10)
	for err == nil {
		_, err = in.Read(buf)
	}
	require.NoError(b, cmd.Wait())
	perEvent(b)
	require.NoError(b, in.Close())
}

// BenchmarkHost is a program and our host, to the callback.
func BenchmarkHost(b *testing.B) {
	b.SetBytes(int64(len(sysmon)))
	c := &Config{Stanzas: []Stanza{{Name: "bench://x", Params: []Param{{Name: "count", Values: []string{strconv.Itoa(b.N)}}}}}}
	n := 0
	r, err := Start(b.Context(), program("bench"), "bench", c, HostOptions{Clock: clock.Real{}, Once: true, Event: func(Event) error {
		n++
		return nil
	}})
	require.NoError(b, err)
	require.NoError(b, r.Wait())
	require.Equal(b, b.N, n)
	perEvent(b)
}

// BenchmarkScheme is the whole answer to --scheme, the process's start included.
func BenchmarkScheme(b *testing.B) {
	for b.Loop() {
		if out, err := command("bench", "--scheme").Output(); err != nil || len(out) == 0 {
			b.Fatal(err)
		}
	}
}
