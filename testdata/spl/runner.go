package splscripts

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"riskreplay/src/diag"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

// Place is a Runner that has a script's events.
type Place struct {
	Runner job.Runner
	// Index and Mark narrow searches to the events of the script, where the Runner
	// has others too: they are in that index and have the indexed field Mark, which
	// no row shows. Empty for a place that has nothing else.
	Index, Mark string
	// Foreign is a Splunk, or what is spoken to as one: messages have other words or
	// places than scripts have, and events fields that ours lack.
	Foreign bool
}

// OnRunner runs scripts on whatever runs searches. open makes the place of one
// script.
func OnRunner(open func(t *testing.T, s Setup) Place) Engine { return onRunner(open) }

type onRunner func(t *testing.T, s Setup) Place

func (open onRunner) Open(t *testing.T, s Setup) Session { return runnerSession{t, open(t, s), s} }

type runnerSession struct {
	t     *testing.T
	place Place
	setup Setup
}

func (s runnerSession) Search(text string) Answer {
	if s.place.Mark != "" {
		text = scoped(text, s.place.Index, s.place.Mark)
	}
	return s.run(job.Request{
		Search: text, Now: s.setup.Now, Earliest: s.setup.Earliest, Latest: s.setup.Latest, SID: s.sid(),
	})
}

// sid is the id that scripts expect in results; a Splunk gives its own, for one
// id is there once.
func (s runnerSession) sid() string {
	if s.place.Mark != "" {
		return ""
	}
	return "1768479600.1"
}

func (s runnerSession) run(request job.Request) (a Answer) {
	r, err := s.place.Runner.Run(s.t.Context(), request)
	if err != nil {
		return Answer{Err: errorsOf(err), Foreign: s.place.Foreign}
	}
	rows, err := results.ReadAll(s.t.Context(), r.Rows)
	if err != nil {
		return Answer{Err: err, Foreign: s.place.Foreign}
	}
	if !r.Ordered {
		rows = rows.Sorted()
	}
	a.Columns = rows.Names
	for i := range rows.Len {
		row := Row{}
		for j, name := range rows.Names {
			if v := rows.Columns[j].Values(i); v != nil {
				row[name] = v
			}
		}
		a.Rows = append(a.Rows, row)
	}
	for _, m := range r.Messages() {
		a.Warnings = append(a.Warnings, m.Error())
	}
	if s.place.Foreign {
		s.foreign(&a, r.Events)
	}
	return a
}

// errorsOf leaves warnings out of what refused a search.
func errorsOf(err error) error {
	if list, ok := err.(diag.List); ok {
		return list.Errors()
	}
	return err
}

// foreign makes an answer one that can be compared with ours. The index is called
// as in the script, and the columns of events are in no order.
func (s runnerSession) foreign(a *Answer, events bool) {
	a.Foreign = true
	for _, r := range a.Rows {
		if slices.Equal(r["index"], []string{s.place.Index}) {
			r["index"] = []string{"main"}
		}
	}
	if events {
		a.Columns = nil
	}
}

// added are the fields that only Splunk's events have, and the mark.
var added = strings.Fields("_bkt _cd _indextime _kv _serial _si _sourcetype _subsecond _eventtype_color linecount punct splunk_server splunk_server_group timestamp timeendpos timestartpos " + MarkField)

// withoutAdded leaves out of rows what only a Splunk puts in.
func withoutAdded(rows []Row) []Row {
	out := make([]Row, len(rows))
	for i, r := range rows {
		out[i] = maps.Clone(r)
		for _, name := range added {
			delete(out[i], name)
		}
	}
	return out
}
