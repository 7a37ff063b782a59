package rebase

import "riskreplay/src/event"

// digits looks at the run of digits that begins at raw[i] and gives where to go
// on.
func (r *Rewriter) digits(i int) int {
	raw := r.raw
	e := i + 1
	for e < len(raw) && isDigit(raw[e]) {
		e++
	}
	switch n := e - i; {
	case n == 14:
		return r.compact(i, e)
	case n >= 10:
		return r.epoch(i, e)
	case e == len(raw):
	case n == 8 && raw[e]|0x20 == 't':
		return r.basic(i, e)
	case n <= 2:
		switch raw[e] {
		case '/', ' ', '-', ',':
			return r.short(i, e)
		}
	case n == 4 && (raw[e] == '-' || raw[e] == '/'):
		return r.iso(i, e)
	}
	return e
}

// found moves a time and gives where to go on.
func (r *Rewriter) found(s *stamp) int {
	r.move(s)
	if r.rekey != nil {
		return r.headerHost(s)
	}
	return s.end
}

const fortinetTime = " time="

// iso is 2026-01-15 or 2026/01/15, then T, _, a blank, a tab or ` time=`, then the
// time.
func (r *Rewriter) iso(i, e int) int {
	raw := r.raw
	s := stamp{start: i, datePad: zeroPad, hourPad: zeroPad}
	var ok bool
	s.year, _ = s.number(raw, yearPart, i, 4)
	if s.month, ok = s.number(raw, monthPart, e+1, 2); !ok || s.end >= len(raw) || raw[s.end] != raw[e] {
		return e
	}
	if s.day, ok = s.number(raw, dayPart, s.end+1, 2); !ok || s.end < len(raw) && isDigit(raw[s.end]) {
		return e
	}
	date := s.end
	if at := afterISODate(raw, date); at > 0 && s.clock(raw, at, false) {
		return r.found(&s)
	}
	r.left()
	return date
}

// afterISODate is where the time begins behind a date; 0 when none does.
func afterISODate(raw []byte, i int) int {
	switch rest := raw[i:]; {
	case len(rest) < len("T00:00:00"):
	case rest[0]|0x20 == 't', (rest[0] == '_' || isBlank(rest[0])) && isDigit(rest[1]):
		return i + 1
	case string(rest[:len(fortinetTime)]) == fortinetTime:
		return i + len(fortinetTime)
	}
	return 0
}

// short is a run of one or two digits that may be the month or the day of a date.
func (r *Rewriter) short(i, e int) int {
	raw := r.raw
	if raw[e] == '/' && e+1 < len(raw) && isDigit(raw[e+1]) {
		return r.slashed(i, e)
	}
	if s, ok := r.dayFirst(i, e); ok {
		return r.found(&s)
	}
	if s, ok := r.nameFirst(i, e); ok {
		return r.found(&s)
	}
	return e
}

// slashed is 01/15/2026 or 1/15/2026, then a blank, a comma and a blank, or a
// colon, then the time.
func (r *Rewriter) slashed(i, e int) int {
	raw := r.raw
	s := stamp{start: i, datePad: zeroPad, hourPad: zeroPad}
	var ok bool
	s.month, _ = s.number(raw, monthPart, i, e-i)
	if s.day, ok = s.oneOrTwo(raw, dayPart, e+1); !ok || s.end >= len(raw) || raw[s.end] != '/' {
		return e
	}
	if s.year, ok = s.number(raw, yearPart, s.end+1, 4); !ok || s.end < len(raw) && isDigit(raw[s.end]) {
		return e
	}
	date := s.end
	if at := afterBlank(raw, date, ':'); at > 0 && s.clock(raw, at, true) {
		if s.half && i > 0 && (raw[i-1] == '>' || raw[i-1] == '\t') {
			s.datePad, s.hourPad = noPad, noPad // as Windows writes times inside of events
		}
		return r.found(&s)
	}
	r.left()
	return date
}

// afterBlank is where a time begins behind a blank, a comma and a blank, or one
// byte more that may stand there; 0 when none does.
func afterBlank(raw []byte, i int, other byte) int {
	if i+1 < len(raw) && raw[i] == ',' && raw[i+1] == ' ' {
		return i + 2
	}
	if i < len(raw) && (raw[i] == ' ' || raw[i] == other) {
		return i + 1
	}
	return 0
}

// basic is 20260115T234139Z, the basic form of ISO 8601.
func (r *Rewriter) basic(i, e int) int {
	s, ok := r.unparted(i, e+1)
	if !ok || s.end < len(r.raw) && isDigit(r.raw[s.end]) {
		return e
	}
	s.fraction(r.raw)
	return r.found(&s)
}

// compact is 14 digits, which are a time when a fraction and a zone stand behind
// them: 20260115234139.000000+060, as WMI writes it.
func (r *Rewriter) compact(i, e int) int {
	raw := r.raw
	s, ok := r.unparted(i, i+8)
	if !ok {
		return e
	}
	s.fraction(raw)
	if end := s.end; end == e+7 && end < len(raw) && (raw[end] == '+' || raw[end] == '-') {
		return r.found(&s)
	}
	r.left()
	return e
}

// unparted is a date of eight digits at one place and a time of six at another.
func (r *Rewriter) unparted(date, clock int) (s stamp, ok bool) {
	s = stamp{start: date, datePad: zeroPad, hourPad: zeroPad, unit: 1e9}
	for _, p := range [...]struct {
		kind  kind
		at, n int
		value *int
	}{
		{yearPart, date, 4, &s.year},
		{monthPart, date + 4, 2, &s.month},
		{dayPart, date + 6, 2, &s.day},
		{hourPart, clock, 2, &s.hour},
		{minutePart, clock + 2, 2, &s.minute},
		{secondPart, clock + 4, 2, &s.second},
	} {
		if *p.value, ok = s.number(r.raw, p.kind, p.at, p.n); !ok {
			return s, false
		}
	}
	return s, s.valid()
}

// zoneAt is how far the text before raw[i] is ahead of UTC, by the zone that
// stands there (+01:00, +0100, ` -0500`) or 0.
func zoneAt(raw []byte, i int) event.Time {
	if i < len(raw) && raw[i] == ' ' {
		i++
	}
	if i+3 > len(raw) || raw[i] != '+' && raw[i] != '-' {
		return 0
	}
	var digits [4]byte
	n := 0
	for _, c := range raw[i+1 : min(i+6, len(raw))] {
		if n == 4 || c == ':' && n != 2 || c != ':' && !isDigit(c) {
			break
		}
		if c != ':' {
			digits[n] = c - '0'
			n++
		}
	}
	if n < 4 {
		digits[2], digits[3] = 0, 0
	}
	if n < 2 {
		return 0
	}
	const minute = event.Time(60e9)
	minutes := event.Time(digits[0])*600 + event.Time(digits[1])*60 + event.Time(digits[2])*10 + event.Time(digits[3])
	if raw[i] == '-' {
		minutes = -minutes
	}
	return minutes * minute
}
