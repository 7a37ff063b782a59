// Package report shows what a run came to: as text for people, as one JSON
// object a line for machines.
package report

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"riskreplay/src/detection"
	"riskreplay/src/engine"
	"riskreplay/src/risk"
)

// Run is what `riskreplay run` did.
type Run struct {
	Now      time.Time
	Zone     *time.Location
	Loaded   []engine.Loaded
	Searches []Search
	Cost     Cost
}

// Search is a detection with its runs and what came of them, in order of time.
type Search struct {
	Saved *detection.SavedSearch
	// Name is the detection's name without the app's label.
	Name  string
	Fired []engine.Fired
	// Failed is why the search could not run; nil when it did.
	Failed error
	// OverRisk tells that it reads what the other searches wrote.
	OverRisk bool
}

// Findings is the number of results over all runs.
func (s Search) Findings() int {
	n := 0
	for _, f := range s.Fired {
		n += f.Rows.Len
	}
	return n
}

// Cost is what the run took.
type Cost struct {
	Reading, Searching time.Duration
	Bytes              int64
	Events             int
}

// Object is a risk object with the risk that the run put on it.
type Object struct {
	Type, Name string
	Score      float64
	Events     int
	// Sources are the searches that it comes from, in order of first event.
	Sources []string
}

// Row is the object as cells: type, name, score, number of events.
func (o Object) Row() [4]string {
	return [4]string{o.Type, o.Name, risk.FormatScore(o.Score), strconv.Itoa(o.Events)}
}

// Objects sums the risk events by object, highest score first, then by type and
// name. Names that differ in case only are one object, shown in the spelling that
// most of its events have: ES adds up by normalized_risk_object.
func (r Run) Objects() []Object {
	type key struct{ kind, name string }
	at := map[key]int{}
	var out []Object
	var spelled []map[string]int
	for _, s := range r.Searches {
		for _, f := range s.Fired {
			for _, rec := range f.Outcome.Risk {
				k := key{rec.Value("risk_object_type"), rec.Value("normalized_risk_object")}
				i, ok := at[k]
				if !ok {
					i = len(out)
					at[k] = i
					out = append(out, Object{Type: k.kind})
					spelled = append(spelled, map[string]int{})
				}
				name := rec.Value("risk_object")
				if spelled[i][name]++; spelled[i][name] > spelled[i][out[i].Name] {
					out[i].Name = name
				}
				out[i].Score += score(rec)
				out[i].Events++
				if !slices.Contains(out[i].Sources, s.Name) {
					out[i].Sources = append(out[i].Sources, s.Name)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Object) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// each calls do for every record that a run of a search wrote.
func (s Search) each(records func(engine.Fired) []*risk.Record, do func(*risk.Record)) {
	for _, f := range s.Fired {
		for _, rec := range records(f) {
			do(rec)
		}
	}
}

// score is the record's risk_score; one that is no number was refused before.
func score(rec *risk.Record) float64 {
	f, err := strconv.ParseFloat(rec.Value("risk_score"), 64)
	if err != nil {
		return 0
	}
	return f
}
