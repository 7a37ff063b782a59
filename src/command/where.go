package command

import (
	"context"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var whereSpec = search.Spec{
	Name: "where", Kind: search.Streaming,
	Syntax:  "where <expression>",
	Help:    "keeps the rows for which an expression is true",
	Example: `| where isnotnull(registry_value_data) AND len(process) > 100`,
	Bind:    bindWhere,
}

type where struct {
	shown
	expr   *eval.Expr
	filled *filledExpr // nil without subsearches
}

func bindWhere(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	filled, x := a.fillExpr(st.Expr, c)
	problems := a.problems
	if filled == nil {
		x, problems = eval.Compile(st.Expr, st, c.Env())
	}
	if x == nil {
		return nil, problems
	}
	if !x.Boolean() {
		return nil, append(problems, st.Problem(st.Expr.At(), "the expression of where must give true or false",
			"compare it with something, or ask isnotnull() of it"))
	}
	return &where{shown{st}, x, filled}, problems
}

// Depends tells whether subsearches must run first.
func (s *where) Depends() bool { return s.filled != nil }

// Resolve puts what subsearches give into the expression.
func (s *where) Resolve(ctx context.Context, w search.World) (search.Stage, error) {
	x, err := s.filled.run(ctx, w)
	if err == nil && !x.Boolean() {
		err = s.st.Problem(s.st.Expr.At(), "the expression of where must give true or false", "")
	}
	return &where{s.shown, x, nil}, err
}

func (s *where) Shape(in search.Schema) (search.Schema, diag.List) {
	return in, in.Missing(s.st, "null in the expression", expressionFields(s.st.Expr)...)
}

func (s *where) Needs(want []string) []string {
	if s.Depends() {
		return []string{"*"}
	}
	return append(want[:len(want):len(want)], s.expr.Fields()...)
}

func (s *where) Order() search.Order { return search.OrderKept }

func (s *where) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		return choose(b, s.expr.Select(eval.Of(b), batch.AllRows(b.Len))), nil
	}), nil
}

// choose is the batch of the rows chosen, itself when that is all of them.
func choose(b *batch.Batch, rows []int32) *batch.Batch {
	if len(rows) == b.Len {
		return b
	}
	return b.Gather(rows)
}
