package rebase

import (
	"time"

	"riskreplay/src/event"
)

// civil is a time as a calendar has it, without a zone.
type civil struct {
	year, month, day     int
	hour, minute, second int
	nanos                int64
}

// valid tells whether it is in the calendar and in a year that is moved.
func (c *civil) valid() bool {
	return c.year >= 1971 && c.year < 2262 && c.month >= 1 && c.month <= 12 &&
		c.day >= 1 && c.day <= monthLength(c.year, c.month) && c.hour < 24 && c.minute < 60 && c.second < 60
}

func monthLength(year, month int) int {
	if month == 2 {
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 30 + (month+month>>3)&1
}

// time reads it as UTC.
func (c *civil) time() event.Time {
	return event.Time(daysOf(c.year, c.month, c.day)*86400+int64(c.hour*3600+c.minute*60+c.second))*1e9 + event.Time(c.nanos)
}

// civilOf is a time in UTC that is not before 1970.
func civilOf(t event.Time) civil {
	sec := int64(t / 1e9)
	day, rest := sec/86400, int(sec%86400)
	c := civil{hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60, nanos: int64(t % 1e9)}
	// Years begin in March, so that the leap day is the last of its year; days
	// count from 0000-03-01, four hundred years at a time.
	z := day + 719468
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	c.day = int(doy - (153*mp+2)/5 + 1)
	c.month = int(mp + 3)
	c.year = int(yoe + era*400)
	if c.month > 12 {
		c.month -= 12
		c.year++
	}
	return c
}

// daysOf counts the days from 1970-01-01.
func daysOf(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	return int64(365*year+year/4-year/100+year/400+(153*(month-3)+2)/5+day) - 719469
}

// weekday is 0 on Sundays.
func weekday(t event.Time) int {
	const days = 24 * event.Time(time.Hour)
	return int((t/days + 4) % 7) // 1970 began on a Thursday
}

// nearestYear sets the year that puts c nearest to t, among those that have the
// day, and tells how far from it that is; false when none has it.
func (c *civil) nearestYear(t event.Time) (event.Time, bool) {
	best, found := event.Time(0), 0
	middle := t.Std().Year()
	for c.year = middle - 1; c.year <= middle+1; c.year++ {
		if !c.valid() {
			continue
		}
		far := c.time() - t
		if far < 0 {
			far = -far
		}
		if found == 0 || far < best {
			best, found = far, c.year
		}
	}
	c.year = found
	return best, found != 0
}
