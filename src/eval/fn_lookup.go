package eval

import (
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// Finder looks into one lookup table: for the values of the inputs, the values of
// each output, none where nothing is found.
type Finder func(values []string) (outputs [][]string)

// bindLookup compiles lookup("table", json_object("column", value, ...),
// json_array("output", ...)). The table is opened when the call is bound.
func bindLookup(c *site) node {
	name, ok := c.literal(0)
	inputs, ok2 := madeBy(c.call.Args[1], "json_object")
	outputs, ok3 := madeBy(c.call.Args[2], "json_array")
	if !ok || !ok2 || !ok3 || len(inputs) == 0 || len(inputs)%2 != 0 || len(outputs) == 0 {
		c.invalid(c.call.Span)
		return constant{}
	}
	if c.env.Lookup == nil {
		c.problem(c.call.NameSpan, "cannot use the function lookup: lookup tables are not read here", "")
		return constant{}
	}
	n := &lookedUp{}
	object, _ := bare(c.args[1].node).(*nodeOfAll)
	var columns []string
	for i := 0; i < len(inputs); i += 2 {
		column, ok := literalText(inputs[i])
		if !ok {
			c.invalid(inputs[i].At())
			return constant{}
		}
		columns = append(columns, column)
		switch l, ok := inputs[i+1].(*spl.Literal); {
		case object != nil && len(object.args) == len(inputs):
			n.values = append(n.values, object.args[i+1])
		case ok:
			// The object is a constant, and was folded to one.
			n.values = append(n.values, typed{constant{Text(l.Text)}, mayString})
		default:
			c.invalid(inputs[i+1].At())
			return constant{}
		}
	}
	for _, e := range outputs {
		output, ok := literalText(e)
		if !ok {
			c.invalid(e.At())
			return constant{}
		}
		n.outputs = append(n.outputs, output)
	}
	find, err := c.env.Lookup(name, columns, n.outputs)
	if err != nil {
		text, hint := err.Error(), ""
		if m, ok := err.(diag.Message); ok {
			text, hint = m.Text, m.Hint
		}
		c.problem(c.call.Args[0].At(), text, hint)
		return constant{}
	}
	n.find = find
	return n
}

// madeBy is the arguments of a call of a function.
func madeBy(e spl.Expr, function string) ([]spl.Expr, bool) {
	call, ok := e.(*spl.Call)
	if !ok || call.Name != function {
		return nil, false
	}
	return call.Args, true
}

func literalText(e spl.Expr) (string, bool) {
	l, ok := e.(*spl.Literal)
	if !ok || l.Number {
		return "", false
	}
	return l.Text, true
}

// lookedUp is what a table has for the row's values: a JSON object of the outputs,
// an array where several rows match. A value that is null finds nothing.
type lookedUp struct {
	find    Finder
	values  []typed
	outputs []string
}

func (n *lookedUp) eval(r *row) Value {
	values := make([]string, len(n.values))
	for i, x := range n.values {
		v := x.eval(r)
		if v.kind == Null {
			return Value{}
		}
		values[i] = v.String()
	}
	out := &jsonNode{kind: '{'}
	some := false
	for i, found := range n.find(values) {
		if len(found) == 0 {
			continue
		}
		some = true
		out.set(n.outputs[i], jsonOf(FieldValues(found)))
	}
	if !some {
		return Value{}
	}
	return jsonText(out)
}
