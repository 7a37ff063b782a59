package replay

import (
	"strconv"
	"time"

	"riskreplay/src/event"
)

// String is the moment as JSON has it.
func (t Instant) String() string { return event.Time(t).Std().Format(time.RFC3339Nano) }

// MarshalText gives String.
func (t Instant) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what String writes; a year beyond 1678 to 2261 does not fit
// and is refused.
func (t *Instant) UnmarshalText(text []byte) error {
	s, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return bad("time", string(text), "it is not as 2026-01-15T12:00:00Z", "")
	}
	if n := event.At(s); n.Std().Equal(s) {
		*t = Instant(n)
		return nil
	}
	return bad("time", string(text), "the year is out of range", "the years are 1678 to 2261: "+strconv.Itoa(s.Year())+" is not")
}
