package command

import (
	"context"
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var reverseSpec = search.Spec{
	Name: "reverse", Kind: search.Dataset,
	Syntax:  "reverse",
	Help:    "turns the order of rows around",
	Example: `| reverse | streamstats count by user`,
	Bind: func(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
		return &reverse{shown{st}}, nil
	},
}

type reverse struct{ shown }

func (s *reverse) Shape(in search.Schema) (search.Schema, diag.List) { return in, nil }

func (s *reverse) Needs(want []string) []string { return want }

func (s *reverse) Open(search.World) (search.Operator, error) {
	return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) {
		rows := batch.AllRows(all.Len)
		slices.Reverse(rows)
		return all.Gather(rows), nil
	}), nil
}
