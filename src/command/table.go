package command

import (
	"context"
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var tableSpec = search.Spec{
	Name: "table", Kind: search.Transforming,
	Syntax:  "table <field>...",
	Help:    "keeps the fields named, in that order; * stands for names in byte order",
	Example: `| table _time dest user process*`,
	Bind:    bindTable,
}

// tabled keeps the fields named, in the order named; a field that no row has is
// an empty column.
type tabled struct {
	shown
	names []string
	wild  bool
}

func bindTable(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	list := names(st.Fields)
	return &tabled{shown{st}, list, slices.ContainsFunc(list, search.Wild)}, nil
}

func (s *tabled) Shape(in search.Schema) (search.Schema, diag.List) {
	out := search.Schema{Fields: expand(s.names, in.Fields), Ordered: true, Open: in.Open && s.wild, From: "table"}
	return out, in.Missing(s.st, "the column is empty", s.st.Fields...)
}

func (s *tabled) Needs(want []string) []string {
	var out []string
	for _, n := range s.names {
		if search.Wild(n) || slices.ContainsFunc(want, func(w string) bool { return search.Match(w, n) }) {
			out = append(out, n)
		}
	}
	return out
}

func (s *tabled) Order() search.Order { return search.OrderKept }

// Open: with wildcards all rows must be seen before the columns are known.
func (s *tabled) Open(search.World) (search.Operator, error) {
	if s.wild {
		return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) { return s.columns(all), nil }), nil
	}
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) { return s.columns(b), nil }), nil
}

// columns: wildcards stand for fields that have a value.
func (s *tabled) columns(b *batch.Batch) *batch.Batch {
	out := batch.New(b.Len)
	have := b.Names
	if s.wild {
		have = b.Keep(func(n string) bool { return hasValue(b.Column(n)) }).Names
	}
	for _, n := range expand(s.names, have) {
		c := b.Column(n)
		if c == nil {
			c = batch.Nulls(b.Len)
		}
		out.Set(n, c)
	}
	return out
}
