package evtx

import "riskreplay/src/event"

// Times of Windows count 100 ns from 1601-01-01.
const (
	ticksASecond  = 10_000_000
	ticksTo1970   = 116_444_736_000_000_000
	maxEventTicks = (1<<63 - 1) / 100 // of event.Time, from 1970 either way
)

// fileTime is a FILETIME as a time; 0 when it does not fit.
func fileTime(ticks uint64) event.Time {
	if ticks > ticksTo1970+maxEventTicks {
		return 0
	}
	since := int64(ticks) - ticksTo1970
	if since < -maxEventTicks {
		return 0
	}
	return event.Time(since * 100)
}

// appendFileTime writes 2020-07-20T13:24:05.123456700Z.
func appendFileTime(out []byte, ticks uint64) []byte {
	seconds := ticks / ticksASecond
	year, month, day := date(seconds / 86400)
	clock := seconds % 86400
	out = appendDate(out, year, month, day)
	out = appendClock(out, clock/3600, clock/60%60, clock%60)
	out = appendDigits(append(out, '.'), ticks%ticksASecond, 7)
	return append(out, "00Z"...)
}

// appendSystemTime writes 2020-07-20T13:24:05.123Z; the words are year, month,
// day of the week, day, hour, minute, second, millisecond.
func appendSystemTime(out, b []byte) []byte {
	word := func(i int) uint64 { return uint64(le.Uint16(b[2*i:])) }
	out = appendDate(out, word(0), word(1), word(3))
	out = appendClock(out, word(4), word(5), word(6))
	return append(appendDigits(append(out, '.'), word(7), 3), 'Z')
}

func appendDate(out []byte, year, month, day uint64) []byte {
	out = append(appendDigits(out, year, 4), '-')
	out = append(appendDigits(out, month, 2), '-')
	return append(appendDigits(out, day, 2), 'T')
}

func appendClock(out []byte, hour, minute, second uint64) []byte {
	out = append(appendDigits(out, hour, 2), ':')
	out = append(appendDigits(out, minute, 2), ':')
	return appendDigits(out, second, 2)
}

// appendDigits writes a number with at least so many digits.
func appendDigits(out []byte, n uint64, digits int) []byte {
	var buf [20]byte
	i := len(buf)
	for ; n > 0 || digits > 0; digits-- {
		i--
		buf[i] = byte('0' + n%10)
		n /= 10
	}
	return append(out, buf[i:]...)
}

// date is the day so many days after 1601-01-01; the year is taken to begin in
// March, so that the leap day is its last, and 400 years are 146097 days.
func date(days uint64) (year, month, day uint64) {
	days += 584694 // from 0000-03-01
	era, rest := days/146097, days%146097
	of := (rest - rest/1460 + rest/36524 - rest/146096) / 365
	rest -= 365*of + of/4 - of/100
	shifted := (5*rest + 2) / 153
	year, month, day = 400*era+of, shifted+3, rest-(153*shifted+2)/5+1
	if month > 12 {
		return year + 1, month - 12, day
	}
	return year, month, day
}
