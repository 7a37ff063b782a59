package command

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/search"
	splscripts "riskreplay/testdata/spl"
)

// TestRules: what each switch of eval.Rules changes in the commands.
func TestRules(t *testing.T) {
	row := func(at event.Time, values ...string) event.Event {
		e := event.Event{Time: at, Index: "main"}
		for i, v := range values {
			if v != "" {
				e.Fields = append(e.Fields, event.Field{Name: string(rune('a' + i)), Value: v})
			}
		}
		return e
	}
	setup := splscripts.Setup{Events: []event.Event{row(1, "10", "x"), row(2, "9"), row(3, "9", "x")}}
	for _, c := range []struct {
		name, text, plain, switched string
		rules                       eval.Rules
	}{
		{"StatsNullGroup", "* | stats count by b", "{b=x count=2}", "{b=x count=2} {count=1}", eval.Rules{StatsNullGroup: true}},
		{"StatsOrderBytes", "* | stats count by a", "{a=9 count=2} {a=10 count=1}", "{a=10 count=1} {a=9 count=2}", eval.Rules{StatsOrderBytes: true}},
		{"PercNearestRank", "* | stats perc75(a) as p", "{p=9.5}", "{p=10}", eval.Rules{PercNearestRank: true}},
		{"SortBytes", "* | sort a | table a", "{a=9} {a=9} {a=10}", "{a=10} {a=9} {a=9}", eval.Rules{SortBytes: true}},
		{"WeekStart", "| makeresults | bin _time span=1w", "{_time=1768435200}", "{_time=1768176000}", eval.Rules{WeekStart: 1}},
		{"WeekStart", "| makeresults | bin _time span=1w", "{_time=1768435200}", "{_time=1768089600}", eval.Rules{WeekStart: 7}},
	} {
		w := newWorld(setup)
		require.Equal(t, c.plain, answer(w, c.text), c.name)
		w.rules = c.rules
		require.Equal(t, c.switched, answer(w, c.text), c.name)
	}
}

func answer(w *world, text string) string {
	a := w.Search(text)
	if a.Err != nil {
		return a.Err.Error()
	}
	out := ""
	for i, r := range a.Rows {
		if i > 0 {
			out += " "
		}
		out += r.String()
	}
	return out
}

// TestLimits: Splunk's limits can be changed, and reaching one is told.
func TestLimits(t *testing.T) {
	setup := splscripts.Setup{}
	for i := range 5 {
		setup.Events = append(setup.Events, event.Event{Time: event.Time(i), Index: "main", Fields: []event.Field{{Name: "a", Value: "x"}}})
	}
	w := newWorld(setup)
	w.limits = search.Limits{Sort: 2, List: 3, Results: 4, Bins: 10}
	require.Equal(t, "{n=2}", answer(w, "* | sort a | stats count as n"))
	require.Equal(t, "sort keeps the first 2 of 5 rows", w.warnings[0].Text)
	require.Equal(t, "{l=[x,x,x]}", answer(w, "* | stats list(a) as l"))
	require.Equal(t, "l keeps the first values only: its limit is reached", w.warnings[0].Text)
	require.Equal(t, "{n=4}", answer(w, "| makeresults count=9 | stats count as n"))
	require.Contains(t, answer(w, "* | bin a bins=11"), "bins goes up to 10")
}

// TestEachLimit: each of Splunk's limits can be set by its name, and hitting it is a
// warning.
func TestEachLimit(t *testing.T) {
	setup := splscripts.Setup{}
	for i := range 20 {
		setup.Events = append(setup.Events, event.Event{Time: event.Time(i+1) * 1e9, Index: "main", Fields: []event.Field{
			{Name: "a", Value: fmt.Sprint(i)}, {Name: "b", Value: strings.Repeat("x", 70_000)}, {Name: "j", Value: `{"a":1,"b":"` + strings.Repeat("y", 30) + `"}`},
		}})
	}
	cases := map[string]struct{ value, search, want string }{
		"append.maxout":              {"3", "* | append [search *] | stats count as n", "the subsearch gives more than 3 rows"},
		"append.maxtime":             {"7", "", ""},
		"discretize.maxbins":         {"4", "* | bin a bins=5", ""},
		"join.subsearch_maxout":      {"3", "* | join a [search *] | stats count as n", "the subsearch gives more than 3 rows"},
		"join.subsearch_maxtime":     {"7", "", ""},
		"makeresults.maxresultrows":  {"5", "| makeresults count=9 | stats count as n", "makeresults makes 5 rows at most"},
		"map.maxsearches":            {"2", `* | map search="| makeresults"`, "map has 20 rows and runs 2 searches"},
		"mvexpand.max_mem_usage_mb":  {"1", "* | eval m=mvrange(0,90000) | mvexpand m | stats count as n", "mvexpand would take more than 1 MB"},
		"sort.limit":                 {"5", "* | sort a", "sort keeps the first 5 of 20 rows"},
		"spath.extraction_cutoff":    {"10", "* | spath input=j", "reads the first 10 characters"},
		"stats.list_maxsize":         {"5", "* | stats list(a) as l", "keeps the first values only"},
		"stats.max_stream_window":    {"5", "* | streamstats time_window=1d dc(a) as n", "held more than 5 rows"},
		"subsearch.maxout":           {"3", "* [search * | fields a] | stats count as n", "the subsearch gives more than 3 rows"},
		"subsearch.maxtime":          {"7", "", ""},
		"top.maxresultrows":          {"5", "* | top limit=0 a", "top gives the first 5 of 20 combinations"},
		"transactions.maxopenevents": {"5", "* | transaction a", "too many transactions were open"},
		"transactions.maxopentxn":    {"5", "* | transaction a", "too many transactions were open"},
	}
	for _, limit := range search.AllLimits() {
		c, ok := cases[limit.Name]
		require.True(t, ok, "no case for %s", limit.Name)
		w := newWorld(setup)
		require.NoError(t, limit.Set(&w.limits, c.value))
		require.Error(t, limit.Set(&w.limits, "0"))
		if c.search == "" {
			continue // how long a subsearch may take is TestSubsearchTime's
		}
		a := w.Search(c.search)
		if a.Err != nil {
			a.Warnings = append(a.Warnings, a.Err.Error())
		}
		require.Contains(t, strings.Join(a.Warnings, "\n"), c.want, limit.Name)
	}
}
