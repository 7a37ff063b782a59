package command

import (
	"context"
	"strconv"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var headSpec = search.Spec{
	Name: "head", Kind: search.Centralized,
	Syntax:  "head [N | (<expression>)] [limit=N] [null=<bool>] [keeplast=<bool>]",
	Help:    "keeps the first N rows, 10 when nothing is said, or the rows up to the first for which an expression is not true",
	Example: `| sort - risk_score | head 5`,
	Bind:    bindHead,
}

// headRows is how many rows head keeps when nothing is said.
const headRows = 10

type head struct {
	shown
	limit    int // -1 is none
	goes     *eval.Expr
	stops    *eval.Expr // rows for which goes is false, null not counted
	keepLast bool
}

func bindHead(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &head{shown: shown{st}, limit: headRows, keepLast: a.boolean("keeplast", false)}
	if st.Expr != nil {
		s.limit = -1
		s.bindExpr(a, c)
	}
	s.limit = a.number("limit", 0, s.limit)
	for _, w := range st.Words {
		if _, both := st.Option("limit"); both {
			a.problem(w.Span, "head takes a number or limit=, not both", "")
		}
		s.limit = a.whole(w, "head", 0, s.limit)
	}
	return s, a.problems
}

func (s *head) bindExpr(a *arguments, c search.Context) {
	x, problems := eval.Compile(s.st.Expr, s.st, c.Env())
	a.problems = append(a.problems, problems...)
	if x == nil {
		return
	}
	if isNumber(s.st.Expr) && len(s.st.Words) > 0 {
		a.problem(s.st.Expr.At(), "head takes one number", "")
		return
	}
	if isNumber(s.st.Expr) {
		a.problem(s.st.Expr.At(), "head takes a whole number from 0, not "+strconv.Quote(written(s.st, s.st.Expr.At())), "")
		return
	}
	if !x.Boolean() {
		a.problem(s.st.Expr.At(), "the expression of head must give true or false", "give a number of rows, head 5, or a condition, head (count > 5)")
		return
	}
	s.goes = x
	if a.boolean("null", false) {
		s.stops, _ = eval.Compile(&spl.Unary{Op: "not", X: s.st.Expr, Span: s.st.Expr.At()}, s.st, c.Env())
	}
}

func (s *head) Shape(in search.Schema) (search.Schema, diag.List) {
	return in, in.Missing(s.st, "null in the expression", expressionFields(s.st.Expr)...)
}

func (s *head) Needs(want []string) []string {
	if s.goes == nil {
		return want
	}
	return append(want[:len(want):len(want)], s.goes.Fields()...)
}

func (s *head) Open(search.World) (search.Operator, error) { return &heading{head: s}, nil }

type heading struct {
	*head
	seen int
	done bool
}

func (o *heading) Push(_ context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	if o.done {
		return search.ErrDone
	}
	n := in.Len
	if o.goes != nil {
		if stop := o.stop(in); stop < n {
			n, o.done = stop, true
			if o.keepLast {
				n++
			}
		}
	}
	if left := o.limit - o.seen; o.limit >= 0 && n >= left {
		n, o.done = left, true
	}
	o.seen += n
	if n > 0 {
		if err := emit(in.Slice(0, n)); err != nil {
			return err
		}
	}
	if o.done {
		return search.ErrDone
	}
	return nil
}

// stop is the first row that head does not go past.
func (o *heading) stop(in *batch.Batch) int {
	all := batch.AllRows(in.Len)
	if o.stops != nil {
		if rows := o.stops.Select(eval.Of(in), all); len(rows) > 0 {
			return int(rows[0])
		}
		return in.Len
	}
	n := 0
	for _, r := range o.goes.Select(eval.Of(in), all) {
		if int(r) != n {
			break
		}
		n++
	}
	return n
}

func (o *heading) Finish(context.Context, func(*batch.Batch) error) error { return nil }

// isNumber tells whether an expression is a number alone, with a sign or none.
func isNumber(e spl.Expr) bool {
	if u, ok := e.(*spl.Unary); ok {
		e = u.X
	}
	l, ok := e.(*spl.Literal)
	return ok && l.Number
}
