package eval

import (
	"math"
	"strings"

	"riskreplay/src/batch"
)

// node is a part of a compiled expression.
type node interface {
	eval(r *row) Value
}

// row is where nodes find the fields of the row at hand, by their number.
type row struct {
	field func(i int) Value
	cache []Value // values asked for already; nil when they are not kept
	have  []bool
}

func (r *row) get(i int) Value {
	if r.cache == nil {
		return r.field(i)
	}
	if !r.have[i] {
		r.cache[i], r.have[i] = r.field(i), true
	}
	return r.cache[i]
}

// with is the row with another value for one field: mvmap and mvfilter.
func (r *row) with(i int, v Value) *row {
	return &row{field: func(j int) Value {
		if j == i {
			return v
		}
		return r.get(j)
	}}
}

// constant is a literal.
type constant struct{ v Value }

func (n constant) eval(*row) Value { return n.v }

// fieldNode is a field's value.
type fieldNode int

func (n fieldNode) eval(r *row) Value { return r.get(int(n)) }

// compareNode is x op y; null where either is (rule N2).
type compareNode struct {
	comparison
	x, y node
}

func (n *compareNode) eval(r *row) Value {
	x := n.x.eval(r)
	if x.kind == Null {
		return Value{}
	}
	y := n.y.eval(r)
	if y.kind == Null {
		return Value{}
	}
	return Truth(n.holds(x, y))
}

// inNode is x IN (list): no wildcards, items may be fields (rule E2).
type inNode struct {
	comparison
	x    node
	list []node
}

func (n *inNode) eval(r *row) Value {
	x := n.x.eval(r)
	if x.kind == Null {
		return Value{}
	}
	for _, item := range n.list {
		if v := item.eval(r); v.kind != Null && n.holds(x, v) {
			return Truth(true)
		}
	}
	return Truth(false)
}

// logicNode is AND or OR over parts that know which fields they read, so that
// Select can take them one by one.
type logicNode struct {
	and   bool
	parts []part
}

type part struct {
	node
	fields []int
}

// eval is three-valued: false AND null is false, true OR null is true (rule N2).
func (n *logicNode) eval(r *row) Value {
	out := Truth(n.and)
	for _, p := range n.parts {
		switch v := p.eval(r); {
		case v.kind != Bool:
			out = Value{}
		case (v.num == 1) != n.and:
			return v
		}
	}
	return out
}

type xorNode struct{ x, y node }

func (n *xorNode) eval(r *row) Value {
	x, y := n.x.eval(r), n.y.eval(r)
	if x.kind != Bool || y.kind != Bool {
		return Value{}
	}
	return Truth(x.num != y.num)
}

// notNode is NOT: null stays null.
type notNode struct{ x node }

func (n notNode) eval(r *row) Value {
	if v := n.x.eval(r); v.kind == Bool {
		return Truth(v.num == 0)
	}
	return Value{}
}

// arithmetic is - * / % and the - of one operand: null for anything but numbers
// (rule V4), and for a division by zero (rule E3).
type arithmetic struct {
	op    byte
	plain bool // Rules.PlainPrecision
	x, y  node
}

func (n *arithmetic) eval(r *row) Value {
	x, ok := numberOf(n.x.eval(r))
	if !ok {
		return Value{}
	}
	y, ok := numberOf(n.y.eval(r))
	if !ok {
		return Value{}
	}
	return calculate(n.op, x, y, n.plain)
}

func calculate(op byte, x, y Value, plain bool) Value {
	var out Value
	switch op {
	case '+':
		out = total(x.num+y.num, x, y)
	case '-':
		out = total(x.num-y.num, x, y)
	case '*':
		out = product(x.num*y.num, x, y)
	case '/':
		if y.num == 0 {
			return Value{}
		}
		out = product(x.num/y.num, x, y)
	default:
		if y.num == 0 {
			return Value{}
		}
		out = total(math.Mod(x.num, y.num), x, y)
	}
	if plain {
		out.places = unlimited
	}
	return out
}

// numberOf is a number, also from a string that looks like one.
func numberOf(v Value) (Value, bool) {
	switch v.kind {
	case Number:
		return v, true
	case String:
		if v = FieldText(v.text); v.kind == Number {
			return v, true
		}
	}
	return Value{}, false
}

// plus adds two numbers or joins two strings; a field's number counts as a
// string beside a string (rule E3).
type plus struct {
	plain bool
	x, y  node
}

func (n *plus) eval(r *row) Value {
	x, y := n.x.eval(r), n.y.eval(r)
	switch {
	case x.kind == Number && y.kind == Number:
		return calculate('+', x, y, n.plain)
	case isText(x) && isText(y):
		a, b := x.String(), y.String()
		if len(a)+len(b) > maxText {
			return Value{kind: excess}
		}
		return Text(a + b)
	}
	x, xok := numberOf(x)
	y, yok := numberOf(y)
	if xok && yok {
		return calculate('+', x, y, n.plain)
	}
	return Value{}
}

// isText tells whether a value can be joined as a string.
func isText(v Value) bool { return v.kind == String || v.field }

// concat is the `.` operator: strings and numbers joined.
type concat struct{ parts []node }

func (n *concat) eval(r *row) Value {
	var b strings.Builder
	for _, p := range n.parts {
		v := p.eval(r)
		if v.kind != String && v.kind != Number {
			return Value{}
		}
		s := v.String()
		if b.Len()+len(s) > maxText {
			return Value{kind: excess}
		}
		b.WriteString(s)
	}
	return Text(b.String())
}

// literalNumber reads a number as it stands in an expression.
func literalNumber(text string) (Value, bool) {
	f, ok := batch.Number(text)
	if !ok {
		return Value{}, false
	}
	return limited(f, textPlaces(text)), true
}
