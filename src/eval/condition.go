package eval

import (
	"net/netip"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// condition is a condition on one field: a function of its value alone, computed
// once per distinct value.
type condition interface {
	holds(c *cell) bool
	// weight is how dear the condition is beside others.
	weight() int
}

// check is a condition on one text.
type check interface {
	match(t *text) bool
	weight() int
}

// is is field = v and field IN (...): true if a value passes the check. Absent
// fields pass when absent is set.
type is struct {
	check
	rule   MVRule
	absent bool
}

func (c *is) holds(v *cell) bool {
	if v.null {
		return c.absent
	}
	if v.multi == nil {
		return c.match(&v.one)
	}
	return decide(c.rule, v.multi, c.match)
}

// isNot is field != v: the field must be there (rule S3).
type isNot struct {
	check
	rule   MVRule
	noneIs bool
}

func (c *isNot) holds(v *cell) bool {
	switch {
	case v.null:
		return false
	case v.multi == nil:
		return !c.match(&v.one)
	case c.noneIs:
		return !decide(MVAny, v.multi, c.match)
	}
	return decide(c.rule, v.multi, func(t *text) bool { return !c.match(t) })
}

// decide asks the values of a multivalue as the rule wants.
func decide(rule MVRule, values []text, match func(*text) bool) bool {
	if rule == MVFirst {
		return match(&values[0])
	}
	for i := range values {
		if match(&values[i]) != (rule == MVAll) {
			return rule == MVAny
		}
	}
	return rule == MVAll
}

// exists is field=*.
type exists struct{}

func (exists) holds(v *cell) bool { return !v.null }
func (exists) weight() int        { return 1 }

// not, all and some join conditions on one field.
type (
	not  struct{ condition }
	all  []condition
	some []condition
)

func (c not) holds(v *cell) bool { return !c.condition.holds(v) }

func (c all) holds(v *cell) bool {
	for _, x := range c {
		if !x.holds(v) {
			return false
		}
	}
	return true
}

func (c all) weight() int { return weigh(c) }

func (c some) holds(v *cell) bool {
	for _, x := range c {
		if x.holds(v) {
			return true
		}
	}
	return false
}

func (c some) weight() int { return weigh(c) }

func weigh(list []condition) int {
	sum := 0
	for _, x := range list {
		sum += x.weight()
	}
	return sum
}

// matches is a wildcard pattern or a plain literal.
type matches struct{ *Pattern }

func (m matches) match(t *text) bool {
	if t.folded {
		return m.MatchFolded(t.low)
	}
	return m.Match(t.s)
}

// oneOf is a list of literals without wildcards, folded.
type oneOf map[string]bool

func (o oneOf) match(t *text) bool {
	if t.folded {
		return o[t.low]
	}
	var buf foldBuffer
	return o[fold(&buf, t.s)]
}

func (oneOf) weight() int { return 2 }

// anyOf is several checks.
type anyOf []check

func (a anyOf) match(t *text) bool {
	for _, c := range a {
		if c.match(t) {
			return true
		}
	}
	return false
}

func (a anyOf) weight() int {
	sum := 0
	for _, c := range a {
		sum += c.weight()
	}
	return sum
}

// subnet is a CIDR literal: addresses by subnet, other values by text (rule S4).
type subnet struct {
	prefix netip.Prefix
	text   matches
}

func (s subnet) match(t *text) bool {
	if s.text.match(t) {
		return true
	}
	a, ok := parseAddr(t.s)
	return ok && s.prefix.Contains(a)
}

func (subnet) weight() int { return 3 }

// parseAddr reads an IPv4 or IPv6 address. Most texts are none, and are seen to
// be none without building an error.
func parseAddr(s string) (netip.Addr, bool) {
	if len(s) < 2 || len(s) > 45 {
		return netip.Addr{}, false
	}
	marks := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' || c == ':':
			marks++
		case c >= '0' && c <= '9', c|0x20 >= 'a' && c|0x20 <= 'f':
		default:
			return netip.Addr{}, false
		}
	}
	if marks < 2 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err == nil
}

// parseSubnet reads a CIDR literal; bits below the mask may be set.
func parseSubnet(s string) (netip.Prefix, bool) {
	if strings.IndexByte(s, '/') < 2 {
		return netip.Prefix{}, false
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return p.Masked(), true
}

// ordered is < <= > >=: numbers when both sides are, else texts in the order of
// their bytes, case ignored (rule S1).
type ordered struct {
	op     string
	number float64
	isNum  bool
	time   event.Time // the number to the nanosecond, when it can be a time
	isTime bool
	low    string
}

func newOrdered(op, literal string) ordered {
	o := ordered{op: op, low: strings.ToLower(literal)}
	o.number, o.isNum = batch.Number(literal)
	o.time, o.isTime = event.ParseTime(literal)
	return o
}

// doubleDigits is how many characters of a number a float64 surely holds; times
// have more.
const doubleDigits = 15

func (o ordered) match(t *text) bool {
	if o.isTime && len(t.s) > doubleDigits {
		if at, ok := event.ParseTime(t.s); ok {
			return orderHolds(o.op, at, o.time)
		}
	}
	if o.isNum {
		if n, ok := batch.Number(t.s); ok {
			return orderHolds(o.op, n, o.number)
		}
	}
	return orderHolds(o.op, t.lower(), o.low)
}

func (ordered) weight() int { return 2 }

func orderHolds[T float64 | string | event.Time](op string, a, b T) bool {
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}
