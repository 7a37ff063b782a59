package command

import (
	"context"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var selfjoinSpec = search.Spec{
	Name: "selfjoin", Kind: search.Dataset,
	Syntax:  "selfjoin [overwrite=<bool>] [max=N] [keepsingle=<bool>] <field>...",
	Help:    "adds to the first row of each combination of the fields' values the fields of the next row with the same values, or makes a row of each of the next N",
	Example: `| selfjoin session_id keepsingle=true`,
	Bind:    bindSelfjoin,
}

// selfjoin joins rows of one set. Rows that are alone, and those without one of
// the fields, go unless keepsingle is set.
type selfjoin struct {
	shown
	keys      []string
	overwrite bool
	single    bool
	most      int // 0 is all
}

func bindSelfjoin(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	a.once(st.Fields)
	return &selfjoin{
		shown: shown{st}, keys: names(st.Fields), overwrite: a.boolean("overwrite", true), single: a.boolean("keepsingle", false), most: a.number("max", 0, 1),
	}, a.problems
}

func (s *selfjoin) Shape(in search.Schema) (search.Schema, diag.List) {
	return in, in.Missing(s.st, "no row is joined", s.st.Fields...)
}

func (s *selfjoin) Needs(want []string) []string {
	return append(want[:len(want):len(want)], s.keys...)
}

func (s *selfjoin) Open(search.World) (search.Operator, error) {
	return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) { return s.run(all), nil }), nil
}

func (s *selfjoin) run(all *batch.Batch) *batch.Batch {
	groups := s.groups(all)
	var main, other []int32 // rows of the result, -1 where there is none to join
	for r, g := range groups {
		switch {
		case g == nil || len(g) == 1:
			if s.single {
				main, other = append(main, int32(r)), append(other, -1)
			}
		case g[0] == int32(r):
			for i, o := range g[1:] {
				if s.most > 0 && i >= s.most {
					break
				}
				main, other = append(main, int32(r)), append(other, o)
			}
		}
	}
	out := all.Gather(main)
	for i, n := range all.Names {
		first, second := out.Columns[i], gatherOrNull(all.Columns[i].Coded(), other)
		if s.overwrite && !internal(n) {
			first, second = second, first
		}
		out = out.With(n, inRows(second, first))
	}
	return out
}

// groups is of each row the rows with the same values, itself among them; nil for
// a row that lacks a field.
func (s *selfjoin) groups(all *batch.Batch) [][]int32 {
	cols := make([]*batch.Column, len(s.keys))
	for i, k := range s.keys {
		cols[i] = all.Column(k)
	}
	keys := aggregate.NewKeys(len(cols), aggregate.KeyOptions{Whole: true})
	rows, of := keys.Group(cols, batch.AllRows(all.Len))
	members := make([][]int32, keys.Len())
	for i, r := range rows {
		members[of[i]] = append(members[of[i]], r)
	}
	out := make([][]int32, all.Len)
	for i, r := range rows {
		out[r] = members[of[i]]
	}
	return out
}
