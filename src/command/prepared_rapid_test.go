package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	splscripts "riskreplay/testdata/spl"
)

// TestPrestatsAgainstTstats: stats behind tstats prestats=true gives what tstats
// alone gives, and so do the si commands and their namesakes, in batches of any
// size.
func TestPrestatsAgainstTstats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(splscripts.Setup{Events: drawEvents(t)})
		w.size = rapid.SampledFrom([]int{1, 2, 3, 100}).Draw(t, "rows of a batch")
		by := drawBy(t)
		aggs := drawPlainAggs(t, by, []string{"count", "count", "dc", "sum", "avg", "min", "max", "values", "mode", "first", "last", "earliest", "latest", "perc95", "stdev"})
		where, fill, span := "", "", ""
		if rapid.Bool().Draw(t, "where") {
			where = " where " + strings.ReplaceAll(drawCondition(t), "(*", "(a=*")
		}
		if rapid.Bool().Draw(t, "fill") {
			fill = "fillnull_value=none "
		}
		if strings.Contains(by, "_time") {
			span = " span=5s"
		}
		want := w.Search("| tstats " + fill + aggs + where + by + span)
		require.NoError(t, want.Err)
		text := "| tstats prestats=t " + fill + aggs + where + by + span + " | stats " + aggs + by
		got := w.Search(text)
		require.NoError(t, got.Err, text)
		require.Equal(t, show(want.Rows), show(got.Rows), text)

		for plain, name := range map[string]string{"stats " + aggs + by: "stats", "chart count by a b": "chart", "timechart span=2s sum(b) by a": "timechart", "top a b": "top", "rare b by a": "rare"} {
			want, got := w.Search("* | "+plain), w.Search("* | si"+plain+" | "+plain)
			require.NoError(t, got.Err, plain)
			require.Equal(t, show(want.Rows), show(got.Rows), "%s: %s", name, plain)
		}
	})
}

// drawPlainAggs is aggregates without names of their own, each once, of fields that
// rows are not grouped by: those have one value in each row of prestats.
func drawPlainAggs(t *rapid.T, by string, functions []string) string {
	var out []string
	for range rapid.IntRange(1, 3).Draw(t, "aggregates") {
		f := rapid.SampledFrom(functions).Draw(t, "function")
		if f != "count" {
			field := drawField(t)
			if strings.Contains(by+" ", " "+field+" ") {
				field = "c"
			}
			f += "(" + field + ")"
		}
		if !strings.Contains(" "+strings.Join(out, " ")+" ", " "+f+" ") {
			out = append(out, f)
		}
	}
	return strings.Join(out, " ")
}
