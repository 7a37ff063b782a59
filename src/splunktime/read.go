package splunktime

import (
	"strings"
	"time"
)

// read takes what one op describes off the front; reserve is the number of digits
// that %s must leave.
func (p *parser) read(o *op, reserve int) bool {
	switch o.verb {
	case 0:
		return p.literal(o.text)
	case 'Y':
		return p.number(&p.year, 4, 1, 9999)
	case 'y':
		return p.shortYear()
	case 'm':
		return p.number(&p.month, 2, 1, 12)
	case 'd', 'e':
		return p.number(&p.day, 2, 1, 31)
	case 'j':
		return p.number(&p.yearDay, 3, 1, 366)
	case 'H', 'k':
		return p.number(&p.hour, 2, 0, 23)
	case 'I', 'l':
		p.hour12 = true
		return p.number(&p.hour, 2, 1, 12)
	case 'M':
		return p.number(&p.minute, 2, 0, 59)
	case 'S':
		return p.number(&p.second, 2, 0, 60)
	case 'N':
		return p.fraction(o)
	case 's':
		return p.seconds(reserve)
	}
	return p.words(o)
}

// words reads what is not just a number.
func (p *parser) words(o *op) bool {
	var ignored int
	switch o.verb {
	case 'b', 'B':
		return p.name(&p.month, 12, func(i int) string { return time.Month(i).String() })
	case 'a', 'A':
		return p.name(&ignored, 7, func(i int) string { return time.Weekday(i - 1).String() })
	case 'p':
		return p.name(&p.half, 2, func(i int) string { return [...]string{"AM", "PM"}[i-1] })
	case 'z':
		return p.zoneOffset()
	case 'Z':
		return p.zoneName()
	case 'E':
		return p.zoneMinutes()
	case '?':
		return p.flagged(o)
	}
	return false
}

// flagged reads the variables that only printing leaves to the library: those
// with flags as if they had none.
func (p *parser) flagged(o *op) bool {
	var ignored int
	switch o.n {
	case 'w':
		return p.number(&ignored, 1, 0, 6)
	case 'u':
		return p.number(&ignored, 1, 1, 7)
	case 'C':
		return p.hundreds()
	case 'P':
		return p.words(&op{verb: 'p'})
	}
	if long := longhand[byte(o.n)]; long != "" {
		return p.run(CompileFormat(long).ops)
	}
	return p.read(&op{verb: byte(o.n)}, 0)
}

func (p *parser) literal(text string) bool {
	for text != "" {
		if isBlank(text[0]) {
			text = trimBlanks(text)
			p.rest = trimBlanks(p.rest)
			continue
		}
		if p.rest == "" || p.rest[0] != text[0] {
			return false
		}
		text, p.rest = text[1:], p.rest[1:]
	}
	return true
}

func isBlank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func trimBlanks(s string) string {
	for s != "" && isBlank(s[0]) {
		s = s[1:]
	}
	return s
}

// digits counts the digits at the front, up to most.
func (p *parser) digits(most int) int {
	n := 0
	for n < len(p.rest) && n < most && p.rest[n] >= '0' && p.rest[n] <= '9' {
		n++
	}
	return n
}

// take reads n digits; n is at most 18.
func (p *parser) take(n int) (value int64) {
	for _, c := range []byte(p.rest[:n]) {
		value = value*10 + int64(c-'0')
	}
	p.rest = p.rest[n:]
	return value
}

func (p *parser) number(into *int, most, low, high int) bool {
	p.rest = trimBlanks(p.rest)
	n := p.digits(most)
	if n == 0 {
		return false
	}
	*into = int(p.take(n))
	return *into >= low && *into <= high
}

// shortYear: 69 to 99 are of the last century, as POSIX has it.
func (p *parser) shortYear() bool {
	if !p.number(&p.year, 2, 0, 99) {
		return false
	}
	if p.year += 1900; p.year < 1969 {
		p.year += 100
	}
	return true
}

func (p *parser) hundreds() bool {
	ok := p.number(&p.century, 2, 0, 99)
	p.century++
	return ok
}

// fraction reads digits as a fraction: "5" is half a second.
func (p *parser) fraction(o *op) bool {
	most := o.n
	if o.free {
		most = 9
	}
	n := p.digits(most)
	if n == 0 {
		return false
	}
	p.nanos = int(p.take(n))
	for ; n < 9; n++ {
		p.nanos *= 10
	}
	return true
}

func (p *parser) seconds(reserve int) bool {
	p.rest = trimBlanks(p.rest)
	negative := strings.HasPrefix(p.rest, "-")
	if negative {
		p.rest = p.rest[1:]
	}
	n := p.digits(19)
	if n > reserve {
		n -= reserve
	}
	if n == 0 || n > 18 {
		return false
	}
	p.epoch, p.hasEpoch = p.take(n), true
	if negative {
		p.epoch = -p.epoch
	}
	return true
}

// name reads a word or its first three letters, in any case.
func (p *parser) name(into *int, count int, word func(int) string) bool {
	for i := 1; i <= count; i++ {
		full := word(i)
		for _, w := range []string{full, full[:min(3, len(full))]} {
			if len(p.rest) >= len(w) && strings.EqualFold(p.rest[:len(w)], w) {
				*into, p.rest = i, p.rest[len(w):]
				return true
			}
		}
	}
	return false
}
