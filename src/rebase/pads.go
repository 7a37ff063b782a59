package rebase

// What stands before numbers of one digit is told by the time's own digits where
// there are such numbers: 9/05/2026 has no zero before a month and one before a
// day. A part that has two digits anyway is taken to be written as the other
// part of its date, else as the form of the time has it where it stands.

// pads finds how each month, day and hour is written.
func (s *stamp) pads(raw []byte) {
	for i := range s.parts[:s.numParts] {
		s.parts[i].pad = padOf(raw, &s.parts[i])
	}
	s.fillPads()
}

func padOf(raw []byte, p *part) pad {
	switch {
	case p.kind != monthPart && p.kind != dayPart && p.kind != hourPart:
		return anyPad
	case p.n == 1:
		return noPad
	case raw[p.at] == '0':
		return zeroPad
	case raw[p.at] == ' ':
		return blankPad
	}
	return anyPad
}

// fillPads gives parts that do not tell it what the others tell. The hour goes by
// the date, and the date by it, in times of a 12-hour clock alone: 9/5/2026
// 14:00:00 says nothing of hours before ten.
func (s *stamp) fillPads() {
	date, hour := s.datePad, s.hourPad
	for _, p := range s.parts[:s.numParts] {
		if p.pad == anyPad {
			continue
		}
		if p.kind != hourPart || s.half {
			date = p.pad
		}
		if p.kind == hourPart || s.half {
			hour = p.pad
		}
	}
	for i := range s.parts[:s.numParts] {
		p := &s.parts[i]
		switch {
		case p.pad != anyPad:
		case p.kind == hourPart:
			p.pad = hour
		case p.kind == monthPart || p.kind == dayPart:
			p.pad = date
		}
	}
}

// tellsPads tells whether a time, once moved, is read as written the same way.
func (s *stamp) tellsPads(c *civil) bool {
	moved := *s
	for i := range moved.parts[:moved.numParts] {
		p := &moved.parts[i]
		switch p.kind {
		case monthPart, dayPart, hourPart:
			if s.value(p.kind, c) >= 10 {
				p.pad = anyPad
			}
		}
	}
	moved.fillPads()
	return moved.parts == s.parts
}
