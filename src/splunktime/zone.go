package splunktime

import (
	"strings"
	"time"
)

// abbreviations are the zone names that stand in logs, with their offsets in
// minutes. Some have several meanings in the world (CST, IST, BST); here they
// have the one that is most common in logs.
var abbreviations = map[string]int{
	"Z": 0, "UTC": 0, "GMT": 0, "WET": 0,
	"EST": -5 * 60, "EDT": -4 * 60, "CST": -6 * 60, "CDT": -5 * 60,
	"MST": -7 * 60, "MDT": -6 * 60, "PST": -8 * 60, "PDT": -7 * 60,
	"AKST": -9 * 60, "AKDT": -8 * 60, "HST": -10 * 60, "AST": -4 * 60, "ADT": -3 * 60, "NST": -3*60 - 30, "NDT": -2*60 - 30, "BRT": -3 * 60,
	"WEST": 60, "BST": 60, "CET": 60, "CEST": 2 * 60, "EET": 2 * 60, "EEST": 3 * 60, "MSK": 3 * 60, "SAST": 2 * 60,
	"GST": 4 * 60, "PKT": 5 * 60, "IST": 5*60 + 30, "ICT": 7 * 60, "WIB": 7 * 60, "SGT": 8 * 60, "HKT": 8 * 60, "AWST": 8 * 60,
	"JST": 9 * 60, "KST": 9 * 60, "ACST": 9*60 + 30, "ACDT": 10*60 + 30, "AEST": 10 * 60, "AEDT": 11 * 60, "NZST": 12 * 60, "NZDT": 13 * 60,
}

// zoneOffset reads Z, -05, -0500, -05:00 or -05:00:00.
func (p *parser) zoneOffset() bool {
	p.rest = trimBlanks(p.rest)
	if p.rest == "" {
		return false
	}
	sign := 1
	switch p.rest[0] {
	case 'Z', 'z':
		p.rest = p.rest[1:]
		p.offset, p.hasOffset = 0, true
		return true
	case '-':
		sign = -1
	case '+':
	default:
		return false
	}
	p.rest = p.rest[1:]
	var parts [3]int // hours, minutes, seconds
	for i := range parts {
		rest := p.rest
		if i > 0 {
			p.rest = strings.TrimPrefix(p.rest, ":")
		}
		if p.digits(2) < 2 || i == 2 && len(rest) == len(p.rest) {
			p.rest = rest
			if i == 0 {
				return false
			}
			break
		}
		parts[i] = int(p.take(2))
	}
	if parts[0] > 23 || parts[1] > 59 || parts[2] > 59 {
		return false
	}
	p.offset, p.hasOffset = sign*(parts[0]*3600+parts[1]*60+parts[2]), true
	return true
}

// zoneMinutes reads an offset in minutes: -300.
func (p *parser) zoneMinutes() bool {
	p.rest = trimBlanks(p.rest)
	sign := 1
	if strings.HasPrefix(p.rest, "-") {
		sign = -1
	}
	if strings.HasPrefix(p.rest, "-") || strings.HasPrefix(p.rest, "+") {
		p.rest = p.rest[1:]
	}
	var minutes int
	if !p.number(&minutes, 4, 0, 24*60-1) {
		return false
	}
	p.offset, p.hasOffset = sign*minutes*60, true
	return true
}

// zoneName reads an abbreviation; only time can tell what it means.
func (p *parser) zoneName() bool {
	p.rest = trimBlanks(p.rest)
	n := 0
	for n < len(p.rest) && n < 6 && (p.rest[n]|0x20 >= 'a' && p.rest[n]|0x20 <= 'z') {
		n++
	}
	if n == 0 {
		return p.zoneOffset()
	}
	p.abbreviation, p.rest = p.rest[:n], p.rest[n:]
	return true
}

// offsetOf is the offset in seconds that an abbreviation means: the zone's own
// one at that time, else the table's.
func offsetOf(abbreviation string, t time.Time) (int, bool) {
	if name, offset := t.Zone(); strings.EqualFold(name, abbreviation) {
		return offset, true
	}
	minutes, ok := abbreviations[strings.ToUpper(abbreviation)]
	return minutes * 60, ok
}
