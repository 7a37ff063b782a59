package replay

import (
	"time"

	"riskreplay/src/clock"
)

// Options are what a run needs beside its plan.
type Options struct {
	// Dir is the state folder, which holds runs/<id>/ with plan.json, the
	// checkpoint, dead.jsonl and manifest.json. "" keeps nothing: the run cannot be
	// resumed, and refused events are only counted.
	Dir string
	// Clock gives the times of the schedule, of the run's id and of progress.
	Clock clock.Clock
	// ID is the run's id; "" makes one by NewID.
	ID string
	// Target is what the manifest calls the sink: "hec:https://splunk:8088". It holds
	// no secrets.
	Target string
	// Exact tells that the sink finds out itself which events of an interrupted run it
	// has: none are named as doubtful (Manifest.Doubtful).
	Exact bool
	// Progress, when not nil, is called every ProgressEvery (0 is a second) while
	// events go out, and at the end. The value is the callee's own.
	Progress      func(Progress)
	ProgressEvery time.Duration
	// Window is how many bytes of events may be with the sink unsettled; 0 is
	// 20 MiB. When it is full, the sink is flushed.
	Window int64
	// Drain is how long a run that ends early waits for the sink to settle what it
	// has; 0 is a second, less than 0 not at all.
	Drain time.Duration
}
