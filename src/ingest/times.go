package ingest

import (
	"bytes"
	"math/bits"

	"riskreplay/src/event"
	"riskreplay/src/winevent"
)

// textTime reads the time of a line of text:
//
//	2026-01-15T11:40:12.345Z ...      <13>1 2026-01-15T11:40:12Z ...
//	Jan 15 11:40:12 ...               the year is the last in which that is not after now
//	01/15/2026 11:40:12 PM ...        also 24 hours, a fraction, +0000
//	1768477212.345 ...                epoch seconds, or 13 digits of milliseconds
//	type=SYSCALL msg=audit(1768477212.345:88): ...
func textTime(line []byte, now event.Time) (event.Time, bool) {
	line = line[skipBlanks(line, 0):]
	line = afterPriority(line)
	if len(line) > 0 && (line[0] == '[' || line[0] == '"') {
		line = line[1:]
	}
	if t, n := winevent.TimePrefix(line); n > 0 {
		return t, true
	}
	if t, n := usTime(line); n > 0 {
		return t, true
	}
	if t, ok := syslogTime(line, now); ok {
		return t, true
	}
	if n := epochWidth(line); n > 0 {
		return epochTime(line[:n])
	}
	head := line[:min(len(line), 128)]
	if i := bytes.Index(head, []byte("audit(")); i >= 0 {
		head = head[i+len("audit("):]
		return epochTime(head[:epochWidth(head)])
	}
	return 0, false
}

// afterPriority is a line without syslog's <13> and the version behind it.
func afterPriority(line []byte) []byte {
	end := bytes.IndexByte(line[:min(len(line), 5)], '>')
	if end < 2 || line[0] != '<' || !allDigits(string(line[1:end])) {
		return line
	}
	line = line[end+1:]
	if len(line) > 2 && line[0]-'1' < 9 && line[1] == ' ' {
		line = line[2:]
	}
	return line
}

// usTime reads MM/DD/YYYY hh:mm:ss with a fraction, AM or PM and a zone or
// without, and how many bytes it takes; 0 when there is none.
func usTime(b []byte) (event.Time, int) {
	const layout = len("01/02/2006 15:04:05")
	if len(b) < layout || b[2] != '/' || b[5] != '/' || b[10] != ' ' {
		return 0, 0
	}
	iso := make([]byte, 0, 64)
	iso = append(append(append(append(iso, b[6:10]...), '-'), b[0:2]...), '-')
	iso = append(append(append(iso, b[3:5]...), 'T'), b[11:layout]...)
	n := layout
	if n+1 < len(b) && (b[n] == '.' || b[n] == ',') && b[n+1]-'0' < 10 {
		iso = append(iso, '.')
		for n++; n < len(b) && b[n]-'0' < 10 && len(iso) < 40; n++ {
			iso = append(iso, b[n])
		}
	}
	hours, width := halfDay(b[n:], iso)
	if hours < 0 {
		return 0, 0
	}
	n += width
	if z := b[n:]; len(z) >= 6 && z[0] == ' ' && (z[1] == '+' || z[1] == '-') && allDigits(string(z[2:6])) {
		iso = append(iso, z[1:6]...)
		n += 6
	}
	t, ok := winevent.ParseTime(iso)
	if !ok {
		return 0, 0
	}
	return t + event.Time(hours)*3600e9, n
}

// halfDay reads ` AM` or ` PM` behind a time and gives what to add to its hours;
// -1 when the hour does not fit.
func halfDay(b, iso []byte) (hours, width int) {
	if len(b) < 3 || b[0] != ' ' || b[2]|0x20 != 'm' || b[1]|0x20 != 'a' && b[1]|0x20 != 'p' {
		return 0, 0
	}
	hour := int(iso[11]-'0')*10 + int(iso[12]-'0')
	if hour < 1 || hour > 12 {
		return -1, 0
	}
	if hour == 12 {
		hours -= 12
	}
	if b[1]|0x20 == 'p' {
		hours += 12
	}
	if hours < 0 {
		iso[11], iso[12] = '0', '0'
		hours = 0
	}
	return hours, 3
}

// monthOf is the month that text begins with, 1 to 12; 0 when it begins with none.
func monthOf(b []byte) int {
	switch string(b[:3]) {
	case "Jan":
		return 1
	case "Feb":
		return 2
	case "Mar":
		return 3
	case "Apr":
		return 4
	case "May":
		return 5
	case "Jun":
		return 6
	case "Jul":
		return 7
	case "Aug":
		return 8
	case "Sep":
		return 9
	case "Oct":
		return 10
	case "Nov":
		return 11
	case "Dec":
		return 12
	}
	return 0
}

// syslogTime reads `Jan  5 11:40:12`, which names no year.
func syslogTime(b []byte, now event.Time) (event.Time, bool) {
	const layout = len("Jan 02 15:04:05")
	if len(b) < layout || b[3] != ' ' || b[6] != ' ' {
		return 0, false
	}
	month := monthOf(b)
	if month == 0 {
		return 0, false
	}
	day := [2]byte{b[4], b[5]}
	if day[0] == ' ' {
		day[0] = '0'
	}
	// A day more than now is left to clocks and zones that differ; 29 February may
	// be up to eight years back.
	limit := now + 86400e9
	for year, tries := limit.Std().Year(), 0; tries < 9; year, tries = year-1, tries+1 {
		iso := make([]byte, 0, 32)
		iso = append(iso, byte('0'+year/1000%10), byte('0'+year/100%10), byte('0'+year/10%10), byte('0'+year%10), '-')
		iso = append(iso, byte('0'+month/10), byte('0'+month%10), '-', day[0], day[1], 'T')
		t, ok := winevent.ParseTime(append(iso, b[7:layout]...))
		if ok && t <= limit {
			return t, true
		}
	}
	return 0, false
}

// epochWidth is how many bytes an epoch time takes that text begins with: ten
// digits and a fraction, or thirteen digits, and then neither digit nor letter;
// 0 when there is none.
func epochWidth(b []byte) int {
	n := 0
	for n < len(b) && n < 14 && b[n]-'0' < 10 {
		n++
	}
	if n != 10 && n != 13 {
		return 0
	}
	if n == 10 && n+1 < len(b) && b[n] == '.' && b[n+1]-'0' < 10 {
		for n++; n < len(b) && b[n]-'0' < 10; {
			n++
		}
	}
	if n < len(b) && (b[n]|0x20-'a' < 26 || b[n] == '-' || b[n] == '_' || b[n] == '/') {
		return 0
	}
	return n
}

// epochTime reads an epoch time from its digits: seconds below 13,569,465,600
// (the year 2400), then milliseconds, microseconds and nanoseconds by size. A
// fraction may follow, of which what is below a nanosecond is cut.
func epochTime(b []byte) (event.Time, bool) {
	whole, frac, _ := bytes.Cut(b, []byte("."))
	if len(whole) == 0 || len(whole) > 19 || !allDigits(string(whole)) || len(frac) > 0 && !allDigits(string(frac)) {
		return 0, false
	}
	var n uint64
	for _, c := range whole {
		n = n*10 + uint64(c-'0')
	}
	unit := uint64(1e9)
	for unit > 1 && n >= 13_569_465_600*(1e9/unit) {
		unit /= 1000
	}
	hi, nanos := bits.Mul64(n, unit)
	for _, c := range frac {
		unit /= 10
		nanos += uint64(c-'0') * unit
	}
	const limit = 9_214_646_400e9 // the end of 2261
	if hi != 0 || nanos >= limit {
		return 0, false
	}
	return event.Time(nanos), true
}
