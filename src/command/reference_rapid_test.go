package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/event"
	splscripts "riskreplay/testdata/spl"
)

// TestCommandsAgainstTheReference runs random searches over random events through
// the commands, in batches of random size, and through the reference.
func TestCommandsAgainstTheReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(splscripts.Setup{Events: drawEvents(t)})
		w.size = rapid.SampledFrom([]int{1, 2, 3, 100}).Draw(t, "rows of a batch")
		text := drawSearch(t)
		tree, problems := parse("<search>", text)
		require.False(t, problems.HasErrors(), "%s\n%v", text, problems)
		want := refer(w, tree)
		got := w.Search(text)
		require.NoError(t, got.Err, text)
		p, _ := w.plan(text)
		require.Equal(t, show(want.rows), show(got.Rows), "%s\n%s", text, p.Explain())
		require.Equal(t, want.columns != nil, p.Schema().Ordered, text)
		if want.columns != nil && len(got.Rows) > 0 {
			require.Equal(t, present(want.columns, got.Rows), present(got.Columns, got.Rows), text)
			if !p.Schema().Open {
				checkSchema(t, p.Schema().Fields, got, text)
			}
		}
	})
}

// TestReferenceIsComplete: the commands whose code for columns is clever have an
// oracle, and are drawn.
func TestReferenceIsComplete(t *testing.T) {
	for _, name := range []string{"search", "where", "eval", "stats", "tstats", "eventstats", "sort", "dedup", "bin", "rename", "fillnull"} {
		require.Contains(t, steps, name)
	}
}

// present is the columns that have a value in some row.
func present(columns []string, rows []splscripts.Row) []string {
	return slices.DeleteFunc(append([]string{}, columns...), func(n string) bool {
		return !slices.ContainsFunc(rows, func(r splscripts.Row) bool { return len(r[n]) > 0 })
	})
}

// checkSchema: the plan knew the fields before it ran.
func checkSchema(t *rapid.T, fields []string, got splscripts.Answer, text string) {
	for _, row := range got.Rows {
		for n := range row {
			require.Contains(t, fields, n, text)
		}
	}
}

func show(rows []splscripts.Row) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.String()
	}
	return out
}

var drawnFields = []string{"a", "b", "c", "p.x", "p.y"}

func drawEvents(t *rapid.T) []event.Event {
	value := rapid.SampledFrom([]string{"1", "2", "10", "1.0", "2.5", "-3", "x", "X", "xy", "Y", "", "a b", "x*"})
	var out []event.Event
	for range rapid.IntRange(0, 12).Draw(t, "events") {
		e := event.Event{Raw: []byte("raw"), Host: "h", Source: "s", Sourcetype: "t", Index: "main"}
		e.Time = event.Time(rapid.IntRange(0, 40).Draw(t, "time")) * 500_000_000
		for _, f := range drawnFields {
			for range rapid.SampledFrom([]int{0, 1, 1, 1, 2}).Draw(t, "values of "+f) {
				e.Fields = append(e.Fields, event.Field{Name: f, Value: value.Draw(t, f)})
			}
		}
		out = append(out, e)
	}
	return out
}

func drawSearch(t *rapid.T) string {
	parts := []string{drawCondition(t)}
	if rapid.IntRange(0, 3).Draw(t, "tstats") == 0 {
		parts = []string{drawTstats(t)}
	}
	for range rapid.IntRange(0, 5).Draw(t, "commands") {
		parts = append(parts, rapid.SampledFrom(drawers).Draw(t, "command")(t))
	}
	return strings.Join(parts, " | ")
}

var drawers = []func(*rapid.T) string{
	func(t *rapid.T) string { return "search " + drawCondition(t) },
	func(t *rapid.T) string { return "where " + drawTruth(t) },
	func(t *rapid.T) string { return "eval " + drawAssigns(t) },
	drawStats,
	func(t *rapid.T) string {
		return "sort " + rapid.SampledFrom([]string{"", "0 ", "2 "}).Draw(t, "limit") + drawKeys(t)
	},
	drawDedup,
	drawBin,
	drawRename,
	func(t *rapid.T) string {
		return "fillnull " + rapid.SampledFrom([]string{"", "value=new ", "value=\"\" "}).Draw(t, "value") + rapid.SampledFrom([]string{"", "a", "c new"}).Draw(t, "fields")
	},
	func(t *rapid.T) string { return fmt.Sprintf("head %d", rapid.IntRange(0, 6).Draw(t, "n")) },
	func(t *rapid.T) string { return "table " + drawPatterns(t) },
	func(t *rapid.T) string {
		return "fields " + rapid.SampledFrom([]string{"", "+ ", "- "}).Draw(t, "sign") + drawPatterns(t)
	},
}

func drawField(t *rapid.T) string { return rapid.SampledFrom(drawnFields).Draw(t, "field") }

func drawName(t *rapid.T) string {
	return rapid.SampledFrom(append([]string{"_time", "n", "host", "x"}, drawnFields...)).Draw(t, "name")
}

func drawPatterns(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "p.x", "p.*", "*", "_time", "n", "x", "*x", "host"}), 1, 3).Draw(t, "patterns"), ", ")
}

func drawCondition(t *rapid.T) string {
	switch rapid.IntRange(0, 6).Draw(t, "condition") {
	case 0:
		return "*"
	case 1:
		return "NOT (" + drawCondition(t) + ")"
	case 2:
		return "(" + drawCondition(t) + " OR " + drawCondition(t) + ")"
	case 3:
		return drawCondition(t) + " " + drawCondition(t)
	case 4:
		return drawField(t) + " IN (1, x*, \"a b\")"
	}
	op := rapid.SampledFrom([]string{"=", "!=", "<", ">=", "<=", ">"}).Draw(t, "op")
	return drawField(t) + op + rapid.SampledFrom([]string{"1", "2.5", "x", "X*", "*y", "*", `""`, "x*y"}).Draw(t, "literal")
}

func drawTruth(t *rapid.T) string {
	f, g := quoteField(drawField(t)), quoteField(drawField(t))
	return rapid.SampledFrom([]string{
		f + ">1", f + "=" + g, "isnull(" + f + ")", f + `="x"`, "like(" + f + `, "x%")`, f + " IN (1, " + g + ")",
		"NOT " + f + "<" + g, f + ">1 AND isnotnull(" + g + ")", f + "=1 OR " + g + `!="x" AND ` + f + "<9", "mvcount(" + f + ")>1",
	}).Draw(t, "truth")
}

func quoteField(f string) string { return "'" + f + "'" }

func drawAssigns(t *rapid.T) string {
	var out []string
	for range rapid.IntRange(1, 3).Draw(t, "assigns") {
		f, g := quoteField(drawField(t)), quoteField(drawField(t))
		e := rapid.SampledFrom([]string{
			"1", `"text"`, "null()", f, f + "+1", f + "." + g, "if(" + f + ">" + g + ", " + f + `, "no")`, "lower(" + f + ")",
			"coalesce(" + f + ", " + g + ")", "mvcount(" + f + ")", "mvappend(" + f + ", " + g + ")", "_time", "len(" + f + ")", f + "*2",
		}).Draw(t, "expression")
		out = append(out, rapid.SampledFrom([]string{"a", "c", "n", "x"}).Draw(t, "target")+"="+e)
	}
	return strings.Join(out, ", ")
}

func drawAggs(t *rapid.T, field func(*rapid.T) string, functions []string) string {
	var out []string
	for i := range rapid.IntRange(1, 4).Draw(t, "aggregates") {
		f := rapid.SampledFrom(functions).Draw(t, "function")
		switch f {
		case "count":
		case "eval":
			f = "count(eval(" + drawTruth(t) + "))"
		default:
			f += "(" + field(t) + ")"
		}
		out = append(out, fmt.Sprintf("%s as r%d", f, i))
	}
	return strings.Join(out, " ")
}

func drawBy(t *rapid.T) string {
	list := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "p.x", "_time", "x"}), 0, 3, rapid.ID[string]).Draw(t, "by")
	if len(list) == 0 {
		return ""
	}
	return " by " + strings.Join(list, " ")
}

func drawStats(t *rapid.T) string {
	functions := []string{"count", "count", "eval", "c", "dc", "sum", "avg", "min", "max", "range", "values", "list", "first", "last", "earliest", "latest", "mode", "p50", "perc95"}
	return "stats " + drawAggs(t, drawName, functions) + drawBy(t)
}

func drawTstats(t *rapid.T) string {
	out := "| tstats "
	if rapid.Bool().Draw(t, "fill") {
		out += "fillnull_value=null "
	}
	out += drawAggs(t, drawField, []string{"count", "dc", "sum", "avg", "min", "max", "values", "mode"})
	if rapid.Bool().Draw(t, "where") {
		out += " where " + strings.ReplaceAll(drawCondition(t), "(*", "(a=*")
	}
	by := drawBy(t)
	if strings.Contains(by, "_time") {
		by += rapid.SampledFrom([]string{" span=2s", " span=5s"}).Draw(t, "span")
	}
	return out + by
}

func drawKeys(t *rapid.T) string {
	var out []string
	for range rapid.IntRange(1, 3).Draw(t, "keys") {
		out = append(out, rapid.SampledFrom([]string{"", "-", "+"}).Draw(t, "sign")+drawName(t))
	}
	return strings.Join(out, ", ")
}

func drawDedup(t *rapid.T) string {
	out := "dedup " + rapid.SampledFrom([]string{"", "2 "}).Draw(t, "n")
	out += strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "p.x", "host"}), 1, 2, rapid.ID[string]).Draw(t, "fields"), " ")
	for _, o := range []string{"keepevents", "keepempty", "consecutive"} {
		if rapid.IntRange(0, 3).Draw(t, o) == 0 {
			out += " " + o + "=true"
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "sortby") == 0 {
		out += " sortby " + drawKeys(t)
	}
	return out
}

func drawBin(t *rapid.T) string {
	out := rapid.SampledFrom([]string{"bin _time span=2", "bin a span=2", "bin a span=5 as x", "bin p.y span=10 as a"}).Draw(t, "bin")
	return out
}

func drawRename(t *rapid.T) string {
	return "rename " + strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
		"a as x", "x as a", "p.* as *", "b as c", "none as b", "n as number", "a as a", "_time as t", "p.x as y", "* as q_*", "q_* as *",
	}), 1, 3).Draw(t, "pairs"), ", ")
}
