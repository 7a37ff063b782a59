package rebase

const (
	months   = "JanFebMarAprMayJunJulAugSepOctNovDec"
	weekdays = "SunMonTueWedThuFriSat"
)

// nameIndex is which of the names of three letters b is, in any case; -1 for
// none.
func nameIndex(names string, b []byte) int {
	for i := 0; i < len(names); i += 3 {
		if names[i]|0x20 == b[0]|0x20 && names[i+1]|0x20 == b[1]|0x20 && names[i+2]|0x20 == b[2]|0x20 {
			return i / 3
		}
	}
	return -1
}

// name writes a name, each letter in the case of the one that stood there.
func (r *Rewriter) name(names string, i int, old []byte) {
	for j, c := range old {
		r.out = append(r.out, names[i*3+j]&^0x20|c&0x20)
	}
}

// nameEnding is where a name of three letters begins that ends before raw[end]
// and is no end of a longer word; -1 when there is none.
func nameEnding(raw []byte, names string, end int) (at, index int) {
	at = end - 3
	if at < 0 || at > 0 && isLetter(raw[at-1]) {
		return -1, 0
	}
	if index = nameIndex(names, raw[at:end]); index < 0 {
		return -1, 0
	}
	return at, index
}

// weekdayBefore adds the weekday that stands before the date: `Thu, ` or `Thu `.
func (r *Rewriter) weekdayBefore(s *stamp, date int) {
	end := date - 1
	if end < 0 || r.raw[end] != ' ' {
		return
	}
	if end > 0 && r.raw[end-1] == ',' {
		end--
	}
	if at, _ := nameEnding(r.raw, weekdays, end); at >= r.done {
		s.add(weekdayPart, at, 3)
		s.start = at
	}
}

// dayFirst is 15/Jan/2026:23:41:39, 15 Jan 2026 23:41:39 or 15-Jan-2026 ...
func (r *Rewriter) dayFirst(i, e int) (s stamp, ok bool) {
	raw := r.raw
	name := e + 1
	if name+9 > len(raw) || raw[name+3] != raw[e] || raw[e] == ',' || !isLetter(raw[name]) {
		return s, false
	}
	month := nameIndex(months, raw[name:name+3])
	if month < 0 {
		return s, false
	}
	s = stamp{start: i, datePad: zeroPad, hourPad: zeroPad}
	r.weekdayBefore(&s, i)
	s.day, _ = s.number(raw, dayPart, i, e-i)
	s.month = month + 1
	s.add(monthNamePart, name, 3)
	if s.year, ok = s.number(raw, yearPart, name+4, 4); !ok {
		return s, false
	}
	at := afterBlank(raw, s.end, ':')
	return s, at > 0 && s.clock(raw, at, true)
}

// nameFirst is `Jan 15 23:41:39`, with a year before or behind the time, or
// without: `Jan 15 2026 23:41:39`, `Jan 15 23:41:39 2026`.
func (r *Rewriter) nameFirst(i, e int) (s stamp, ok bool) {
	raw := r.raw
	end := i - 1
	if end < 3 || raw[end] != ' ' {
		return s, false
	}
	day := i
	if e-i == 1 && raw[end-1] == ' ' {
		end--
		day--
	}
	name, month := nameEnding(raw, months, end)
	if name < 0 || name < r.done {
		return s, false
	}
	s = stamp{start: name, datePad: zeroPad, hourPad: zeroPad}
	r.weekdayBefore(&s, name)
	s.month = month + 1
	s.add(monthNamePart, name, 3)
	s.add(dayPart, day, e-day)
	for _, c := range raw[i:e] {
		s.day = s.day*10 + int(c-'0')
	}
	at := afterBlank(raw, e, ' ')
	if at == 0 {
		return s, false
	}
	if y := at + 4; y < len(raw) && isDigit(raw[at]) && isDigit(raw[at+2]) {
		if s.year, ok = s.number(raw, yearPart, at, 4); !ok {
			return s, false
		}
		at = afterBlank(raw, y, ':')
		return s, at > 0 && s.clock(raw, at, true)
	}
	if !s.clock(raw, at, false) {
		return s, false
	}
	r.yearBehind(&s)
	s.datePad = blankPad // as RFC 3164 and asctime have it
	return s, true
}

// yearBehind adds the year of `23:41:39 2026`, `23:41:39 UTC 2026` and
// `23:41:39 +0100 2026`.
func (r *Rewriter) yearBehind(s *stamp) {
	raw := r.raw
	s.noYear = true
	at := s.end
	for word := 0; word < 2; word++ {
		if at+5 > len(raw) || raw[at] != ' ' {
			return
		}
		at++
		if year, ok := yearAt(raw, at); ok {
			s.year, s.noYear = year, false
			s.add(yearPart, at, 4)
			return
		}
		n := 0
		for at+n < len(raw) && n < 5 && isZone(raw[at+n]) {
			n++
		}
		if n < 3 {
			return
		}
		at += n
	}
}

// isZone tells whether a byte may stand in a zone as `date` prints it.
func isZone(c byte) bool {
	return c >= 'A' && c <= 'Z' || isDigit(c) || c == '+' || c == '-'
}

// yearAt reads a year that times are moved in, and that no letter or digit
// follows.
func yearAt(raw []byte, at int) (year int, ok bool) {
	for _, c := range raw[at : at+4] {
		if !isDigit(c) {
			return 0, false
		}
		year = year*10 + int(c-'0')
	}
	if at+4 < len(raw) && (isDigit(raw[at+4]) || isLetter(raw[at+4])) {
		return 0, false
	}
	return year, year >= 1971 && year < 2262
}
