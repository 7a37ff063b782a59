package command

import (
	"strings"

	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spl"
	"riskreplay/src/splunktime"
)

// timeRange is what a search says in its own text of the time it looks at; a
// bound that it does not name is the run's. Splunk's manual: a time range in the
// search overrides the time range picker.
type timeRange struct {
	earliest, latest       event.Time
	hasEarliest, hasLatest bool
}

// of is the bounds of a run.
func (r timeRange) of(i search.Info) (earliest, latest event.Time) {
	earliest, latest = i.Earliest, i.Latest
	if r.hasEarliest {
		earliest = r.earliest
	}
	if r.hasLatest {
		latest = r.latest
	}
	return earliest, latest
}

// timeModifiers are the names that bound the time where they stand in the root
// search or in WHERE of tstats (rule S7), with what their value is.
var timeModifiers = map[string]struct {
	start, end bool
	unit       string // a number of these before now; else a written time
}{
	"earliest": {start: true}, "latest": {end: true},
	"starttime": {start: true}, "endtime": {end: true}, "starttimeu": {start: true}, "endtimeu": {end: true},
	"startmonthsago": {start: true, unit: "mon"}, "endmonthsago": {end: true, unit: "mon"}, "monthsago": {start: true, unit: "mon"},
	"startdaysago": {start: true, unit: "d"}, "enddaysago": {end: true, unit: "d"}, "daysago": {start: true, unit: "d"},
	"starthoursago": {start: true, unit: "h"}, "endhoursago": {end: true, unit: "h"}, "hoursago": {start: true, unit: "h"},
	"startminutesago": {start: true, unit: "m"}, "endminutesago": {end: true, unit: "m"}, "minutesago": {start: true, unit: "m"},
	"timeformat": {},
}

// timeBounds are the time modifiers among conditions that must all hold.
func timeBounds(p spl.Predicate) []*spl.Compare {
	var out []*spl.Compare
	for _, x := range conjuncts(p) {
		if c, ok := x.(*spl.Compare); ok {
			if _, ok := timeModifiers[c.Field.Text]; ok {
				out = append(out, c)
			}
		}
	}
	return out
}

// takeTimeRange splits a condition into the time range and the rest.
func takeTimeRange(a *arguments, p spl.Predicate, env eval.Env) (timeRange, spl.Predicate) {
	bounds := timeBounds(p)
	format := ""
	for _, m := range bounds {
		if m.Field.Text == "timeformat" {
			format = m.Value.Text
		}
	}
	var r timeRange
	for _, m := range bounds {
		r.take(a, m, format, env)
	}
	if r.hasEarliest && r.hasLatest && r.earliest >= r.latest {
		a.warning(bounds[0].Span, "no event can be found: the time range ends before it begins", "")
	}
	rest := and(without(conjuncts(p), bounds)...)
	fields, _ := conditionFields(rest)
	for _, f := range fields {
		_, modifier := timeModifiers[f.Text]
		if modifier {
			a.problem(f.Span, f.Text+"= cannot stand within OR or NOT", "a search has one time range")
		}
		if f.Text == "_index_earliest" || f.Text == "_index_latest" {
			a.unsupportedHere(f.Span, f.Text+"= is not supported: no time of indexing is kept", "use earliest= and latest=")
		}
	}
	return r, rest
}

func without(list []spl.Predicate, bounds []*spl.Compare) []spl.Predicate {
	var out []spl.Predicate
	for _, x := range list {
		c, ok := x.(*spl.Compare)
		if _, modifier := timeModifiers[fieldOf(c)]; ok && modifier && len(bounds) > 0 {
			continue
		}
		out = append(out, x)
	}
	return out
}

func fieldOf(c *spl.Compare) string {
	if c == nil {
		return ""
	}
	return c.Field.Text
}

// take reads one time modifier.
func (r *timeRange) take(a *arguments, m *spl.Compare, format string, env eval.Env) {
	kind := timeModifiers[m.Field.Text]
	if m.Op != "=" {
		a.problem(m.Span, m.Field.Text+" takes = only", "")
		return
	}
	if !kind.start && !kind.end {
		return
	}
	t, ok := readTime(a, m, kind.unit, format, env)
	if !ok {
		return
	}
	if kind.start {
		r.earliest, r.hasEarliest = t, true
	} else {
		r.latest, r.hasLatest = t, true
	}
}

func readTime(a *arguments, m *spl.Compare, unit, format string, env eval.Env) (event.Time, bool) {
	text := m.Value.Text
	if unit != "" {
		text = "-" + strings.TrimPrefix(text, "-") + unit
	} else if format != "" {
		if t, ok := splunktime.Strptime(text, format, env.Zone); ok {
			return t, true
		}
	}
	t, err := splunktime.Parse(text, env.Now, env.Zone)
	if err != nil {
		a.cannot(m.Value.Span, err)
	}
	return t, err == nil
}
