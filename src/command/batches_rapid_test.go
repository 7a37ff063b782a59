package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	splscripts "riskreplay/testdata/spl"
)

// drawnCommands are uses of commands that have no step in the reference.
var drawnCommands = []string{
	"chart count by a b", "chart limit=2 sum(c) as s over b by a", "chart avg(c) max(a) by p.x", "timechart span=2s count by a limit=1", "timechart sum(c) usenull=f by b",
	"top a", "top 2 a by b", "rare a c useother=t", "rare limit=1 c by a",
	`rex field=a "(?<n>\d)(?<x>.)?"`, `rex field=b max_match=0 "(?<a>.)"`, `rex field=c mode=sed "s/x/y/g"`, `regex a="^[12]"`, `regex b!="x"`,
	"tail 3", "reverse", "uniq", "makemv delim=\" \" a", `makemv tokenizer="(.)" b`, "mvexpand a", "mvexpand b limit=1", "mvcombine a", "nomv a", "fields a b | mvcombine delim=\":\" a | nomv a",
	"replace x with new, \"*y\" with \"<*>\"", "replace 1 with one in a, b", "strcat a \"-\" b n", "strcat allrequired=t a b x", "addtotals", "addtotals col=t labelfield=x a c",
	"addcoltotals c", "addinfo", "filldown", "filldown a p.*", "accum a", "accum c as n", "delta c", "delta a p=2 as x", "autoregress a p=1-2", "autoregress b as n",
	"rangemap field=a low=0-1 high=2-9", "setfields n=1", "untable a n x", "xyseries a b c", "xyseries a b c p.x", "tojson", "tojson num(a) output_field=x", "spath input=a",
	"fromjson b", "xmlkv a", "fieldsummary", "contingency a b", "concurrency duration=a", "transaction a", "transaction b maxspan=3s keeporphans=t", "transaction maxpause=1s mvlist=t",
	"transaction a startswith=(b=x) endswith=(c=1) keepevicted=t", "transaction a b maxevents=2 connected=f", "streamstats time_window=3s count sum(a) as s by b", "streamstats window=2 list(a) values(b) as v",
	"eventstats count by a", "iplocation a",
}

// TestBatchesDoNotMatter: a search gives the same in whatever batches rows come.
func TestBatchesDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawEvents(t)
		parts := []string{drawCondition(t)}
		for range rapid.IntRange(1, 4).Draw(t, "commands") {
			if rapid.IntRange(0, 3).Draw(t, "old") == 0 {
				parts = append(parts, rapid.SampledFrom(drawers).Draw(t, "command")(t))
				continue
			}
			parts = append(parts, rapid.SampledFrom(drawnCommands).Draw(t, "command"))
		}
		text := strings.Join(parts, " | ")
		var want splscripts.Answer
		for i, size := range []int{1000, 1, 2, 3} {
			w := newWorld(splscripts.Setup{Events: events})
			w.size = size
			got := w.Search(text)
			if i == 0 {
				want = got
				continue
			}
			require.Equal(t, want.Err, got.Err, text)
			require.Equal(t, show(want.Rows), show(got.Rows), "%s\nin batches of %d", text, size)
			if len(want.Rows) > 0 {
				require.Equal(t, present(want.Columns, want.Rows), present(got.Columns, got.Rows), "%s\nin batches of %d", text, size)
			}
		}
	})
}

// TestSchemasHold: rows have no field that the plan did not know of, and what
// nobody reads is not needed.
func TestSchemasHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(splscripts.Setup{Events: drawEvents(t)})
		first := rapid.SampledFrom([]string{"table a b c _time", "stats count as a sum(c) as c by b", "fields a b c"}).Draw(t, "first")
		text := "* | " + first + " | " + rapid.SampledFrom(drawnCommands).Draw(t, "command")
		p, problems := w.plan(text)
		if p == nil {
			require.True(t, problems.HasErrors(), text)
			return
		}
		got := w.Search(text)
		if s := p.Schema(); got.Err == nil && !s.Open {
			checkSchema(t, s.Fields, got, text)
		}
		cut := w.Search(text + " | table n x s a")
		for i, row := range got.Rows {
			for _, f := range []string{"n", "x", "s", "a"} {
				require.Equal(t, row[f], cut.Rows[i][f], "%s: %s of row %d", text, f, i)
			}
		}
	})
}
