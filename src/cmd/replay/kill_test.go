package main

import (
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/modinput"
)

// killsVariable is how many kills there are at least; 40 without it.
const killsVariable = "RISKREPLAY_KILLS"

func wantedKills(t *testing.T) int {
	text := os.Getenv(killsVariable)
	if text == "" {
		return 40
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, killsVariable)
	return n
}

// arrived is what splunkd has of a numbered log, over several starts.
type arrived struct {
	seen []string // each event's time and text, when it first came
	next int      // the first that never came
}

func newArrived(total int) *arrived { return &arrived{seen: make([]string, total)} }

// take is what came of one start: without a gap, nothing left out, and what came
// before with the same times. It gives the bytes that came twice.
func (a *arrived) take(t *testing.T, events []modinput.Event) (repeated int) {
	t.Helper()
	if len(events) == 0 {
		return 0
	}
	first := number(t, events[0])
	require.LessOrEqual(t, first, a.next, "lost")
	for i, e := range events {
		n := number(t, e)
		require.Equal(t, first+i, n)
		if a.seen[n] != "" {
			repeated += len(e.Raw)
			require.Equal(t, a.seen[n], e.Time.String()+string(e.Raw), "other times")
		}
		a.seen[n] = e.Time.String() + string(e.Raw)
	}
	require.LessOrEqual(t, repeated, 64<<10, "more than a pipe holds")
	a.next = max(a.next, first+len(events))
	return repeated
}

// all is what is left: the whole log has come then, and a further start sends
// nothing.
func (a *arrived) all(t *testing.T, c *modinput.Config) (repeated int) {
	t.Helper()
	events, _ := once(t, c)
	repeated = a.take(t, events)
	require.Equal(t, len(a.seen), a.next, "lost")
	again, log := once(t, c)
	require.Empty(t, again)
	require.Contains(t, log, "nothing is sent again")
	return repeated
}

// TestKilledAndResumed: nothing is lost, at most a pipe's worth comes twice, and
// the times are moved as in the beginning.
func TestKilledAndResumed(t *testing.T) {
	const total, size = 12_000, 700
	path, wanted := numbered(t, total, size), wantedKills(t)
	random := rand.New(rand.NewPCG(7, 1))
	for kills, twice := 0, 0; kills < wanted; {
		c := stanza(t.TempDir(), "dataset", path, "dataset_roots", filepath.Dir(path), "time", "now")
		a := newArrived(total)
		for range min(wanted-kills, 14) {
			p := start(t, c.AppendXML(nil))
			// Past the end too: a run may be killed while it waits for splunkd.
			out, _ := io.ReadAll(io.LimitReader(p.out, int64(random.IntN(1_500_000))))
			require.NoError(t, p.Process.Kill())
			rest, _ := io.ReadAll(p.out) // splunkd reads what lies in the pipe
			_ = p.Wait()
			twice += a.take(t, parse(t, append(out, rest...)))
			kills++
		}
		twice += a.all(t, c)
		t.Logf("%d kills, %d bytes twice", kills, twice)
	}
}
