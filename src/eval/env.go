package eval

import (
	"time"

	"riskreplay/src/event"
)

// Env is what expressions and predicates are compiled against: all that their
// results may depend on besides the row.
type Env struct {
	// Now is what now() gives: the search's start or its scheduled time.
	Now event.Time
	// Zone is the search's time zone: strftime, relative_time, snapping.
	Zone  *time.Location
	Rules Rules
}
