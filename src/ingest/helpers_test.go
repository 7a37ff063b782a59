package ingest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// now is the moment of all tests: 2026-01-15T12:20:00Z.
const now = event.Time(1768479600e9)

// write makes a file in a folder of its own.
func write(t testing.TB, name, content string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// readPath reads a file whole.
func readPath(t testing.TB, path string, m Metadata, o Options) ([]event.Event, diag.List) {
	var events []event.Event
	o.Now = now
	problems := Read(context.Background(), newFile(path, m), o, func(b Block) error {
		require.NotEmpty(t, b.Events)
		require.Equal(t, len(events), b.First.Event)
		require.Len(t, b.Offsets, len(b.Events))
		require.Equal(t, b.First.Offset, b.Offsets[0])
		events = append(events, b.Events...)
		return nil
	})
	return events, problems
}

// readText reads a text as a file named x.log.
func readText(t testing.TB, text string, m Metadata, o Options) ([]event.Event, diag.List) {
	return readPath(t, write(t, "x.log", text), m, o)
}

// show prints an event: time, host, index, sourcetype, source, fields, raw.
func show(e event.Event) string {
	fields := ""
	for _, f := range e.Fields {
		fields += " " + f.Name + "=" + f.Value
	}
	source := e.Source
	if filepath.IsAbs(source) {
		source = filepath.Base(source)
	}
	return fmt.Sprintf("%s %s %s %s %s%s %q", e.Time, e.Host, e.Index, e.Sourcetype, source, fields, e.Raw)
}

func showAll(events []event.Event) string {
	var lines []string
	for _, e := range events {
		lines = append(lines, show(e))
	}
	return strings.Join(lines, "\n")
}

// said prints messages, first lines only, paths by their last part.
func said(l diag.List) string {
	var lines []string
	for _, m := range l {
		line := m.Short()
		if m.Hint != "" {
			line += " [" + m.Hint + "]"
		}
		lines = append(lines, noFolders(line))
	}
	return strings.Join(lines, "\n")
}

// noFolders cuts the folders of the test off.
func noFolders(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if at := strings.Index(w, os.TempDir()); at >= 0 {
			words[i] = w[:at] + filepath.Base(w)
		}
	}
	return strings.Join(words, " ")
}

// xmlEvent is an event with the parts that ingest looks at.
func xmlEvent(time, channel, computer, data string) string {
	return "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>1</EventID><TimeCreated SystemTime='" + time +
		"'/><Channel>" + channel + "</Channel><Computer>" + computer + "</Computer></System><EventData>" + data + "</EventData></Event>"
}
