package schedule

import (
	"time"

	"riskreplay/src/event"
)

// Status is what became of a run, in Splunk's words.
type Status string

// The states of a run.
const (
	Success  Status = "success"
	Skipped  Status = "skipped"  // it will not run
	Deferred Status = "deferred" // it is due, and waits
	Failed   Status = "failed"
)

// Record is what became of one run of a saved search.
type Record struct {
	// At is the tick. Of ticks that were left out together it is the last, and
	// Missed is how many they were.
	At     time.Time `json:"at"`
	Missed int       `json:"missed,omitempty"`
	// Earliest and Latest are the window; zero is no bound.
	Earliest event.Time `json:"earliest,omitempty"`
	Latest   event.Time `json:"latest,omitempty"`
	// Started and Took are zero of a run that was not started.
	Started time.Time     `json:"started,omitzero"`
	Took    time.Duration `json:"took,omitempty"`
	SID     string        `json:"sid,omitempty"`
	Status  Status        `json:"status"`
	// Reason says why it was skipped or deferred, or what failed.
	Reason string `json:"reason,omitempty"`
	// Results is the number of rows, Count what the condition compared.
	Results int `json:"results,omitempty"`
	Count   int `json:"count,omitempty"`
	// Triggered: the condition on the results held. Actions are those that were
	// done, Suppressed the number of results that did not fire again.
	Triggered  bool     `json:"triggered,omitempty"`
	Actions    []string `json:"actions,omitempty"`
	Suppressed int      `json:"suppressed,omitempty"`
	// Risk and Notables are how many of each were written.
	Risk     int `json:"risk,omitempty"`
	Notables int `json:"notables,omitempty"`
	// Tracked: it belongs to the triggered alerts (alert.track).
	Tracked bool `json:"tracked,omitempty"`
	// Again: nothing of the run was done, and the tick is to be run once more.
	Again bool `json:"-"`
}

// Said is a record of one search.
type Said struct {
	Key
	Record
}

// historySize is how many records of one search are kept.
const historySize = 50

// Dispatch is a run of a saved search that a user asks for. Empty bounds are those of
// the search.
type Dispatch struct {
	At               time.Time
	Earliest, Latest string
	// Actions: the search's actions are done (trigger_actions).
	Actions bool
}
