package rebase

import (
	"riskreplay/src/event"
)

// fileTimeEpoch is 1970 in the units of a FILETIME, 100 ns since 1601.
const fileTimeEpoch = 116_444_736_000_000_000

// count is a time written as a number of units.
type count struct {
	unit event.Time // in nanoseconds
	zero uint64     // 1970
	min  uint64     // the numbers of its width that are moved
	max  uint64
}

// counts are the units by the number of digits. No number is moved to where it
// would have another count of digits, nor to where no event.Time is.
var counts = [20]count{
	10: {unit: 1e9, min: 1e9, max: 9_200_000_000},
	13: {unit: 1e6, min: 1e12, max: 9_200_000_000_000},
	16: {unit: 1e3, min: 1e15, max: 9_200_000_000_000_000},
	19: {unit: 1, min: 1e18, max: 9_200_000_000_000_000_000},
	18: {unit: 100, zero: fileTimeEpoch, min: fileTimeEpoch + 365*864e9, max: fileTimeEpoch + 92_000_000_000_000_000},
}

// epoch moves the number raw[i:e] when it is a time, and gives where to go on.
func (r *Rewriter) epoch(i, e int) int {
	if e-i >= len(counts) {
		return e
	}
	u := counts[e-i]
	if u.unit == 0 || !ends(r.raw, e) {
		return e
	}
	var n uint64
	for _, c := range r.raw[i:e] {
		n = n*10 + uint64(c-'0')
	}
	if n < u.min || n >= u.max {
		return e
	}
	from := event.Time(n-u.zero) * u.unit
	fraction := r.epochFraction(e, &u, &from)
	switch {
	case r.isTime(i, from):
	case r.near(from) && (i == 0 || r.raw[i-1] != '-' && r.raw[i-1] != '.' && !isLetter(r.raw[i-1])):
		r.left()
		return e
	default:
		return e
	}
	to, _ := r.shift.text(from, u.unit, 0)
	whole, rest := uint64(to)/uint64(counts[e-i].unit)+u.zero, uint64(to)%uint64(counts[e-i].unit)
	if to < 0 || whole < u.min || whole >= u.max {
		r.stays()
		return e
	}
	r.upTo(i, e)
	r.wide(whole, e-i)
	if fraction > 0 {
		r.out = append(r.out, '.')
		r.number(int(rest/uint64(u.unit)), fraction)
		r.done = e + 1 + fraction
	}
	r.counts.Moved++
	return r.done
}

// epochFraction adds the digits behind the point of seconds to a time, makes
// their unit the time's, and gives how many count.
func (r *Rewriter) epochFraction(e int, u *count, t *event.Time) int {
	if u.unit != 1e9 || e >= len(r.raw) || r.raw[e] != '.' {
		return 0
	}
	n := 0
	for _, c := range r.raw[e+1 : min(e+10, len(r.raw))] {
		if !isDigit(c) {
			break
		}
		u.unit /= 10
		*t += event.Time(c-'0') * u.unit
		n++
	}
	return n
}

// wide writes a number whose width is known.
func (r *Rewriter) wide(value uint64, digits int) {
	var b [20]byte
	for i := digits - 1; i >= 0; i-- {
		b[i] = byte('0' + value%10)
		value /= 10
	}
	r.out = append(r.out, b[:digits]...)
}

// ends tells whether a number may end before raw[e].
func ends(raw []byte, e int) bool {
	return e == len(raw) || !isLetter(raw[e]) && raw[e] != '_'
}

// near tells whether a time lies within a day of the event.
func (r *Rewriter) near(t event.Time) bool {
	const day = event.Time(86400e9)
	return t > saturated(r.at, -day) && t < saturated(r.at, day)
}

// isTime tells by what stands before raw[i] that the number there is a time.
func (r *Rewriter) isTime(i int, t event.Time) bool {
	if i == 0 {
		return r.key == "" && r.near(t) || timeKey([]byte(r.key))
	}
	switch r.raw[i-1] {
	case '(':
		before := r.raw[:i]
		return hasSuffix(before, "audit(") || hasSuffix(before, "Date(")
	case '"', '\'', ':', '=', ' ', '\t', '>':
		return timeKey(keyBefore(r.raw, i))
	}
	return false
}

func hasSuffix(b []byte, s string) bool { return len(b) >= len(s) && string(b[len(b)-len(s):]) == s }
