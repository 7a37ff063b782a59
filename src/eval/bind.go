package eval

import (
	"slices"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// binder turns the tree of an expression into nodes and finds what is wrong with
// it before any row is seen.
type binder struct {
	st       *spl.Stage
	env      *Env
	fields   []string
	reads    []int // every field read so far, for the fields of a part
	volatile bool  // random() or time(): every row anew
	problems diag.List
}

// typed is a node with the kinds of values it may give.
type typed struct {
	node
	kinds kindSet
}

func (b *binder) problem(sp spl.Span, text, hint string) {
	b.problems = append(b.problems, b.st.Source.Problem(sp, text, hint))
}

// bind gives the node of an expression: a constant when it reads no field.
func (b *binder) bind(e spl.Expr) typed {
	reads, volatile, problems := len(b.reads), b.volatile, len(b.problems)
	b.volatile = false
	x := b.node(e)
	if len(b.reads) == reads && !b.volatile && len(b.problems) == problems {
		x.node = constant{x.eval(&row{})}
	}
	b.volatile = b.volatile || volatile
	return x
}

func (b *binder) node(e spl.Expr) typed {
	switch e := e.(type) {
	case *spl.Literal:
		return b.literal(e)
	case *spl.Field:
		return typed{fieldNode(b.field(e.Name)), mayField}
	case *spl.Call:
		return b.call(e)
	case *spl.Unary:
		return b.unary(e)
	case *spl.Binary:
		return b.binary(e)
	case *spl.InList:
		return b.in(e.X, e.List)
	}
	if _, ok := e.(*spl.SubExpr); ok {
		b.problem(e.At(), "cannot use a subsearch here: it was not run", "")
		return typed{constant{}, anything}
	}
	b.problem(e.At(), "The expression is malformed.", "")
	return typed{constant{}, anything}
}

func (b *binder) literal(e *spl.Literal) typed {
	if !e.Number {
		return typed{constant{Text(e.Text)}, mayString}
	}
	v, ok := literalNumber(e.Text)
	if !ok {
		b.problem(e.Span, "The number "+e.Text+" is invalid.", "")
	}
	if b.env.Rules.PlainPrecision {
		v.places = unlimited
	}
	return typed{constant{v}, mayNumber}
}

// field is the number of a field, a new one for a name that was not read yet.
func (b *binder) field(name string) int {
	i := slices.Index(b.fields, name)
	if i < 0 {
		i = len(b.fields)
		b.fields = append(b.fields, name)
	}
	b.reads = append(b.reads, i)
	return i
}

func (b *binder) unary(e *spl.Unary) typed {
	x := b.bind(e.X)
	if e.Op == "not" {
		b.wantBoolean("NOT", e.X, x)
		return typed{notNode{x}, boolean}
	}
	b.wantNumber(e.Op, e.X, x)
	if e.Op == "+" {
		return x
	}
	return typed{&arithmetic{op: '-', plain: b.env.Rules.PlainPrecision, x: constant{Num(0)}, y: x}, numeric}
}

func (b *binder) wantBoolean(op string, e spl.Expr, x typed) {
	if x.never(mayBool) && x.kinds&mayField != mayField {
		b.problem(e.At(), "Type checking failed. '"+op+"' only takes boolean arguments.", "")
	}
}

func (b *binder) wantNumber(op string, e spl.Expr, x typed) {
	if x.never(mayNumber) {
		b.problem(e.At(), "Type checking failed. '"+op+"' only takes numbers.", "tonumber() makes a number of a text")
	}
}

func (k typed) never(kinds kindSet) bool  { return k.kinds.never(kinds) }
func (k typed) surely(kinds kindSet) bool { return k.kinds.surely(kinds) }

func (b *binder) binary(e *spl.Binary) typed {
	switch e.Op {
	case "and", "or":
		return b.logic(e)
	case ".":
		return b.concat(e)
	}
	x, y := b.bind(e.X), b.bind(e.Y)
	plain := b.env.Rules.PlainPrecision
	switch e.Op {
	case "xor":
		b.wantBoolean("XOR", e.X, x)
		b.wantBoolean("XOR", e.Y, y)
		return typed{&xorNode{x, y}, boolean}
	case "like":
		for _, side := range []struct {
			e spl.Expr
			typed
		}{{e.X, x}, {e.Y, y}} {
			if side.surely(mayBool) {
				b.problem(side.e.At(), "Type checking failed. 'LIKE' only takes strings.", "conditions are joined by AND or OR")
			}
		}
		return typed{b.like(x, y), boolean}
	case "+":
		if x.surely(mayNumber) && y.surely(mayString) || x.surely(mayString) && y.surely(mayNumber) || x.surely(mayBool) || y.surely(mayBool) {
			b.problem(e.OpSpan, "Type checking failed. '+' only takes two strings or two numbers.", "a number becomes a string with tostring(), a string a number with tonumber(); the . operator joins both")
		}
		return typed{b.limited(&plus{plain, x, y}, e.Span), (x.kinds | y.kinds | mayNull) &^ (mayMulti | mayBool)}
	case "-", "*", "/", "%":
		b.wantNumber(e.Op, e.X, x)
		b.wantNumber(e.Op, e.Y, y)
		return typed{&arithmetic{e.Op[0], plain, x, y}, numeric}
	}
	if x.surely(mayNumber) && y.surely(mayString) || x.surely(mayString) && y.surely(mayNumber) || x.surely(mayBool) != y.surely(mayBool) && x.kinds&y.kinds&^mayNull == 0 {
		b.problem(e.OpSpan, "Type checking failed. The '"+operatorText(e)+"' operator received different types.", "compare numbers with numbers and texts with texts: tonumber() and tostring() make one of the other")
	}
	return typed{&compareNode{comparison{e.Op, &b.env.Rules}, x, y}, boolean}
}

// operatorText is the operator as Splunk's messages write it.
func operatorText(e *spl.Binary) string {
	if e.Op == "=" {
		return "=="
	}
	return e.Op
}

// concat flattens a.b.c.
func (b *binder) concat(e *spl.Binary) typed {
	var parts []node
	for _, operand := range []spl.Expr{e.X, e.Y} {
		x := b.bind(operand)
		if x.surely(mayBool) {
			b.problem(operand.At(), "Type checking failed. The '.' operator only takes strings and numbers.", "")
		}
		if l, ok := x.node.(*limitNode); ok && parts == nil {
			if c, ok := l.node.(*concat); ok {
				parts = c.parts // nobody else has the node
				continue
			}
		}
		parts = append(parts, x.node)
	}
	return typed{b.limited(&concat{parts}, e.Span), mayString | mayNull}
}

// logic flattens a AND b AND c.
func (b *binder) logic(e *spl.Binary) typed {
	out := &logicNode{and: e.Op == "and"}
	for _, operand := range []spl.Expr{e.X, e.Y} {
		from := len(b.reads)
		x := b.bind(operand)
		b.wantBoolean(strings.ToUpper(e.Op), operand, x)
		if l, ok := x.node.(*logicNode); ok && l.and == out.and && out.parts == nil {
			out.parts = l.parts // nobody else has the node
			continue
		}
		out.parts = append(out.parts, part{x.node, b.readSince(from)})
	}
	return typed{out, boolean}
}

// readSince is the distinct fields read since the mark.
func (b *binder) readSince(from int) []int {
	out := slices.Clone(b.reads[from:])
	slices.Sort(out)
	return slices.Compact(out)
}

func (b *binder) in(x spl.Expr, list []spl.Expr) typed {
	n := &inNode{comparison: comparison{"=", &b.env.Rules}, x: b.bind(x).node}
	for _, e := range list {
		n.list = append(n.list, b.bind(e).node)
	}
	return typed{n, boolean}
}
