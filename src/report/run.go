// Package report shows what a run came to: as text for people, as one JSON
// object a line for machines.
package report

import (
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
	// Objects is the risk by object, the highest first.
	Objects []Object
	Cost    Cost
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
	// Sources are the searches that it comes from.
	Sources []string
}

// Row is the object as cells: type, name, score, number of events.
func (o Object) Row() [4]string {
	return [4]string{o.Type, o.Name, risk.FormatScore(o.Score), strconv.Itoa(o.Events)}
}

// each calls do for every record that a run of a search wrote.
func (s Search) each(records func(engine.Fired) []*risk.Record, do func(*risk.Record)) {
	for _, f := range s.Fired {
		for _, rec := range records(f) {
			do(rec)
		}
	}
}
