package check

import (
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/engine"
	"riskreplay/src/risk"
)

// Status is what a step of a test came to.
type Status string

// A step that was not run says why: its data is not here, or the detection can be
// tested by hand only.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Case is one test of one detection.
type Case struct {
	Detection *detection.Detection
	Test      detection.Test
	// Root is the folder of the content, which paths of data count from.
	Root string
}

// Result is what became of a case.
type Result struct {
	Case
	Unit, Integration Step
	// Data is what was replayed.
	Data Replayed
	// Why tells where a search that found nothing lost its events; nil when it
	// found something.
	Why *engine.Explanation
}

// Replayed is the data that a test used.
type Replayed struct {
	Name   string
	Events int
	Bytes  int64
}

// Step is one of the things that a test asks.
type Step struct {
	Status Status
	// Problems are why it failed or was skipped; warnings may stand beside a step
	// that passed.
	Problems diag.List
	Took     time.Duration
	// Rows are the results of the search.
	Rows *batch.Batch
	// Risk and Notables are what was written, Suppressed how many results did not
	// fire again.
	Risk, Notables []*risk.Record
	Suppressed     int
}

// Failed tells whether a step of the case failed.
func (r *Result) Failed() bool { return r.Unit.Status == Failed || r.Integration.Status == Failed }

// finish gives a step its status: what was said decides.
func (s *Step) finish() {
	if s.Status == "" {
		s.Status = Passed
		if s.Problems.HasErrors() {
			s.Status = Failed
		}
	}
}

func (s *Step) fail(at diag.Place, hint, text string) {
	s.Problems = append(s.Problems, diag.Message{Text: text, Place: at, Hint: hint})
}
