package splunktime

import (
	"time"

	"github.com/itchyny/timefmt-go"

	"riskreplay/src/event"
)

// Parse reads a time that the format describes.
//
// The date must be whole: year, month and day, or the day of the year, or epoch
// seconds; and it must not be before 1971 (both documented for strptime). Text
// behind what the format describes does not matter: no document says so, but C's
// strptime is like that, and TIME_FORMAT must be, as the event goes on behind its
// time. Only formats with weeks (%U %V %W %G %g) must describe all of s.
//
// Numbers may lack leading zeros and have blanks before them; names of months and
// days match in any case; a blank in the format matches any number of blanks,
// also none. %z reads -0500, -05:00, -05 and Z. %Z reads the abbreviations that
// logs have (UTC, EST, CEST, ...), the given zone's own ones, and whatever %z
// reads; it refuses others. A fraction with a number (%3N) reads up to so many
// digits, one without (%N, %Q, %f) up to nine. %s followed by a fraction (%s%3N)
// leaves so many of its digits to it. A day that its month does not have is
// refused.
func (f *Format) Parse(s string, zone *time.Location) (event.Time, bool) {
	if f.weeks {
		return f.parseWeeks(s, zone)
	}
	p := parser{rest: s}
	if !p.run(f.ops) || !p.whole() {
		return 0, false
	}
	return p.time(zone)
}

// ParsePrefix is Parse for a time that may lack its year or its whole date, as
// syslog's do: they are those of near, or the year before where the time would
// be more than a day after near. n is how much of s was read.
func (f *Format) ParsePrefix(s string, near event.Time, zone *time.Location) (t event.Time, n int, ok bool) {
	if f.weeks {
		t, ok = f.parseWeeks(s, zone)
		return t, len(s), ok
	}
	p := parser{rest: s}
	if !p.run(f.ops) {
		return 0, 0, false
	}
	n = len(s) - len(p.rest)
	if p.whole() {
		t, ok = p.time(zone)
		return t, n, ok
	}
	guessed := p.complete(in(near, zone))
	t, ok = p.time(zone)
	if ok && guessed && t > near+event.Time(24*time.Hour) {
		p.year--
		t, ok = p.time(zone)
	}
	return t, n, ok
}

// parseAll is Parse where nothing may stand behind the time.
func (f *Format) parseAll(s string, zone *time.Location) (event.Time, bool) {
	p := parser{rest: s}
	if !p.run(f.ops) || p.rest != "" || !p.whole() {
		return 0, false
	}
	return p.time(zone)
}

// parseWeeks leaves dates by weeks to the library; fractions it does not know.
func (f *Format) parseWeeks(s string, zone *time.Location) (event.Time, bool) {
	if zone == nil {
		zone = time.UTC
	}
	t, err := timefmt.ParseInLocation(s, f.source, zone)
	if err != nil || t.Year() < firstYear || !holds(t) {
		return 0, false
	}
	return event.At(t), true
}

// firstYear is the first that strptime is documented for.
const firstYear = 1971

// parser holds what was read of a time. Year, month and day of 0 were not given.
type parser struct {
	rest                      string
	year, month, day, yearDay int
	century                   int // plus one
	hour, minute, second      int
	nanos                     int
	half                      int  // 1 is AM, 2 is PM
	hour12                    bool // the hour is %I's
	epoch                     int64
	hasEpoch                  bool
	offset                    int // seconds
	hasOffset                 bool
	abbreviation              string
}

func (p *parser) run(ops []op) bool {
	for i := range ops {
		reserve := 0
		if ops[i].verb == 's' && i+1 < len(ops) && ops[i+1].verb == 'N' && !ops[i+1].free {
			reserve = ops[i+1].n
		}
		if !p.read(&ops[i], reserve) {
			return false
		}
	}
	return true
}

// whole tells whether the date needs nothing more.
func (p *parser) whole() bool {
	p.join()
	return p.hasEpoch || p.year > 0 && (p.yearDay > 0 || p.month > 0 && p.day > 0)
}

// join puts century and year together.
func (p *parser) join() {
	if p.century > 0 {
		p.year = (p.century-1)*100 + p.year%100
		p.century = 0
	}
}

// complete takes what is missing of the date from near, and tells whether it was
// the year alone. A year or a month without a day stays incomplete.
func (p *parser) complete(near time.Time) (guessed bool) {
	switch {
	case p.year > 0:
	case p.month > 0 && p.day > 0 || p.yearDay > 0:
		p.year = near.Year()
		return true
	case p.month == 0 && p.day == 0:
		y, m, d := near.Date()
		p.year, p.month, p.day = y, int(m), d
	}
	return false
}

// time puts the pieces together.
func (p *parser) time(zone *time.Location) (event.Time, bool) {
	if zone == nil {
		zone = time.UTC
	}
	if p.hasEpoch {
		t := time.Unix(p.epoch, int64(p.nanos))
		return event.At(t), holds(t)
	}
	month, day := time.Month(p.month), p.day
	if p.yearDay > 0 {
		month, day = time.January, p.yearDay
	} else if month == 0 || day == 0 || day > daysIn(p.year, month) {
		return 0, false
	}
	hour := p.hour
	if p.hour12 {
		hour %= 12
		if p.half == 2 {
			hour += 12
		}
	}
	t := time.Date(p.year, month, day, hour, p.minute, p.second, p.nanos, zone)
	if p.abbreviation != "" {
		if offset, ok := offsetOf(p.abbreviation, t); ok {
			p.offset, p.hasOffset = offset, true
		} else {
			return 0, false
		}
	}
	if p.hasOffset {
		t = time.Date(p.year, month, day, hour, p.minute, p.second-p.offset, p.nanos, time.UTC)
	}
	return event.At(t), p.year >= firstYear && holds(t)
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
