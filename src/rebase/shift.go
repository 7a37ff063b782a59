package rebase

import (
	"errors"
	"math"
	"math/bits"

	"riskreplay/src/event"
)

// Shift says where times go: t becomes Base + (t-Base)*Num/Den + Delta. The zero
// Shift leaves all as it is.
type Shift struct {
	// Delta is added to every time; whole seconds move all times alike.
	Delta event.Time
	// Base is the time that a scale leaves where it is.
	Base event.Time
	// Num / Den is the scale: 1/2 halves all distances. 0/0 is 1/1.
	Num, Den int64
}

// Inverse is the way back.
func (s Shift) Inverse() Shift {
	return Shift{Delta: -s.Delta, Base: saturated(s.Base, s.Delta), Num: s.Den, Den: s.Num}
}

// Time is where a time goes, rounded down to a nanosecond; the first or last
// event.Time where it would lie beyond.
func (s Shift) Time(t event.Time) event.Time { return saturated(s.scale(t), s.Delta) }

func (s Shift) check() error {
	if s.Num == 0 && s.Den == 0 || s.Num > 0 && s.Den > 0 {
		return nil
	}
	return errors.New("cannot scale times: the scale must be greater than 0")
}

func (s Shift) scales() bool { return s.Num != s.Den }

// scale is Base + (t-Base)*Num/Den, rounded down.
func (s Shift) scale(t event.Time) event.Time {
	if !s.scales() {
		return t
	}
	// The distance is unsigned, as it may take 64 bits.
	distance, negative := uint64(t)-uint64(s.Base), false
	if t < s.Base {
		distance, negative = -distance, true
	}
	hi, lo := bits.Mul64(distance, uint64(s.Num))
	if hi >= uint64(s.Den) {
		return limit(negative)
	}
	quotient, rest := bits.Div64(hi, lo, uint64(s.Den))
	if negative && rest > 0 {
		quotient++
	}
	if quotient > math.MaxInt64 {
		return limit(negative)
	}
	if negative {
		return saturated(s.Base, -event.Time(quotient))
	}
	return saturated(s.Base, event.Time(quotient))
}

// text is where a time goes that is written in a unit; zone is how many
// nanoseconds its text is ahead of UTC. A delta is cut to the unit towards zero,
// so that it and its negative undo each other.
func (s Shift) text(t, unit, zone event.Time) (event.Time, bool) {
	if s.scales() {
		t = s.Time(t-zone) + zone
		if r := t % unit; r < 0 {
			t -= unit
		}
		t -= t % unit
	} else {
		t = saturated(t, s.Delta/unit*unit)
	}
	return t, inRange(t)
}

// The times that are moved, and to which times are moved: from 1971 up to 2262.
const (
	rangeStart = event.Time(365 * 86400e9)
	rangeEnd   = event.Time(9_214_646_400e9)
)

func inRange(t event.Time) bool { return t >= rangeStart && t < rangeEnd }

func saturated(a, b event.Time) event.Time {
	sum := a + b
	if (a^sum)&(b^sum) < 0 {
		return limit(a < 0)
	}
	return sum
}

func limit(negative bool) event.Time {
	if negative {
		return math.MinInt64
	}
	return math.MaxInt64
}
