package command

import (
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
