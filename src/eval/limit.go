package eval

import (
	"strconv"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// The limits on what expressions make of little: bytes of one value, values of one
// multivalue, and bytes of all distinct values of one column of a batch. What is over
// them is null, with a warning.
const (
	maxText   = 16 << 20
	maxValues = 1 << 20
	maxColumn = 256 << 20
)

// excess is the kind of a value that is larger than the limits, between the function
// that would have made it and the node that warns.
const excess Kind = 100

// growing are the functions whose result may be larger than what they are given.
var growing = map[string]bool{
	"replace": true, "mvappend": true, "mvjoin": true, "mvzip": true, "split": true, "mvmap": true, "mvrange": true, "printf": true, "strftime": true,
	"json_array": true, "json_object": true, "json_set": true, "json_set_exact": true, "json_append": true, "json_extend": true, "json_extract": true,
	"json_extract_exact": true, "json_entries": true, "json_array_to_mv": true, "mv_to_json_array": true, "tomv": true, "toarray": true, "spath": true, "lookup": true,
}

// large tells whether a value is over the limits.
func (v Value) large() bool {
	switch v.kind {
	case String:
		return len(v.text) > maxText
	case Multi:
		size := 0
		for _, s := range v.list {
			size += len(s)
		}
		return len(v.list) > maxValues || size > maxText
	}
	return v.kind == excess
}

// limitNode gives null for a value that is over the limits, and warns.
type limitNode struct {
	node
	warn func()
}

func (n *limitNode) eval(r *row) Value {
	v := n.node.eval(r)
	if v.large() {
		n.warn()
		return Value{}
	}
	return v
}

// limited is a node whose value is held to the limits.
func (b *binder) limited(n node, at spl.Span) node {
	return &limitNode{n, b.warning(at, "the value would be larger than 16 MB or have more than "+strconv.Itoa(maxValues)+" values: it is null")}
}

// bare is a node without its limits, for who looks at how it is written.
func bare(n node) node {
	if l, ok := n.(*limitNode); ok {
		return l.node
	}
	return n
}

// modest is a function that does not read more JSON at once than may come of it.
func modest(f func([]Value) Value) func([]Value) Value {
	return func(args []Value) Value {
		size := 0
		for _, v := range args {
			size += len(v.text)
			for _, s := range v.list {
				size += len(s)
			}
		}
		if size > maxText/2 {
			return Value{kind: excess}
		}
		return f(args)
	}
}

// warning tells the user, when it is called.
func (b *binder) warning(at spl.Span, text string) func() {
	warn := b.env.Warn
	if warn == nil {
		return func() {}
	}
	m := b.st.Source.Problem(at, text, "")
	m.Severity = diag.Warning
	return func() { warn(m) }
}

// adder adds values to a column's dictionary until it is full; then the others are
// null.
func (x *Expr) adder(d *batch.Dict, in *inputs) func(Value) batch.Code {
	return func(v Value) batch.Code {
		if in.full {
			return 0
		}
		if d.Size() > maxColumn {
			in.full = true
			x.tooMuch()
			return 0
		}
		return addValue(d, v)
	}
}
