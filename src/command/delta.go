package command

import (
	"math"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var deltaSpec = search.Spec{
	Name: "delta", Kind: search.Centralized,
	Syntax:  "delta <field> [AS <field>] [p=N]",
	Help:    "gives each row the difference of a field's number to that of the row before, or N rows before, as delta(<field>) or under another name",
	Example: `| sort 0 _time | delta _time AS pause`,
	Bind:    bindDelta,
}

// delta gives nothing where one of the two rows has no number.
type delta struct {
	shown
	from, to string
	p        int
}

// maxLag is how far back delta and autoregress look.
const maxLag = 10_000

func bindDelta(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	from := st.Fields[0].Text
	s := &delta{shown{st}, from, target(st, "delta("+from+")"), a.number("p", 1, 1)}
	if v, ok := st.Option("p"); ok && s.p > maxLag {
		a.problem(v.Span, "delta looks back 10,000 rows at most", "")
	}
	return s, a.problems
}

func (s *delta) Shape(in search.Schema) (search.Schema, diag.List) {
	return in.With(s.to), in.Missing(s.st, "there is nothing to subtract", s.st.Fields...)
}

func (s *delta) Needs(want []string) []string {
	if !search.MatchAny(want, s.to) {
		return want
	}
	return append(want[:len(want):len(want)], s.from)
}

func (s *delta) Open(search.World) (search.Operator, error) {
	before := make([]float64, s.p) // a ring of the last rows' numbers
	for i := range before {
		before[i] = math.NaN()
	}
	at := 0
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		number := numberOf(b.Column(s.from))
		out := make([]float64, b.Len)
		for r := range out {
			x := number(r)
			out[r] = x - before[at]
			before[at] = x
			at = (at + 1) % s.p
		}
		return put(b, s.to, numbersColumn(out)), nil
	}), nil
}
