package eval

import (
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// site is one call of a function while it is bound.
type site struct {
	*binder
	*Function
	call  *spl.Call
	args  []typed
	kinds kindSet // what the call gives
}

// call binds a function call by its row in the table.
func (b *binder) call(e *spl.Call) typed {
	f := tableByName[e.Name]
	if f == nil {
		b.problem(e.NameSpan, "The '"+e.Name+"' function is unsupported or undefined.", meant(e.Name))
		return typed{constant{}, anything}
	}
	c := &site{binder: b, Function: f, call: e, kinds: f.gives}
	for _, arg := range e.Args {
		c.args = append(c.args, b.bind(arg))
	}
	if !f.takes(len(e.Args)) {
		c.invalid(e.Span)
		return typed{constant{}, anything}
	}
	for i := range e.Args {
		c.check(i)
	}
	n := f.bind(c)
	if growing[f.Name] {
		if all, ok := n.(*nodeOfAll); ok && f.Kind == jsonFunction {
			all.f = modest(all.f)
		}
		if _, fixed := n.(constant); !fixed {
			n = b.limited(n, e.Span)
		}
	}
	return typed{n, c.kinds}
}

// invalid reports arguments that the function does not take.
func (c *site) invalid(sp spl.Span) {
	c.problem(sp, "The arguments to the '"+c.call.Name+"' function are invalid.", "it is used as "+c.Syntax)
}

// check refuses an argument that can only be of the wrong kind, whatever the
// row: a string literal for a number, a number for a condition.
func (c *site) check(i int) {
	arg, at := c.args[i], c.call.Args[i].At()
	switch c.param(i) {
	case 'b':
		if arg.never(mayBool) && arg.kinds&mayField != mayField {
			c.invalid(at)
		}
	case 'n':
		if _, literal := c.literal(i); literal || arg.surely(mayBool) {
			c.invalid(at)
		}
	case 's':
		if arg.surely(mayBool) {
			c.invalid(at)
		}
	}
}

// literal is the i-th argument when it is written as a string.
func (c *site) literal(i int) (string, bool) {
	e, ok := c.call.Args[i].(*spl.Literal)
	if !ok || e.Number {
		return "", false
	}
	return e.Text, true
}

// number is the i-th argument when it is written as a number, with a sign or none.
func (c *site) number(i int) (float64, bool) {
	if i >= len(c.call.Args) {
		return 0, false
	}
	e, sign := c.call.Args[i], 1.0
	if u, ok := e.(*spl.Unary); ok && u.Op == "-" {
		e, sign = u.X, -1
	}
	l, ok := e.(*spl.Literal)
	if !ok || !l.Number {
		return 0, false
	}
	v, ok := literalNumber(l.Text)
	return sign * v.num, ok
}

// text is the i-th argument when it is a string that does not depend on the row.
func (c *site) text(i int) (string, bool) {
	if i >= len(c.args) {
		return "", false
	}
	k, ok := c.args[i].node.(constant)
	return k.v.text, ok && k.v.kind == String
}

// either is the kinds of the arguments named, together.
func (c *site) either(args ...int) {
	c.kinds = mayNull
	for _, i := range args {
		c.kinds |= c.args[i].kinds
	}
}

// The forms that most functions have.

type (
	nodeOf1 struct {
		f func(Value) Value
		x node
	}
	nodeOf2 struct {
		f    func(x, y Value) Value
		x, y node
	}
	nodeOfAll struct {
		f    func(args []Value) Value
		args []typed
	}
)

func (n *nodeOf1) eval(r *row) Value {
	x := n.x.eval(r)
	if x.kind == Null {
		return x
	}
	return n.f(x)
}

func (n *nodeOf2) eval(r *row) Value {
	x := n.x.eval(r)
	if x.kind == Null {
		return x
	}
	y := n.y.eval(r)
	if y.kind == Null {
		return y
	}
	return n.f(x, y)
}

func (n *nodeOfAll) eval(r *row) Value {
	args := make([]Value, len(n.args))
	for i, a := range n.args {
		args[i] = a.eval(r)
	}
	return n.f(args)
}

// of1 is a function of one value that is not null; null gives null.
func of1(f func(Value) Value) func(*site) node {
	return func(c *site) node { return &nodeOf1{f, c.args[0]} }
}

// of2 is a function of two values that are not null; null gives null.
func of2(f func(x, y Value) Value) func(*site) node {
	return func(c *site) node { return &nodeOf2{f, c.args[0], c.args[1]} }
}

// ofAll is a function of all its values, null ones too.
func ofAll(f func(args []Value) Value) func(*site) node {
	return func(c *site) node { return &nodeOfAll{f, c.args} }
}

// strict is ofAll for values that are not null; null gives null.
func strict(f func(args []Value) Value) func(*site) node {
	return ofAll(func(args []Value) Value {
		for _, a := range args {
			if a.kind == Null {
				return Value{}
			}
		}
		return f(args)
	})
}

// eachText is a function of a text that works on each value of a multivalue.
func eachText(v Value, f func(string) Value) Value {
	switch v.kind {
	case Multi:
		var out []string
		for _, s := range v.list {
			out = append(out, f(s).Values()...)
		}
		return FieldValues(out)
	case String, Number:
		return f(v.String())
	}
	return Value{}
}

// oneText is eachText for the functions that are documented for single values:
// rule mv.scalarfunc says what a multivalue gives.
func (c *site) oneText(v Value, f func(string) Value) Value {
	if v.kind == Multi && c.env.Rules.MVScalarNull {
		return Value{}
	}
	return eachText(v, f)
}

// textOf1 is a function of one text, by oneText.
func textOf1(f func(string) Value) func(*site) node {
	return func(c *site) node {
		return &nodeOf1{func(v Value) Value { return c.oneText(v, f) }, c.args[0]}
	}
}

// numberOf1 is a function of one number.
func numberOf1(f func(float64) Value) func(*site) node {
	return of1(func(v Value) Value {
		if v, ok := numberOf(v); ok {
			return f(v.num)
		}
		return Value{}
	})
}

// meant is a hint about a function that there is not.
func meant(name string) string {
	if near := diag.DidYouMean(name, functionNames()); near != "" {
		return near
	}
	if other := otherNames[name]; other != "" {
		return "SPL has " + other
	}
	return "docs/spl.md lists the functions"
}

// otherNames is what other languages, or stats, call what a function does.
var otherNames = map[string]string{
	"count":  "count in stats and eventstats, and mvcount(field) for the values of one row",
	"concat": "the operator . for that: a.b", "contains": "like(field, \"%text%\") for that",
	"startswith": "like(field, \"text%\") for that", "endswith": "like(field, \"%text\") for that",
	"regex": "match(field, regex)", "iif": "if(condition, a, b)", "length": "len(text)", "tolower": "lower(text)", "toupper": "upper(text)",
	"values": "values in stats", "dc": "dc in stats", "isempty": "isnull(field), and field=\"\" for an empty text",
}
