package schedule

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
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
	short := shortKey(key.String())
	if last, ok := s.fired[short]; ok && at.Sub(last) < period {
		return false
	}
	if s.fired == nil {
		s.fired = map[string]time.Time{}
	}
	s.fired[short] = at
	return true
}

// Trial is a copy that remembers more without telling s; Added is what it
// remembered, and Add takes it over.
func (s *Suppression) Trial() *Suppression { return &Suppression{fired: maps.Clone(s.fired)} }

// Added are the results that fired in t and not yet in s.
func (s *Suppression) Added(t *Suppression) map[string]time.Time {
	added := map[string]time.Time{}
	for k, at := range t.fired {
		if !s.fired[k].Equal(at) {
			added[k] = at
		}
	}
	return added
}

// Add takes over what a trial has added.
func (s *Suppression) Add(added map[string]time.Time) {
	if s.fired == nil && len(added) > 0 {
		s.fired = map[string]time.Time{}
	}
	maps.Copy(s.fired, added)
}

// Forget drops what fired longer ago than a period.
func (s *Suppression) Forget(at time.Time, period time.Duration) {
	maps.DeleteFunc(s.fired, func(_ string, last time.Time) bool { return at.Sub(last) >= period })
}

// shortKey is values as a key of bounded length that has no control characters.
func shortKey(values string) string {
	sum := sha256.Sum256([]byte(values))
	return hex.EncodeToString(sum[:16])
}
