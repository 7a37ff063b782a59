package splunktime

import "time"

// unit is a unit of time: a fixed length, or days or months of the calendar.
type unit struct {
	name         string // as spans print it
	fixed        time.Duration
	days, months int
}

var (
	second  = unit{name: "s", fixed: time.Second}
	minute  = unit{name: "m", fixed: time.Minute}
	hour    = unit{name: "h", fixed: time.Hour}
	day     = unit{name: "d", days: 1}
	week    = unit{name: "w", days: 7}
	month   = unit{name: "mon", months: 1}
	quarter = unit{name: "q", months: 3}
	year    = unit{name: "y", months: 12}
)

// units are all spellings, as the Search Manual lists them. They are lower case;
// "M" could be a minute or a month.
var units = map[string]unit{
	"us": {name: "us", fixed: time.Microsecond},
	"ms": {name: "ms", fixed: time.Millisecond},
	"cs": {name: "cs", fixed: 10 * time.Millisecond},
	"ds": {name: "ds", fixed: 100 * time.Millisecond},
	"s":  second, "sec": second, "secs": second, "second": second, "seconds": second,
	"m": minute, "min": minute, "mins": minute, "minute": minute, "minutes": minute,
	"h": hour, "hr": hour, "hrs": hour, "hour": hour, "hours": hour,
	"d": day, "day": day, "days": day,
	"w": week, "week": week, "weeks": week,
	"mon": month, "month": month, "months": month,
	"q": quarter, "qtr": quarter, "qtrs": quarter, "quarter": quarter, "quarters": quarter,
	"y": year, "yr": year, "yrs": year, "year": year, "years": year,
}

const unitHint = "units are us ms cs ds s m h d w mon q y and their long forms, in lower case"

// letters cuts the letters off the front of s.
func letters(s string) (word, rest string) {
	n := 0
	for n < len(s) && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z') {
		n++
	}
	return s[:n], s[n:]
}

// number cuts the digits off the front of s; more than nine are too many for any
// time, and ok is false.
func number(s string) (n int, digits, rest string, ok bool) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		if i < 9 {
			n = n*10 + int(s[i]-'0')
		}
		i++
	}
	return n, s[:i], s[i:], i <= 9
}

// point is where a unit starts that holds t: @h, @d, @w1, @mon ... A fixed unit
// is floored on the local clock, so that @h is a full hour in Kathmandu too.
type point struct {
	unit unit
	// weekday is where weeks start: 0 is Sunday (@w, @w0 and @w7).
	weekday time.Weekday
}

// parsePoint reads what stands behind an "@".
func parsePoint(s string) (p point, rest string, ok bool) {
	word, rest := letters(s)
	if word == "w" && rest != "" && rest[0] >= '0' && rest[0] <= '7' {
		return point{week, time.Weekday(rest[0]-'0') % 7}, rest[1:], true
	}
	u, ok := units[word]
	return point{unit: u}, rest, ok
}

func (p point) floor(t time.Time) time.Time {
	y, m, d := t.Date()
	switch {
	case p.unit.fixed > 0:
		return floorFixed(t, p.unit.fixed)
	case p.unit.days == 7:
		back := (int(t.Weekday()) - int(p.weekday) + 7) % 7
		return startOfDay(y, m, d-back, t.Location())
	case p.unit.days == 1:
		return startOfDay(y, m, d, t.Location())
	}
	return startOfDay(y, m-time.Month((int(m)-1)%p.unit.months), 1, t.Location())
}

// floorFixed floors the local clock to a multiple of a length that divides a day.
func floorFixed(t time.Time, length time.Duration) time.Time {
	_, offset := t.Zone()
	into := time.Duration(floorMod(t.Unix()+int64(offset), 86400))*time.Second + time.Duration(t.Nanosecond())
	return t.Add(-(into % length))
}

func floorMod(a, b int64) int64 {
	if m := a % b; m < 0 {
		return m + b
	} else {
		return m
	}
}
