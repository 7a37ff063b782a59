package schedule

import (
	"strings"
	"time"
)

// Suppression remembers which results of a saved search fired, so that others
// with the same values do not fire within a period (alert.suppress). The zero
// value remembers nothing yet.
type Suppression struct {
	fired map[string]time.Time
}

// Fires tells whether a result may fire at a moment, and remembers that it did.
// Results are the same when they agree in every one of the fields; with no
// fields all are. A suppressed result does not prolong the period.
func (s *Suppression) Fires(at time.Time, fields []string, period time.Duration, values func(field string) []string) bool {
	var key strings.Builder
	for _, f := range fields {
		key.WriteString(strings.Join(values(f), "\x00"))
		key.WriteByte(1)
	}
	if last, ok := s.fired[key.String()]; ok && at.Sub(last) < period {
		return false
	}
	if s.fired == nil {
		s.fired = map[string]time.Time{}
	}
	s.fired[key.String()] = at
	return true
}
