package command

import (
	"math"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var accumSpec = search.Spec{
	Name: "accum", Kind: search.Centralized,
	Syntax:  "accum <field> [AS <field>]",
	Help:    "adds up a field's numbers from row to row, in its place or under another name",
	Example: `| accum bytes AS total`,
	Bind:    bindAccum,
}

// accum leaves rows without a number alone.
type accum struct {
	shown
	from, to string
}

func bindAccum(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	return &accum{shown{st}, st.Fields[0].Text, target(st, st.Fields[0].Text)}, a.problems
}

// target is the name behind AS, or another.
func target(st *spl.Stage, otherwise string) string {
	if len(st.Renames) > 0 {
		return st.Renames[0].To.Text
	}
	return otherwise
}

func (s *accum) Shape(in search.Schema) (search.Schema, diag.List) {
	return in.With(s.to), in.Missing(s.st, "there is nothing to add", s.st.Fields...)
}

func (s *accum) Needs(want []string) []string {
	if !search.MatchAny(want, s.to) {
		return want
	}
	return append(want[:len(want):len(want)], s.from)
}

func (s *accum) Open(search.World) (search.Operator, error) {
	sum := 0.0
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		number := numberOf(b.Column(s.from))
		out := make([]float64, b.Len)
		for r := range out {
			x := number(r)
			if sum += zeroNaN(x); math.IsNaN(x) {
				out[r] = x
				continue
			}
			out[r] = sum
		}
		return put(b, s.to, numbersColumn(out)), nil
	}), nil
}

func zeroNaN(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return x
}
