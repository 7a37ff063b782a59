package splunktime

import (
	"strconv"
	"strings"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// Span is the width of a time bucket (rules K2 and K3), and where buckets start:
//
//	30m, 4h, 100ms   multiples of the span from 1970 in UTC, or from Align's origin
//	1d, 2d, 24h      local midnights, counted from 1970-01-01
//	1w               seven such days: weeks start on Thursday
//	1w@w1            weeks start on Monday
//	1mon, 1q, 1y     firsts of months, counted from 1970-01
//	4h@d             from the local midnight before, so that each day starts anew
//
// The zero Span has no width; Floor and Next give their argument back.
type Span struct {
	n    int
	unit unit
	// snap is where buckets start anew, when snapped.
	snap    point
	snapped bool
	origin  event.Time
}

// century bounds spans; nothing above makes sense, and sums stay in range.
const century = 100 * 366

// ParseSpan reads a span: a number and a unit, a unit alone (one of it) or a
// number alone (seconds), and perhaps a snap. Spans of us, ms, cs and ds must be
// shorter than a second and divide it.
//
// The error is a diag.Message without a place, with a hint.
func ParseSpan(s string) (Span, error) {
	n, digits, rest, ok := number(s)
	if digits == "" {
		n = 1
	}
	word, rest := letters(rest)
	span := Span{n: n, unit: second}
	known := word == "" && digits != "" && rest == ""
	if u, found := units[word]; found {
		span.unit, known = u, true
	}
	switch {
	case !known:
		return Span{}, badSpan(s, "expected a number and a unit")
	case n == 0:
		return Span{}, badSpan(s, "it must be more than 0")
	case !ok || span.tooLong():
		return Span{}, badSpan(s, "it is longer than a century")
	case span.unit.fixed > 0 && span.unit.fixed < time.Second && (span.length() >= time.Second || time.Second%span.length() != 0):
		return Span{}, badSpan(s, "a span below one second must divide one second")
	}
	if rest == "" {
		return span, nil
	}
	if snap, found := strings.CutPrefix(rest, "@"); found {
		if span.snap, rest, ok = parsePoint(snap); ok && rest == "" {
			span.snapped = true
			return span, nil
		}
	}
	return Span{}, badSpan(s, "unknown text behind the unit")
}

func badSpan(s, why string) error {
	return diag.Message{
		Text: `cannot read span "` + s + `": ` + why,
		Hint: "a span is like 30s, 5m, 1h, 1d, 1w@w1, 1mon; " + unitHint,
	}
}

func (s Span) tooLong() bool {
	days := s.n * s.unit.days
	if s.unit.fixed > 0 {
		days = s.n / int(24*time.Hour/s.unit.fixed)
	}
	return days+s.n*s.unit.months*30 > century
}

// length is the width of a span of a fixed unit.
func (s Span) length() time.Duration { return time.Duration(s.n) * s.unit.fixed }

// days is the width in whole days of the calendar; 24h is one day. 0 is none.
func (s Span) days() int {
	if length := s.length(); length > 0 && length%(24*time.Hour) == 0 {
		return int(length / (24 * time.Hour))
	}
	return s.n * s.unit.days
}

// IsZero tells whether the span has no width.
func (s Span) IsZero() bool { return s.n == 0 }

// String is the span as ParseSpan reads it: "1h", "1w@w1".
func (s Span) String() string {
	out := strconv.Itoa(s.n) + s.unit.name
	if s.snapped {
		out += "@" + s.snap.unit.name
		if s.snap.unit == week {
			out += strconv.Itoa(int(s.snap.weekday))
		}
	}
	return out
}

// Align moves the origin of the buckets (aligntime of bin). Spans of days, months
// and years do not heed it, as documented; nor do weeks and quarters.
func (s Span) Align(origin event.Time) Span {
	s.origin = origin
	return s
}

// Floor is the start of the bucket that holds t.
func (s Span) Floor(t event.Time, zone *time.Location) event.Time {
	if s.n == 0 {
		return t
	}
	days := s.days()
	switch {
	case s.snapped && s.snap.unit == week && days > 0:
		return floorDays(in(t, zone), days, int(s.snap.weekday-time.Thursday))
	case s.snapped && s.snap.unit != s.unit:
		return s.floorFrom(s.snap.floor(in(t, zone)), in(t, zone))
	case days > 0:
		return floorDays(in(t, zone), days, 0)
	case s.unit.months > 0:
		return s.floorMonths(in(t, zone))
	}
	length := int64(s.length())
	into := floorMod(int64(t), length) - floorMod(int64(s.origin), length)
	return t - event.Time(floorMod(into, length))
}

// floorDays floors to every so many days, counted from 1970-01-01 plus shift.
func floorDays(t time.Time, days, shift int) event.Time {
	y, m, d := t.Date()
	number := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/86400 - int64(shift)
	return at(startOfDay(y, m, d-int(floorMod(number, int64(days))), t.Location()))
}

func (s Span) floorMonths(t time.Time) event.Time {
	y, m, _ := t.Date()
	number := int64(y-1970)*12 + int64(m-1)
	back := floorMod(number, int64(s.n*s.unit.months))
	return at(startOfDay(y, m-time.Month(back), 1, t.Location()))
}

// floorFrom counts buckets from a start before t.
func (s Span) floorFrom(start, t time.Time) event.Time {
	if days := s.days(); days > 0 || s.unit.months > 0 {
		for next := s.after(start); !next.After(t); next = s.after(start) {
			start = next
		}
		return at(start)
	}
	return at(start.Add(t.Sub(start) / s.length() * s.length()))
}

// after is the start of a bucket of days or months that follows another.
func (s Span) after(start time.Time) time.Time {
	y, m, d := start.Date()
	if s.unit.months > 0 {
		return startOfDay(y, m+time.Month(s.n*s.unit.months), 1, start.Location())
	}
	return startOfDay(y, m, d+s.days(), start.Location())
}

// Next is the start of the bucket after the one that starts at start.
func (s Span) Next(start event.Time, zone *time.Location) event.Time {
	if s.n == 0 {
		return start
	}
	from := in(start, zone)
	next := from
	if s.days() > 0 || s.unit.months > 0 {
		next = s.after(from)
	} else {
		next = from.Add(s.length())
	}
	if s.snapped && s.snap.unit != s.unit && (s.snap.unit != week || s.days() == 0) {
		if anew := s.snap.floor(next); anew.After(from) {
			next = anew
		}
	}
	return at(next)
}
