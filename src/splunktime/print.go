package splunktime

import (
	"strconv"
	"time"

	"github.com/itchyny/timefmt-go"

	"riskreplay/src/event"
)

// Print appends the time to dst.
func (f *Format) Print(dst []byte, t event.Time, zone *time.Location) []byte {
	p := printer{dst: dst, t: in(t, zone)}
	p.year, p.month, p.day = p.t.Date()
	p.hour, p.minute, p.second = p.t.Clock()
	for i := range f.ops {
		p.print(&f.ops[i])
	}
	return p.dst
}

// printer is a time taken apart once.
type printer struct {
	dst                  []byte
	t                    time.Time
	year                 int
	month                time.Month
	day                  int
	hour, minute, second int
}

func (p *printer) print(o *op) {
	switch o.verb {
	case 0, '!':
		p.dst = append(p.dst, o.text...)
	case 'Y':
		p.two(p.year / 100)
		p.two(p.year % 100)
	case 'y':
		p.two(p.year % 100)
	case 'm':
		p.two(int(p.month))
	case 'd':
		p.two(p.day)
	case 'H':
		p.two(p.hour)
	case 'M':
		p.two(p.minute)
	case 'S':
		p.two(p.second)
	case 'e':
		p.padded(p.day)
	case 'k':
		p.padded(p.hour)
	case 'I':
		p.two((p.hour+11)%12 + 1)
	case 'l':
		p.padded((p.hour+11)%12 + 1)
	case 'N':
		p.fraction(o.n)
	default:
		p.rare(o)
	}
}

func (p *printer) rare(o *op) {
	switch o.verb {
	case 'b':
		p.dst = append(p.dst, p.month.String()[:3]...)
	case 'B':
		p.dst = append(p.dst, p.month.String()...)
	case 'a':
		p.dst = append(p.dst, p.t.Weekday().String()[:3]...)
	case 'A':
		p.dst = append(p.dst, p.t.Weekday().String()...)
	case 'j':
		day := p.t.YearDay()
		p.dst = append(p.dst, byte('0'+day/100))
		p.two(day % 100)
	case 'p':
		p.dst = append(p.dst, "AMPM"[p.hour/12*2:][:2]...)
	case 's':
		p.dst = strconv.AppendInt(p.dst, p.t.Unix(), 10)
	case 'Z':
		name, _ := p.t.Zone()
		p.dst = append(p.dst, name...)
	case 'z':
		p.offset(o.n)
	case 'E':
		p.minutes()
	default:
		p.dst = timefmt.AppendFormat(p.dst, p.t, o.text)
	}
}

// two prints two digits; all numbers that use it are from 0 to 99.
func (p *printer) two(n int) {
	p.dst = append(p.dst, byte('0'+n/10), byte('0'+n%10))
}

func (p *printer) padded(n int) {
	if n < 10 {
		p.dst = append(p.dst, ' ', byte('0'+n))
		return
	}
	p.two(n)
}

// fraction prints so many digits of the fraction, cut, not rounded.
func (p *printer) fraction(digits int) {
	rest := p.t.Nanosecond()
	for unit := 100_000_000; digits > 0; digits-- {
		p.dst = append(p.dst, byte('0'+rest/unit))
		rest %= unit
		unit /= 10
	}
}

// offset prints -0500 (no colons), -05:00 (1), -05:00:00 (2), or as much as is
// not zero, as the C library does (3: -05, +05:30).
func (p *printer) offset(colons int) {
	_, seconds := p.t.Zone()
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	p.dst = append(p.dst, sign)
	p.two(seconds / 3600)
	if colons == 3 && seconds%3600 == 0 {
		return
	}
	if colons > 0 {
		p.dst = append(p.dst, ':')
	}
	p.two(seconds / 60 % 60)
	if colons == 2 || colons == 3 && seconds%60 != 0 {
		p.dst = append(p.dst, ':')
		p.two(seconds % 60)
	}
}

func (p *printer) minutes() {
	_, seconds := p.t.Zone()
	if seconds >= 0 {
		p.dst = append(p.dst, '+')
	}
	p.dst = strconv.AppendInt(p.dst, int64(seconds/60), 10)
}
