package command

import (
	"context"
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var appendSpec = search.Spec{
	Name: "append", Kind: search.Transforming,
	Syntax:  "append [extendtimerange=<bool>] [maxtime=N] [maxout=N] [timeout=N] [<subsearch>]",
	Help:    "adds the rows of a subsearch below",
	Example: `| append [| makeresults | eval user="none"]`,
	Bind:    bindAppend,
}

// attached is a subsearch of a command that takes its rows, with its bound.
type attached struct {
	of    *spl.Stage
	plan  *search.Plan
	at    spl.Span
	bound search.Bound
	rows  *batch.Batch // when it has run
}

// attach checks the subsearch of a command.
func attach(a *arguments, tree *spl.Search, c search.Context, bound search.Bound) attached {
	p, problems := search.New(tree, c)
	a.problems = append(a.problems, problems...)
	return attached{of: a.st, plan: p, at: tree.Span, bound: bound}
}

// bounds reads maxout and maxtime; timeout is the time that splunkd waits for the
// search to begin, which has no meaning here.
func (a *arguments) bounds(b search.Bound) search.Bound {
	b.Rows = a.number("maxout", 1, b.Rows)
	if n := a.number("maxtime", 1, 0); n > 0 {
		b.Time = time.Duration(min(n, 1_000_000_000)) * time.Second
	}
	a.number("timeout", 1, 1)
	b.Option = "maxout"
	return b
}

// Depends tells that the subsearch runs first.
func (s *attached) Depends() bool { return s.rows == nil }

// schema is what is known of the subsearch's rows.
func (s *attached) schema() search.Schema {
	if s.plan == nil {
		return search.Schema{Open: true}
	}
	return s.plan.Schema()
}

func (s attached) wanting(want []string) attached {
	s.plan = s.plan.For(want)
	return s
}

// run gives the rows.
func (s attached) run(ctx context.Context, w search.World) (attached, error) {
	var err error
	s.rows, err = s.plan.Gather(ctx, w, s.of.Source.At(s.at), s.bound)
	return s, err
}

type appended struct {
	shown
	attached
}

func bindAppend(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.boolean("extendtimerange", false)
	return &appended{shown{st}, attach(a, st.Subs[0], c, a.bounds(c.Limits().Append()))}, a.problems
}

func (s *appended) Shape(in search.Schema) (search.Schema, diag.List) {
	return below(in, s.schema()), nil
}

func (s *appended) Needs(want []string) []string { return want }

func (s *appended) Prune(want []string) search.Stage {
	return &appended{s.shown, s.wanting(want)}
}

func (s *appended) Resolve(ctx context.Context, w search.World) (search.Stage, error) {
	rows, err := s.run(ctx, w)
	return &appended{s.shown, rows}, err
}

func (s *appended) Open(search.World) (search.Operator, error) {
	return &added{func(context.Context) (*batch.Batch, error) { return s.rows, nil }}, nil
}
