package winevent

import "riskreplay/src/event"

// ParseTime reads a time as Windows and most JSON logs write it:
//
//	2021-01-14T23:41:40.145335200Z
//	2021-01-14 23:41:39.938          (no zone: UTC)
//	2021-01-15T01:41:40,5+02:00
//
// Date and time are parted by T, t or one blank; up to nine digits of fraction
// count, further ones are cut; the zone is Z, z, +hh:mm, +hhmm, +hh or nothing.
// Anything else, also behind the time, is refused, and so is a time that does
// not fit event.Time (the years 1678 to 2261).
func ParseTime(b []byte) (event.Time, bool) {
	t, n := TimePrefix(b)
	return t, n > 0 && n == len(b)
}

// TimePrefix reads the time that b begins with, by the rules of ParseTime, and
// how many bytes it takes; 0 when b begins with no time.
func TimePrefix(b []byte) (event.Time, int) {
	const layout = len("2006-01-02T15:04:05")
	if len(b) < layout || b[4] != '-' || b[7] != '-' || b[13] != ':' || b[16] != ':' ||
		b[10]|0x20 != 't' && b[10] != ' ' {
		return 0, 0
	}
	year, ok0 := digits4(b)
	month, ok1 := digits2(b[5:])
	day, ok2 := digits2(b[8:])
	hour, ok3 := digits2(b[11:])
	minute, ok4 := digits2(b[14:])
	second, ok5 := digits2(b[17:])
	if !(ok0 && ok1 && ok2 && ok3 && ok4 && ok5) || year < 1678 || year > 2261 ||
		!validDate(year, month, day) || hour > 23 || minute > 59 || second > 60 {
		return 0, 0
	}
	sec := days(year, month, day)*86400 + int64(hour*3600+minute*60+second)
	nanos, n := fraction(b[layout:])
	n += layout
	offset, width := zone(b[n:])
	return event.Time((sec-offset)*1e9 + nanos), n + width
}

func digits2(b []byte) (int, bool) {
	hi, lo := b[0]-'0', b[1]-'0'
	return int(hi)*10 + int(lo), hi < 10 && lo < 10
}

func digits4(b []byte) (int, bool) {
	hi, ok1 := digits2(b)
	lo, ok2 := digits2(b[2:])
	return hi*100 + lo, ok1 && ok2
}

// monthDays are the days of each month in a year that is no leap year.
var monthDays = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func validDate(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return day <= 29
	}
	return day <= monthDays[month]
}

// days counts the days from 1970-01-01 to a date of the Gregorian calendar; the
// year is taken to begin in March, so that the leap day is its last.
func days(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	return int64(365*year+year/4-year/100+year/400+(153*(month-3)+2)/5+day) - 719469
}

// fraction reads `.123` or `,123` as nanoseconds, and how many bytes it takes; a
// point without digits takes none.
func fraction(b []byte) (nanos int64, n int) {
	if len(b) < 2 || b[0] != '.' && b[0] != ',' || b[1]-'0' > 9 {
		return 0, 0
	}
	scale := int64(1e8)
	for n = 1; n < len(b) && b[n]-'0' < 10; n++ {
		nanos += int64(b[n]-'0') * scale
		scale /= 10
	}
	return nanos, n
}

// zone reads a zone as seconds east of UTC, and how many bytes it takes; both
// are 0 when there is none.
func zone(b []byte) (seconds int64, n int) {
	if len(b) == 0 {
		return 0, 0
	}
	if b[0]|0x20 == 'z' {
		return 0, 1
	}
	if len(b) < 3 || b[0] != '+' && b[0] != '-' {
		return 0, 0
	}
	hour, ok := digits2(b[1:])
	if !ok || hour > 23 {
		return 0, 0
	}
	n, minute := 3, 0
	rest := b[3:]
	if len(rest) >= 3 && rest[0] == ':' {
		rest = rest[1:]
	}
	if len(rest) >= 2 {
		if m, ok := digits2(rest); ok && m < 60 {
			minute, n = m, len(b)-len(rest)+2
		}
	}
	seconds = int64(hour*3600 + minute*60)
	if b[0] == '-' {
		seconds = -seconds
	}
	return seconds, n
}
