package eval

import (
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// Expr is a compiled expression of eval and where (rules P2, E1-E7, N1-N2, F1-F5).
// It is immutable and safe for concurrent use.
type Expr struct {
	root   part
	fields []string
	kinds  kindSet
	// volatile: random() or time() is in it, every row is computed anew.
	volatile bool
	tooMuch  func() // warns that a column was cut off
}

// Compile compiles an expression. The Expr is nil when the list has errors; st
// places them.
func Compile(e spl.Expr, st *spl.Stage, env Env) (*Expr, diag.List) {
	b := &binder{st: st, env: &env}
	x := b.bind(e)
	if b.problems.HasErrors() {
		return nil, b.problems
	}
	return &Expr{
		root: part{x.node, b.readSince(0)}, fields: b.fields,
		kinds: x.kinds, volatile: b.volatile, tooMuch: b.warning(e.At(), "the values would take more than 256 MB: those of the rows that are left are null"),
	}, b.problems
}

// Fields are the fields read, in order of first use.
func (x *Expr) Fields() []string { return x.fields }

// Boolean tells whether the expression can give nothing but a boolean: where
// requires it, eval refuses it (rule E4).
func (x *Expr) Boolean() bool { return x.kinds.surely(mayBool) }

// MayBeBoolean tells whether some part that decides on what the expression gives
// is surely a boolean: if(a=1, b=2, 3).
func (x *Expr) MayBeBoolean() bool { return x.kinds&mayBool != 0 }

// Eval is the value for one row; field gives the value of Fields()[i].
func (x *Expr) Eval(field func(i int) Value) Value { return x.root.eval(&row{field: field}) }
