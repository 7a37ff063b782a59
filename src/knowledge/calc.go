package knowledge

import (
	"slices"

	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/spl"
)

// calculation compiles an expression whose fields are read at a level. Cases and
// ifs are taken apart where that spares fields: the branches of
// `case(EventCode=1, Image, EventCode=8, SourceImage)` are made each in its rows.
func calculation(e spl.Expr, st *spl.Stage, env eval.Env, level int) (node, diag.List) {
	whole, problems := eval.Compile(e, st, env)
	if problems.HasErrors() {
		return nil, problems
	}
	c := calculator{st: st, env: env, level: level}
	if n := c.split(e); n != nil {
		return n, problems
	}
	return &expression{whole, level}, problems
}

type calculator struct {
	st    *spl.Stage
	env   eval.Env
	level int
}

// node compiles a part of an expression that compiled as a whole. A part that
// does not compile by itself gives nil, and the whole is taken.
func (c *calculator) node(e spl.Expr) node {
	if f, ok := e.(*spl.Field); ok {
		return copied{f.Name, c.level}
	}
	if l, ok := e.(*spl.Literal); ok && !l.Number {
		return constant(l.Text)
	}
	if n := c.split(e); n != nil {
		return n
	}
	x, problems := eval.Compile(e, c.st, c.env)
	if problems.HasErrors() {
		return nil
	}
	return &expression{x, c.level}
}

func (c *calculator) nodes(list []spl.Expr) []node {
	out := make([]node, len(list))
	for i, e := range list {
		if out[i] = c.node(e); out[i] == nil {
			return nil
		}
	}
	return out
}

// split takes a case, an if or a coalesce apart, or gives nil.
func (c *calculator) split(e spl.Expr) node {
	call, ok := e.(*spl.Call)
	if !ok || len(call.Args) == 0 {
		return nil
	}
	switch call.Name {
	case "coalesce":
		if parts := c.nodes(call.Args); parts != nil {
			return &fallback{parts}
		}
	case "if":
		if len(call.Args) == 3 {
			return c.choice([]spl.Expr{call.Args[0]}, call.Args[1:2], call.Args[2])
		}
	case "case":
		return c.cases(call.Args)
	}
	return nil
}

// cases splits off the first conditions of a case that read the same fields.
func (c *calculator) cases(args []spl.Expr) node {
	if len(args)%2 != 0 {
		return nil
	}
	var conditions, values []spl.Expr
	first := fieldsOf(args[0])
	for len(args) > 0 && subset(fieldsOf(args[0]), first) {
		conditions, values = append(conditions, args[0]), append(values, args[1])
		args = args[2:]
	}
	if len(args) == 0 {
		return c.choice(conditions, values, nil)
	}
	return c.choice(conditions, values, &spl.Call{Name: "case", Args: args})
}

// choice makes branches of values; otherwise may be nil. It gives nil when the
// branches read nothing that the conditions do not read anyway.
func (c *calculator) choice(conditions, values []spl.Expr, otherwise spl.Expr) node {
	read := map[string]bool{}
	for _, e := range conditions {
		for f := range fieldsOf(e) {
			read[f] = true
		}
	}
	rest := values
	if otherwise != nil {
		rest = append(slices.Clone(values), otherwise)
	}
	if !slices.ContainsFunc(rest, func(e spl.Expr) bool { return !subset(fieldsOf(e), read) }) {
		return nil
	}
	branches := c.nodes(rest)
	if branches == nil {
		return nil
	}
	selector := &spl.Call{Name: "case"}
	for i, e := range conditions {
		selector.Args = append(selector.Args, e, &spl.Literal{Text: branchText(i)})
	}
	if otherwise != nil {
		selector.Args = append(selector.Args, &spl.Call{Name: "true"}, &spl.Literal{Text: branchText(len(conditions))})
	}
	x, problems := eval.Compile(selector, c.st, c.env)
	if problems.HasErrors() {
		return nil
	}
	return &choice{expression{x, c.level}, branches}
}

func subset(some, all map[string]bool) bool {
	for f := range some {
		if !all[f] {
			return false
		}
	}
	return true
}

// fieldsOf is the fields that an expression names.
func fieldsOf(e spl.Expr) map[string]bool {
	out := map[string]bool{}
	var walk func(e spl.Expr)
	walk = func(e spl.Expr) {
		switch e := e.(type) {
		case *spl.Field:
			out[e.Name] = true
		case *spl.Call:
			for _, a := range e.Args {
				walk(a)
			}
		case *spl.Unary:
			walk(e.X)
		case *spl.Binary:
			walk(e.X)
			walk(e.Y)
		case *spl.InList:
			walk(e.X)
			for _, a := range e.List {
				walk(a)
			}
		}
	}
	walk(e)
	return out
}
