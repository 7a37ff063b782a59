package command

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spill"
	splscripts "riskreplay/testdata/spl"
)

// crowd is a world of events with many values: numbers, texts, addresses, times,
// multivalues and nulls among them.
func crowd(n int) (w *world, size int64) {
	r := rand.New(rand.NewPCG(3, 4))
	setup := splscripts.Setup{}
	mixed := []string{"9", "10", "1a", "-5", "n/a", "10.0.0.1", "9.0.0.1", "0009", "1.0", "Zed"}
	for i := range n {
		e := event.Event{Time: event.Time(1_768_435_200e9 + int64(i/3)*1e9), Index: "main", Host: fmt.Sprintf("host%d", r.IntN(40)), Raw: fmt.Appendf(nil, "event %d says %x", i, r.Uint64())}
		add := func(name, value string) {
			e.Fields = append(e.Fields, event.Field{Name: name, Value: value})
			size += int64(len(name) + len(value))
		}
		add("user", fmt.Sprintf("user%d", r.IntN(n/4)))
		add("id", fmt.Sprint(r.IntN(n)))
		add("bytes", fmt.Sprint(r.IntN(100_000)-1000))
		if r.IntN(4) > 0 {
			add("mixed", mixed[r.IntN(len(mixed))]+fmt.Sprint(r.IntN(20)))
			add("group", fmt.Sprint(r.IntN(30)))
		}
		if r.IntN(3) == 0 {
			add("tag", fmt.Sprintf("t%d", r.IntN(50)))
			add("tag", fmt.Sprintf("t%d", r.IntN(50)))
		}
		size += int64(len(e.Raw))
		setup.Events = append(setup.Events, e)
	}
	w = newWorld(setup)
	w.size = 700
	return w, size
}

// spilled are searches whose operators go to disk.
var spilled = []string{
	"* | sort 0 user, - bytes",
	"* | sort 0 mixed, id",
	"* | sort 0 - mixed",
	"* | sort 0 str(bytes) ip(mixed)",
	"* | sort 0 tag - _time",
	"* | sort 500 - num(mixed)",
	"* | sort bytes",
	"* | stats count sum(bytes) avg(bytes) min(mixed) max(bytes) dc(id) first(id) last(id) by user, group",
	"* | stats values(id) list(bytes) median(bytes) perc95(bytes) mode(mixed) earliest(id) latest(id) by user",
	"* | stats count by id",
	"* | stats count(eval(bytes>500)) as big avg(eval(bytes*2)) as twice dc(eval(user.id)) as both by user tag",
	"* | stats count values(*) as * by id",
	"* | stats count by tag, id dedup_splitvals=true",
	"* | stats stdev(bytes) range(bytes) rate(bytes) earliest_time(id) by user",
	"* | eventstats count sum(bytes) as s by user | table user s count",
	"* | eventstats count as n | sort 0 - n id",
	"* | join type=outer max=0 user [search * | fields user, bytes, group | rename bytes as other]",
	"* | join user id [search * | eval seen=_time | fields user, id, seen]",
	"* | join usetime=true earlier=false overwrite=false max=2 group [search * | fields _time, group, mixed, user | head 3000]",
	"* | fields user, id, bytes | join [search * | fields user, id, mixed]",
	"* | join max=0 left=L right=R where L.id=R.bytes [search * | fields bytes, user]",
	"* | transaction user maxspan=1h",
	"* | transaction user, group mvlist=true keepevicted=true maxopentxn=50",
	"* | transaction id startswith=(bytes>50000) endswith=eval(bytes<90000) keeporphans=true keepevicted=true",
	"* | transaction tag maxpause=10m connected=false mvraw=true",
	"* | transaction mixed maxevents=5 keeporphans=true",
	"* | chart count avg(bytes) over host by group",
	"* | timechart span=10m dc(user) by host limit=3",
	"* | dedup user sortby - bytes | table user bytes id",
}

// crowdSize is how many events there are: more where there is time.
func crowdSize() int {
	if os.Getenv("RISKREPLAY_SOAK") != "" {
		return 20_000
	}
	return 1200
}

// TestSpilling: every operator gives the same rows, in the same order, when ten times
// the memory goes through it.
func TestSpilling(t *testing.T) {
	w, size := crowd(crowdSize())
	w.limits.JoinRows = 1_000_000
	for _, text := range spilled {
		t.Run(text, func(t *testing.T) {
			dir := t.TempDir()
			w.memory = nil
			want := textOf(w, text)
			w.memory = spill.New(size/10, dir)
			got := textOf(w, text)
			require.Len(t, got, len(want))
			for i := range want {
				require.Equal(t, want[i], got[i], i)
			}
			require.Positive(t, w.memory.Written(), "nothing went to disk")
			require.NoError(t, w.memory.Close())
			left, err := filepath.Glob(filepath.Join(dir, "*"))
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

// textOf is the rows of a search, one a line, with the columns' names before them and
// the warnings behind.
func textOf(w *world, text string) []string {
	a := w.Search(text)
	if a.Err != nil {
		return []string{a.Err.Error()}
	}
	out := []string{strings.Join(a.Columns, " ")}
	for _, r := range a.Rows {
		out = append(out, r.String())
	}
	return append(out, a.Warnings...)
}

// TestSpillingFails: a folder that cannot be written is told of, and a search that is
// cancelled while its rows go to disk ends.
func TestSpillingFails(t *testing.T) {
	w, size := crowd(1500)
	w.limits.JoinRows = 1_000_000
	for _, text := range []string{"* | sort 0 user", "* | stats count by id", "* | join user [search *]", "* | transaction user", "* | eventstats count"} {
		missing := filepath.Join(t.TempDir(), "missing")
		w.memory = spill.New(size/10, missing)
		got := strings.Join(textOf(w, text), "\n")
		require.Contains(t, got, `cannot make the temporary folder in "`+missing+`"`, text)
		require.Contains(t, got, "no such file", text)

		dir := t.TempDir()
		w.memory = spill.New(size/10, dir)
		ctx, cancel := context.WithCancel(t.Context())
		p, problems := w.plan(text)
		require.False(t, problems.HasErrors(), problems.Error())
		once := &cancelling{w, cancel}
		require.ErrorIs(t, p.Run(ctx, once, func(*batch.Batch) error { return nil }), context.Canceled, text)
		require.NoError(t, w.memory.Close())
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left)
	}
}

// cancelling is a world that ends the search once it went to disk.
type cancelling struct {
	*world
	cancel func()
}

func (c *cancelling) Memory() *spill.Budget {
	c.cancel()
	return c.world.Memory()
}

var _ search.World = (*cancelling)(nil)
