// Package alert is what a firing search does: whether it fires, the risk action and
// the notable action of Enterprise Security, as records that ES would write, the
// summary index, webhooks, and the alert actions that apps bring as programs.
//
// Fire is a function of a saved search, its run and its results; it writes
// nothing. What ES would drop in silence (a token without a value, a risk object
// that is not there) comes back as messages. Actions that reach outside are done
// afterwards, by Outside, when what Fire gave is on disk:
//
//	out := alert.Fire(saved, run, rows, techniques, alert.Conditions{})
//	err := index.Append(out.Events())
//	messages := outside.Do(ctx, saved, run, rows, out)
package alert

import (
	"fmt"
	"slices"

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

// Outcome is what a run came to.
type Outcome struct {
	// Triggered tells whether the condition on the results held; Count is what it
	// counted.
	Triggered bool
	Count     int
	Risk      []*risk.Record
	Notables  []*risk.Record
	Summary   []event.Event
	// Fired are the places of the results that fired, Suppressed the number of those
	// that did not fire again.
	Fired      []int
	Suppressed int
	Messages   diag.List
}

// Fire does what the saved search's actions do with the results of a run.
func Fire(s *detection.SavedSearch, run Run, rows *batch.Batch, known Techniques, c Conditions) Outcome {
	var out Outcome
	out.Triggered, out.Count, out.Messages = triggered(s, rows, c)
	if !out.Triggered {
		return out
	}
	out.choose(s, rows, c.Fires)
	w, problems := newWriter(s, run, known)
	out.Messages = append(out.Messages, problems...)
	for _, i := range out.Fired {
		r := row{rows, i}
		out.Risk = append(out.Risk, w.risk(r)...)
		if s.Notable != nil {
			out.Notables = append(out.Notables, w.notable(r))
		}
	}
	if slices.Contains(s.Actions, "summary_index") {
		w := newSummary(s, run)
		for _, i := range out.Fired {
			out.Summary = append(out.Summary, w.event(row{rows, i}))
		}
	}
	out.Messages = append(out.Messages, w.problems()...)
	return out
}

// choose finds the results that fire.
func (o *Outcome) choose(s *detection.SavedSearch, rows *batch.Batch, fires func(values func(field string) []string) bool) {
	if fires != nil && s.Digest && s.Suppress != nil && len(s.Suppress.Fields) == 0 && rows.Len > 0 {
		if !fires(row{rows, 0}.Values) {
			o.Suppressed = rows.Len
			return
		}
		fires = nil // one alert stands for all results
	}
	for i := range rows.Len {
		if fires != nil && !fires(row{rows, i}.Values) {
			o.Suppressed++
			continue
		}
		o.Fired = append(o.Fired, i)
	}
}

// Events are the outcome's records as events of index=risk, index=notable and the
// summary index.
func (o Outcome) Events() []event.Event {
	out := make([]event.Event, 0, len(o.Risk)+len(o.Notables)+len(o.Summary))
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
	return append(out, o.Summary...)
}

// host is the host of what the actions write: ES has the search head's name.
const host = "riskreplay"

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
