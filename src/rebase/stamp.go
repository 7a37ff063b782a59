package rebase

import (
	"riskreplay/src/event"
)

// kind is what a part of a time tells.
type kind uint8

const (
	weekdayPart kind = iota
	yearPart
	monthPart
	monthNamePart
	dayPart
	hourPart
	minutePart
	secondPart
	fractionPart
	halfPart // the A or P of AM and PM
)

// pad is what stands before a number of one digit.
type pad uint8

const (
	anyPad pad = iota
	noPad
	zeroPad
	blankPad
)

// part is where a part of a time stands in the text.
type part struct {
	kind  kind
	pad   pad // of months, days and hours
	at, n int
}

// stamp is a time found in a text: its value and where its parts stand, in the
// order of the text.
type stamp struct {
	civil
	noYear   bool
	half     bool // hours are of a 12-hour clock
	pm       bool
	datePad  pad // when no digit tells it
	hourPad  pad
	start    int
	end      int // behind the last part
	unit     event.Time
	parts    [10]part
	numParts int
}

func (s *stamp) add(k kind, at, n int) {
	s.parts[s.numParts] = part{kind: k, at: at, n: n}
	s.numParts++
	s.end = at + n
}

// number adds a number of so many digits and gives its value.
func (s *stamp) number(raw []byte, k kind, at, n int) (value int, ok bool) {
	if at+n > len(raw) {
		return 0, false
	}
	for _, c := range raw[at : at+n] {
		if !isDigit(c) {
			return 0, false
		}
		value = value*10 + int(c-'0')
	}
	s.add(k, at, n)
	return value, true
}

// oneOrTwo adds a number of one or two digits.
func (s *stamp) oneOrTwo(raw []byte, k kind, at int) (value int, ok bool) {
	if value, ok = s.number(raw, k, at, 2); ok {
		return value, true
	}
	return s.number(raw, k, at, 1)
}

// clock adds HH:MM:SS at some place, a fraction and AM or PM; loose allows an
// hour of one digit.
func (s *stamp) clock(raw []byte, at int, loose bool) (ok bool) {
	if loose {
		s.hour, ok = s.oneOrTwo(raw, hourPart, at)
	} else {
		s.hour, ok = s.number(raw, hourPart, at, 2)
	}
	if !ok || s.end >= len(raw) || raw[s.end] != ':' {
		return false
	}
	if s.minute, ok = s.number(raw, minutePart, s.end+1, 2); !ok || s.end >= len(raw) || raw[s.end] != ':' {
		return false
	}
	if s.second, ok = s.number(raw, secondPart, s.end+1, 2); !ok || s.end < len(raw) && isDigit(raw[s.end]) {
		return false
	}
	s.unit = 1e9
	s.fraction(raw)
	return s.halves(raw)
}

// fraction adds the digits behind a point, or three digits behind a comma (more
// or fewer are the next column of a list).
func (s *stamp) fraction(raw []byte) {
	at := s.end + 1
	if at >= len(raw) || raw[s.end] != '.' && raw[s.end] != ',' {
		return
	}
	n := 0
	for at+n < len(raw) && isDigit(raw[at+n]) {
		n++
	}
	if n == 0 || raw[s.end] == ',' && n != 3 {
		return
	}
	s.nanos = 0
	for _, c := range raw[at : at+min(n, 9)] {
		s.unit /= 10
		s.nanos += int64(c-'0') * int64(s.unit)
	}
	s.add(fractionPart, at, min(n, 9))
	s.end = at + n // digits below a nanosecond never change
}

// halves adds AM or PM, which stand behind a blank or one of the blanks that
// break no line. A half that does not fit its hour makes the time none.
func (s *stamp) halves(raw []byte) bool {
	at := s.end
	switch rest := raw[at:]; {
	case len(rest) > 0 && rest[0] == ' ':
		at++
	case len(rest) > 2 && rest[0] == 0xE2 && rest[1] == 0x80 && rest[2] == 0xAF:
		at += 3
	case len(rest) > 1 && rest[0] == 0xC2 && rest[1] == 0xA0:
		at += 2
	}
	if at+2 > len(raw) || raw[at+1]|0x20 != 'm' || raw[at]|0x20 != 'a' && raw[at]|0x20 != 'p' ||
		at+2 < len(raw) && (isLetter(raw[at+2]) || isDigit(raw[at+2])) {
		return true
	}
	if s.hour < 1 || s.hour > 12 {
		return false
	}
	s.half, s.pm = true, raw[at]|0x20 == 'p'
	s.hour %= 12
	if s.pm {
		s.hour += 12
	}
	s.add(halfPart, at, 1)
	s.end++
	return true
}

// move splices a stamp; false when it is left. The digits behind its last part
// (a zone) stay.
func (r *Rewriter) move(s *stamp) bool {
	far := event.Time(0)
	if s.noYear {
		var ok bool
		if far, ok = s.nearestYear(r.at); !ok {
			r.left()
			return false
		}
	}
	if !s.valid() {
		r.left()
		return false
	}
	from := s.time()
	zone := event.Time(0)
	if r.shift.scales() {
		zone = zoneAt(r.raw, s.end)
	}
	to, ok := r.shift.text(from, s.unit, zone)
	if !ok {
		r.stays()
		return false
	}
	s.pads(r.raw)
	c := civilOf(to)
	turn := weekday(to) - weekday(from) + 7
	r.upTo(s.start, s.start)
	for i := range s.parts[:s.numParts] {
		p := &s.parts[i]
		r.out = append(r.out, r.raw[r.done:p.at]...)
		r.part(s, p, &c, turn)
		r.done = p.at + p.n
	}
	r.counts.Moved++
	const halfYear = 181 * 86400e9
	if far > halfYear || !s.tellsPads(&c) {
		r.counts.Inexact++
	}
	return true
}

// part writes one part of a time.
func (r *Rewriter) part(s *stamp, p *part, c *civil, turn int) {
	old := r.raw[p.at : p.at+p.n]
	switch p.kind {
	case weekdayPart:
		i := nameIndex(weekdays, old)
		r.name(weekdays, (i+turn)%7, old)
	case yearPart:
		r.number(c.year, 4)
	case monthNamePart:
		r.name(months, c.month-1, old)
	case minutePart:
		r.number(c.minute, 2)
	case secondPart:
		r.number(c.second, 2)
	case fractionPart:
		r.number(int(c.nanos/int64(s.unit)), p.n)
	case halfPart:
		half := byte('A')
		if c.hour >= 12 {
			half = 'P'
		}
		r.out = append(r.out, half|old[0]&0x20)
	default:
		r.padded(p.pad, s.value(p.kind, c))
	}
}

// value is what a part that may be padded shows.
func (s *stamp) value(k kind, c *civil) int {
	switch k {
	case monthPart:
		return c.month
	case dayPart:
		return c.day
	}
	if !s.half {
		return c.hour
	}
	return (c.hour+11)%12 + 1
}

func (r *Rewriter) padded(p pad, value int) {
	if value >= 10 {
		r.number(value, 2)
		return
	}
	switch p {
	case zeroPad:
		r.out = append(r.out, '0')
	case blankPad:
		r.out = append(r.out, ' ')
	}
	r.number(value, 1)
}

// number writes a number with so many digits.
func (r *Rewriter) number(value, digits int) {
	var b [9]byte
	for i := digits - 1; i >= 0; i-- {
		b[i] = byte('0' + value%10)
		value /= 10
	}
	r.out = append(r.out, b[:digits]...)
}
