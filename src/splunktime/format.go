package splunktime

import (
	"strings"
	"time"

	"riskreplay/src/event"
)

// Format is a compiled strftime format. The variables are Splunk's:
//
//	%Y %y %C %m %b %B %d %e %j %F %D       the date
//	%a %A %w %u %U %V %W %g %G             days and weeks
//	%H %I %k %l %M %S %p %T %R %r          the time
//	%N %3N %6N %9N (= %N), %Q (= %3Q) ...  the fraction, of so many digits
//	%f                                     the fraction, six digits
//	%s                                     epoch seconds
//	%z %:z %::z %:::z                      -0500 -05:00 -05:00:00 -05 (or +05:30)
//	%Ez                                    the offset in minutes: -300
//	%Z                                     the abbreviation: EST
//	%c %+ %x %X                            as US English: Thu Jul 18 09:30:00 2019,
//	                                       with the zone before the year, 07/18/2019, 09:30:00
//	%n %t %%                               newline, tab, percent
//
// The flags and widths of the C library (%-d, %_H, %^a) print as there. What
// %Ez looks like is documented only as "timezone in minutes"; the sign is a
// choice. An unknown variable prints as it is written, and matches nothing.
type Format struct {
	source string
	ops    []op
	// weeks: the format has a variable of weeks, for which parsing needs more
	// than ops.
	weeks bool
}

// op prints or parses one piece of a format.
type op struct {
	// verb is the variable's letter; 0 is literal text, 'E' is %Ez, 'N' is any
	// fraction of n digits, '?' is what only the library prints.
	verb byte
	// n is the number of digits of a fraction, or of colons of an offset.
	n int
	// free: a fraction without a number (%N, %Q, %f); it reads up to nine digits.
	free bool
	text string
}

// longhand are variables that stand for others.
var longhand = map[byte]string{
	'F': "%Y-%m-%d", 'T': "%H:%M:%S", 'D': "%m/%d/%y", 'R': "%H:%M", 'r': "%I:%M:%S %p", 'h': "%b", 'n': "\n", 't': "\t",
	'c': "%a %b %e %H:%M:%S %Y", '+': "%a %b %e %H:%M:%S %Z %Y", 'x': "%m/%d/%Y", 'X': "%H:%M:%S",
}

// byHand are the variables that print and parse without the library.
const byHand = "YymdeHIklMSbBaAjpsZz"

// CompileFormat reads a format. Every text is one: what is no variable is literal.
func CompileFormat(f string) *Format {
	c := &Format{source: f}
	c.compile(f)
	return c
}

// String is the format as given.
func (f *Format) String() string { return f.source }

func (f *Format) compile(s string) {
	for s != "" {
		i := strings.IndexByte(s, '%')
		if i < 0 {
			i = len(s)
		}
		f.literal(s[:i])
		if s = s[i:]; s != "" {
			s = f.variable(s)
		}
	}
}

// literal adds text to the last op when that is literal too.
func (f *Format) literal(s string) {
	if s == "" {
		return
	}
	if n := len(f.ops); n > 0 && f.ops[n-1].verb == 0 {
		f.ops[n-1].text += s
		return
	}
	f.ops = append(f.ops, op{text: s})
}

// spec is a variable taken apart: % flags width colons E verb.
type spec struct {
	whole, flags, width string
	colons              int
	modifier, verb      byte
}

// cutSpec takes the variable at the front of s apart; ok is false when s ends
// before its letter.
func cutSpec(s string) (v spec, rest string, ok bool) {
	i := 1
	span := func(set string) string {
		from := i
		for i < len(s) && strings.IndexByte(set, s[i]) >= 0 {
			i++
		}
		return s[from:i]
	}
	v.flags = span("-_0^#")
	v.width = span("0123456789")
	v.colons = len(span(":"))
	if i < len(s) && (s[i] == 'E' || s[i] == 'O') {
		v.modifier = s[i]
		i++
	}
	if i == len(s) {
		return v, "", false
	}
	v.verb, v.whole = s[i], s[:i+1]
	return v, s[i+1:], true
}

// plain tells whether there is nothing between the percent and the letter but
// perhaps a modifier, which means nothing in US English.
func (v spec) plain() bool { return v.flags == "" && v.width == "" && v.colons == 0 }

// variable compiles the variable at the front of s, and gives the rest.
func (f *Format) variable(s string) string {
	v, rest, ok := cutSpec(s)
	switch {
	case !ok:
		f.literal(s)
	case v.verb == 'z' && v.modifier == 'E':
		f.ops = append(f.ops, op{verb: 'E'})
	case strings.IndexByte("NQf", v.verb) >= 0 && v.flags == "" && len(v.width) <= 1 && v.colons == 0:
		f.ops = append(f.ops, fraction(v))
	case v.verb == '%' && len(v.whole) == 2:
		f.literal("%")
	case longhand[v.verb] != "" && v.plain():
		f.compile(longhand[v.verb])
	case strings.IndexByte(byHand, v.verb) >= 0 && v.plain():
		f.ops = append(f.ops, op{verb: v.verb})
	case v.verb == 'z' && v.flags == "" && v.width == "" && v.colons <= 3:
		f.ops = append(f.ops, op{verb: 'z', n: v.colons})
	default:
		f.library(v)
	}
	return rest
}

// fraction compiles %N, %3N, %Q, %f ...
func fraction(v spec) op {
	o := op{verb: 'N', free: v.width == ""}
	switch {
	case !o.free:
		o.n = int(v.width[0] - '0')
	case v.verb == 'N':
		o.n = 9
	case v.verb == 'Q':
		o.n = 3
	default:
		o.n = 6
	}
	return o
}

// library leaves a variable to timefmt, or takes it as literal where that does
// not know it either.
func (f *Format) library(v spec) {
	known := strings.IndexByte("CgGuUVwWP"+byHand, v.verb) >= 0 || longhand[v.verb] != ""
	if !known || v.colons > 0 && v.verb != 'z' || v.colons > 3 {
		f.ops = append(f.ops, op{verb: '!', text: v.whole})
		return
	}
	f.weeks = f.weeks || strings.IndexByte("gGUVW", v.verb) >= 0
	text := "%" + v.flags + v.width + strings.Repeat(":", v.colons) + string(rune(v.verb))
	f.ops = append(f.ops, op{verb: '?', n: int(v.verb), text: text})
}

// Strftime prints a time (the function of eval, and ctime of convert). Who prints
// many times with one format compiles it once.
func Strftime(t event.Time, format string, zone *time.Location) string {
	return string(CompileFormat(format).Print(nil, t, zone))
}

// Strptime reads a time; see Format.Parse.
func Strptime(s, format string, zone *time.Location) (event.Time, bool) {
	return CompileFormat(format).Parse(s, zone)
}
