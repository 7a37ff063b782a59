package eval

import (
	"time"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// Env is what expressions and predicates are compiled against: all that their
// results may depend on besides the row.
type Env struct {
	// Now is what now() gives: the search's start or its scheduled time.
	Now event.Time
	// Zone is the search's time zone: strftime, relative_time, snapping. Nil is
	// UTC.
	Zone  *time.Location
	Rules Rules
	// Clock is what time() reads for each row; nil stands still at Now.
	Clock clock.Clock
	// Warn is told what goes wrong with single values while rows go by, such as a
	// regex that gives up; the same message may come often. Nil tells nobody.
	Warn func(diag.Message)
	// Lookup opens a lookup table for the function lookup; nil has none.
	Lookup func(table string, inputs, outputs []string) (Finder, error)
	// Seed decides what random() draws: the same numbers for the same seed.
	Seed uint64
}
