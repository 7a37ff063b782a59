package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/modinput"
)

// leaving is a reader that goes away after so many bytes.
type leaving struct {
	io.Writer
	left int
}

// Write takes what there is room for.
func (l *leaving) Write(b []byte) (int, error) {
	if l.left -= len(b); l.left < 0 {
		return 0, syscall.EPIPE
	}
	return l.Writer.Write(b)
}

// inProcess is a run by a clock that stands still, whose reader takes so many
// bytes, or all.
func inProcess(t *testing.T, at time.Time, c *modinput.Config, takes int) (events []modinput.Event, log string) {
	t.Helper()
	// What is written to a file was taken, by whatever clock.
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer out.Close()
	now, stderr := clock.NewManual(at), &bytes.Buffer{}
	p := modinput.Program{Input: input(now), In: bytes.NewReader(c.AppendXML(nil)), Out: out, Stderr: stderr, Clock: now}
	if takes > 0 {
		p.Out = &leaving{out, takes}
	}
	require.Zero(t, p.Main(), stderr.String())
	came, err := os.ReadFile(out.Name())
	require.NoError(t, err)
	return parse(t, came), stderr.String()
}

// TestClockJumps: a run that was ended goes on with its times, wherever the clock
// is at the next start, and is finished for good; a later start, or an earlier one,
// sends nothing.
func TestClockJumps(t *testing.T) {
	const total = 4_000
	path := numbered(t, total, 300)
	noon := time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
	for _, jump := range []time.Duration{-1000 * time.Hour, -time.Second, 0, time.Hour, 20_000 * time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			c := stanza(t.TempDir(), "dataset", path, "dataset_roots", filepath.Dir(path), "time", "now")
			a := newArrived(total)
			events, _ := inProcess(t, noon, c, 400_000)
			require.NotEmpty(t, events)
			a.take(t, events)
			require.Less(t, a.next, total)
			events, log := inProcess(t, noon.Add(jump), c, 0)
			require.Contains(t, log, ": resumed, ")
			a.take(t, events)
			require.Equal(t, total, a.next)
			last := events[len(events)-1].Time.Std()
			require.True(t, last.Before(noon) && last.After(noon.Add(-time.Second)), "the times of the first start: %v", last)
			for _, later := range []time.Duration{0, -2000 * time.Hour, 2000 * time.Hour} {
				events, log = inProcess(t, noon.Add(later), c, 0)
				require.Empty(t, events)
				require.Contains(t, log, "nothing is sent again")
			}
		})
	}
}
