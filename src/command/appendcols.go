package command

import (
	"context"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var appendcolsSpec = search.Spec{
	Name: "appendcols", Kind: search.Dataset,
	Syntax:  "appendcols [override=<bool>] [maxtime=N] [maxout=N] [timeout=N] [<subsearch>]",
	Help:    "puts the fields of a subsearch's first row into the first row, and so on; internal fields are left out",
	Example: `| appendcols [search index=main | stats dc(user) as users]`,
	Bind:    bindAppendcols,
}

type appendcols struct {
	shown
	attached
	override bool
}

func bindAppendcols(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	return &appendcols{shown{st}, attach(a, st.Subs[0], c, a.bounds(c.Limits().Append())), a.boolean("override", false)}, a.problems
}

func (s *appendcols) Shape(in search.Schema) (search.Schema, diag.List) {
	out := below(in, s.schema().Keep(func(n string) bool { return !internal(n) }))
	out.Events = in.Events
	return out, nil
}

func (s *appendcols) Needs(want []string) []string { return want }

func (s *appendcols) Prune(want []string) search.Stage {
	return &appendcols{s.shown, s.wanting(want), s.override}
}

func (s *appendcols) Resolve(ctx context.Context, w search.World) (search.Stage, error) {
	rows, err := s.run(ctx, w)
	return &appendcols{s.shown, rows, s.override}, err
}

func (s *appendcols) Open(search.World) (search.Operator, error) {
	return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) { return s.beside(all), nil }), nil
}

// beside is the rows with those of the subsearch beside them; where it has more,
// they stand below alone.
func (s *appendcols) beside(all *batch.Batch) *batch.Batch {
	right := s.rows.Keep(func(n string) bool { return !internal(n) })
	n := max(all.Len, right.Len)
	out := stretched(all, n)
	for i, name := range right.Names {
		c := stretchedColumn(right.Columns[i], n)
		if old := out.Column(name); old != nil {
			if !s.override {
				continue
			}
			c = inRows(old, c)
		}
		out = out.With(name, c)
	}
	return out
}

func stretched(b *batch.Batch, n int) *batch.Batch {
	out := batch.New(n)
	for i, name := range b.Names {
		out.Set(name, stretchedColumn(b.Columns[i], n))
	}
	return out
}

// stretchedColumn is a column with null below it.
func stretchedColumn(c *batch.Column, n int) *batch.Column {
	if c.Len() == n {
		return c
	}
	if c.Len() == 0 {
		return batch.Nulls(n)
	}
	c = c.Coded()
	out := &batch.Column{Dict: c.Dict, Codes: make([]batch.Code, n)}
	copy(out.Codes, c.Codes)
	return out
}
