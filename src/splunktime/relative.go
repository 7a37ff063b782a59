package splunktime

import (
	"strings"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// Relative applies a relative time to base (rule K1): offsets and snaps from left
// to right, each snap going down to the start of its unit in the zone.
//
//	-70m@m   @d   @w1   -1mon@mon+3d   +1d@d   -h   now
//
// An offset without a number is one unit. Days, weeks, months, quarters and years
// are the calendar's: a day later is the same time of day also where the clock
// changed; a month later than 31 January is the last of February (no document
// says so, but "-1mon@mon" must be the month before on every day).
//
// The error is a diag.Message without a place, with a hint.
func Relative(base event.Time, spec string, zone *time.Location) (event.Time, error) {
	t := in(base, zone)
	rest := strings.TrimSpace(spec)
	if rest == "now" || rest == "now()" {
		return base, nil
	}
	if rest == "" {
		return 0, badTime(spec, "it is empty", relativeHint)
	}
	for rest != "" {
		var why string
		switch rest[0] {
		case '@':
			t, rest, why = snap(t, rest[1:])
		case '+', '-':
			t, rest, why = offset(t, rest)
		default:
			why = `expected "+", "-" or "@" at "` + rest + `"`
		}
		if why != "" {
			return 0, badTime(spec, why, relativeHint)
		}
		if !holds(t) {
			return 0, badTime(spec, "it is outside of the years 1678 to 2261", "")
		}
	}
	return event.At(t), nil
}

const relativeHint = "a relative time is like -70m@m, @d, @w1 or -1mon@mon+3d; " + unitHint

func badTime(spec, why, hint string) error {
	return diag.Message{Text: `cannot read time "` + spec + `": ` + why, Hint: hint}
}

func snap(t time.Time, s string) (_ time.Time, rest, why string) {
	p, rest, ok := parsePoint(s)
	if !ok {
		return t, rest, `unknown unit at "@` + s + `"`
	}
	return p.floor(t), rest, ""
}

func offset(t time.Time, s string) (_ time.Time, rest, why string) {
	n, digits, rest, ok := number(s[1:])
	if !ok {
		return t, rest, `number too large at "` + s + `"`
	}
	if digits == "" {
		n = 1
	}
	if s[0] == '-' {
		n = -n
	}
	word, rest := letters(rest)
	u, ok := units[word]
	if !ok {
		return t, rest, `unknown unit at "` + s + `"`
	}
	return u.add(t, n), rest, ""
}

// add moves t by n units. A result far outside of event.Time is some time outside
// of it, never one that wrapped around into it.
func (u unit) add(t time.Time, n int) time.Time {
	switch {
	case u.fixed > 0:
		// Nine digits of hours do not fit into a Duration.
		seconds, part := int64(u.fixed/time.Second)*int64(n), u.fixed%time.Second*time.Duration(n)
		return time.Unix(t.Unix()+seconds, int64(t.Nanosecond())).In(t.Location()).Add(part)
	case u.days > 0:
		return t.AddDate(0, 0, n*u.days)
	}
	return addMonths(t, n*u.months)
}

// addMonths keeps the day of the month, or takes the month's last where it has
// no such day.
func addMonths(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(y, m+time.Month(n), min(d, last), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
}
