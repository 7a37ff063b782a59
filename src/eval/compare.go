package eval

import (
	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// comparison is x op y of two values that are not null. Numbers are compared as
// numbers, strings by their bytes (rules E1 and E2); a field's number and a
// string as strings, unless the rules say otherwise.
type comparison struct {
	op    string
	rules *Rules
}

// holds compares two values, multivalues as the rules want: true when any value
// makes it so.
func (c comparison) holds(a, b Value) bool {
	if a.kind != Multi && b.kind != Multi {
		return c.one(a, b)
	}
	if c.op == "!=" && c.rules.MVNotEqualNone {
		return !comparison{"=", c.rules}.any(a, b)
	}
	switch c.rules.MVCompare {
	case MVFirst:
		return c.one(first(a), first(b))
	case MVAll:
		return !comparison{opposite(c.op), c.rules}.any(a, b)
	}
	return c.any(a, b)
}

// any compares every value of one with every value of the other.
func (c comparison) any(a, b Value) bool {
	if a.kind == Multi {
		for _, s := range a.list {
			if c.any(FieldText(s), b) {
				return true
			}
		}
		return false
	}
	if b.kind == Multi {
		for _, s := range b.list {
			if c.one(a, FieldText(s)) {
				return true
			}
		}
		return false
	}
	return c.one(a, b)
}

func first(v Value) Value {
	if v.kind == Multi {
		return FieldText(v.list[0])
	}
	return v
}

func opposite(op string) string {
	return map[string]string{"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}[op]
}

func (c comparison) one(a, b Value) bool {
	if x, y, ok := times(a, b); ok {
		return compareBy(c.op, x, y)
	}
	if x, y, ok := c.numbers(a, b); ok {
		return compareBy(c.op, x, y)
	}
	return compareBy(c.op, a.String(), b.String())
}

// times is both as times when both have more digits than a double holds.
func times(a, b Value) (x, y event.Time, ok bool) {
	if len(a.text) <= doubleDigits && len(b.text) <= doubleDigits || !a.field || !b.field {
		return 0, 0, false
	}
	s, u := a.String(), b.String()
	if len(s) <= doubleDigits || len(u) <= doubleDigits {
		return 0, 0, false
	}
	x, ok = event.ParseTime(s)
	if !ok {
		return 0, 0, false
	}
	y, ok = event.ParseTime(u)
	return x, y, ok
}

// numbers is both as numbers when they are compared so. A string beside a number
// that was computed is taken as a number when it looks like one.
func (c comparison) numbers(a, b Value) (x, y float64, ok bool) {
	switch {
	case a.kind == Number && b.kind == Number, a.kind == Bool && b.kind == Bool:
		return a.num, b.num, true
	case a.kind == Number && b.kind == String && (!a.field || c.rules.QuotedNumberIsNumber):
		y, ok = batch.Number(b.text)
		return a.num, y, ok
	case a.kind == String && b.kind == Number && (!b.field || c.rules.QuotedNumberIsNumber):
		x, ok = batch.Number(a.text)
		return x, b.num, ok
	}
	return 0, 0, false
}

func compareBy[T float64 | string | event.Time](op string, a, b T) bool {
	switch op {
	case "=":
		return a == b
	case "!=":
		return a != b
	}
	return orderHolds(op, a, b)
}
