// Package alert is what a firing search does: the risk action and the notable
// action of Enterprise Security, as records that ES would write.
//
// Fire is a function of a saved search, its run and its results; it writes
// nothing. What ES would drop in silence (a token without a value, a risk object
// that is not there) comes back as messages.
package alert

import (
	"fmt"

	"riskreplay/src/batch"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/risk"
)

// Run is the run of a saved search whose results are looked at.
type Run struct {
	SID string
	// At is the moment of the run, which is the time of what it writes.
	At event.Time
	// Earliest and Latest are the window searched; a zero Latest is no bound.
	Earliest, Latest event.Time
}

// Techniques finds an ATT&CK technique by its id.
type Techniques = risk.Techniques

// Outcome is what a run wrote.
type Outcome struct {
	// Triggered tells whether the condition on the results held.
	Triggered bool
	Risk      []*risk.Record
	Notables  []*risk.Record
	// Suppressed is the number of results that did not fire again.
	Suppressed int
	Messages   diag.List
}

// Fire does what the saved search's actions do with the results of a run.
// fires tells of each row whether it may fire (suppression); nil fires all.
func Fire(s *detection.SavedSearch, run Run, rows *batch.Batch, known Techniques, fires func(values func(field string) []string) bool) Outcome {
	var out Outcome
	var understood bool
	if out.Triggered, understood = triggered(s.Trigger, rows); !understood {
		out.Messages = append(out.Messages, diag.Message{
			Severity: diag.Warning, Text: fmt.Sprintf("%s: counttype %q is not understood here: it fires on any result", s.Name, s.Trigger.CountType),
			Hint: `write "number of events"`,
		})
	}
	if !out.Triggered {
		return out
	}
	w, problems := newWriter(s, run, known)
	out.Messages = append(out.Messages, problems...)
	for i := range rows.Len {
		r := row{rows, i}
		if fires != nil && !fires(r.Values) {
			out.Suppressed++
			continue
		}
		out.Risk = append(out.Risk, w.risk(r)...)
		if s.Notable != nil {
			out.Notables = append(out.Notables, w.notable(r))
		}
	}
	out.Messages = append(out.Messages, w.problems()...)
	return out
}

// Events are the outcome's records as events of index=risk and index=notable.
func (o Outcome) Events() []event.Event {
	out := make([]event.Event, 0, len(o.Risk)+len(o.Notables))
	for _, part := range []struct {
		index   string
		records []*risk.Record
	}{{"risk", o.Risk}, {"notable", o.Notables}} {
		for _, r := range part.records {
			out = append(out, event.Event{
				Raw: r.Raw(), Time: r.Time, Host: host, Source: r.Value("search_name"), Sourcetype: "stash", Index: part.index,
			})
		}
	}
	return out
}

// host is the host of what the actions write: ES has the search head's name.
const host = "riskreplay"

// triggered is the saved search's condition on its results. One without a number
// to compare, or whose counttype is not understood here, fires whenever there are
// rows.
func triggered(t detection.Trigger, rows *batch.Batch) (fires, understood bool) {
	n := rows.Len
	switch t.CountType {
	case "", "always":
		return n > 0, true
	case "number of events":
	case "number of hosts":
		n = distinct(rows, "host")
	case "number of sources":
		n = distinct(rows, "source")
	default:
		return n > 0, false
	}
	switch t.Relation {
	case "greater than":
		return float64(n) > t.Quantity, true
	case "less than":
		return float64(n) < t.Quantity, true
	case "equal to":
		return float64(n) == t.Quantity, true
	case "not equal to":
		return float64(n) != t.Quantity, true
	}
	return rows.Len > 0, true
}

func distinct(rows *batch.Batch, field string) int {
	seen := map[string]bool{}
	for i := range rows.Len {
		for _, v := range (row{rows, i}).Values(field) {
			seen[v] = true
		}
	}
	return len(seen)
}

// row is a result as the risk rule sees it.
type row struct {
	*batch.Batch
	at int
}

// Values are the values of a field.
func (r row) Values(field string) []string {
	if c := r.Column(field); c != nil {
		return c.Values(r.at)
	}
	return nil
}

// Number is the row's place among the results.
func (r row) Number() int { return r.at }

// Each calls f for every field.
func (r row) Each(f func(name string, values []string)) {
	for i, name := range r.Names {
		f(name, r.Columns[i].Values(r.at))
	}
}

// counted says a problem once, with the number of results that have it.
type counted struct {
	order []risk.Problem
	times map[risk.Problem]int
}

func (c *counted) add(list []risk.Problem) {
	if c.times == nil {
		c.times = map[risk.Problem]int{}
	}
	for _, p := range list {
		if c.times[p] == 0 {
			c.order = append(c.order, p)
		}
		c.times[p]++
	}
}

func (c *counted) messages(s *detection.SavedSearch) diag.List {
	var out diag.List
	for _, p := range c.order {
		text := fmt.Sprintf("%s: %s", s.Name, p)
		if n := c.times[p]; n > 1 {
			text = fmt.Sprintf("%s (%d results)", text, n)
		}
		out = append(out, diag.Message{Severity: diag.Warning, Text: text, Place: s.Search.Text.At(0, 0), Hint: hint(p)})
	}
	return out
}

func hint(p risk.Problem) string {
	if p.Object {
		return fmt.Sprintf("let the search produce %q for every result, or take it out of the risk objects", p.Field)
	}
	return fmt.Sprintf("let the search produce %q, or take $%s$ out of the message", p.Field, p.Field)
}
