package report

import (
	"cmp"
	"time"

	"riskreplay/src/check"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
)

// Tests is what `riskreplay test` did: every report of it is a view of this.
type Tests struct {
	// Root is the folder of the content, Now the moment of tests that say none.
	Root       string
	Now        time.Time
	Zone       *time.Location
	Detections []Tested
	Took       time.Duration
	// Techniques are those of ATT&CK that are known, by id.
	Techniques map[string]detection.Technique
	// Others are messages about content that is no detection.
	Others diag.List
}

// Tested is a detection with what became of its tests.
type Tested struct {
	Detection  *detection.Detection
	Stanza     string
	Validation check.Step
	Cases      []check.Result
}

// Status is the worst of what a detection's steps came to. One that nothing was run
// of is skipped, even when its files are in order.
func (t *Tested) Status() check.Status {
	if t.Validation.Status == check.Failed {
		return check.Failed
	}
	status := check.Skipped
	for _, r := range t.Cases {
		switch {
		case r.Failed():
			return check.Failed
		case r.Unit.Status == check.Passed:
			status = check.Passed
		}
	}
	return status
}

// step is what the detection's tests came to in one of the two steps.
func (t *Tested) step(of func(*check.Result) *check.Step) check.Status {
	status := check.Skipped
	for i := range t.Cases {
		switch s := of(&t.Cases[i]).Status; s {
		case check.Failed:
			return s
		case check.Passed:
			status = s
		}
	}
	return status
}

// Unit and Integration are what the detection's tests came to in each.
func (t *Tested) Unit() check.Status {
	return t.step(func(r *check.Result) *check.Step { return &r.Unit })
}

// Integration is as Unit.
func (t *Tested) Integration() check.Status {
	return t.step(func(r *check.Result) *check.Step { return &r.Integration })
}

// Count is how many detections came to a status.
func (t *Tests) Count(status check.Status) int {
	n := 0
	for i := range t.Detections {
		if t.Detections[i].Status() == status {
			n++
		}
	}
	return n
}

// Events is how many events the tests replayed, data that several use once.
func (t *Tests) Events() (events int, bytes int64) {
	seen := map[string]bool{}
	for i := range t.Detections {
		for _, r := range t.Detections[i].Cases {
			if !seen[r.Data.Name] {
				seen[r.Data.Name] = true
				events, bytes = events+r.Data.Events, bytes+r.Data.Bytes
			}
		}
	}
	return events, bytes
}

// caseName is a test's name; a detection without tests has one case without.
func caseName(r *check.Result) string { return cmp.Or(r.Test.Name, "no test") }
