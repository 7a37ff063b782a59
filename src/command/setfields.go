package command

import (
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var setfieldsSpec = search.Spec{
	Name: "setfields", Kind: search.Streaming,
	Syntax:  `setfields <field>="<text>" [, <field>="<text>"]...`,
	Help:    "sets fields to the same texts in every row",
	Example: `| setfields vendor="own", product="replay"`,
	Bind:    bindSetfields,
}

type setfields struct {
	shown
	names, values []string
}

func bindSetfields(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &setfields{shown: shown{st}}
	for _, o := range st.Options {
		s.names, s.values = append(s.names, written(st, o.NameSpan)), append(s.values, o.Value.Text)
	}
	if len(s.names) == 0 {
		a.problem(st.NameSpan, "setfields needs a field and a text", `setfields vendor="own"`)
	}
	return s, a.problems
}

func (s *setfields) Shape(in search.Schema) (search.Schema, diag.List) {
	return in.With(s.names...), nil
}

func (s *setfields) Needs(want []string) []string {
	return slices.DeleteFunc(slices.Clone(want), func(w string) bool { return slices.Contains(s.names, w) })
}

func (s *setfields) Order() search.Order { return search.OrderKept }

func (s *setfields) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		for i, n := range s.names {
			b = b.With(n, batch.Constant(s.values[i], b.Len))
		}
		return b, nil
	}), nil
}
