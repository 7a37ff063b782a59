package command

import (
	"strconv"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var autoregressSpec = search.Spec{
	Name: "autoregress", Kind: search.Centralized,
	Syntax:  "autoregress <field> [AS <field>] [p=N|p=N-M]",
	Help:    "copies a field's value from the row before, or from N to M rows before, as <field>_p<N> or under another name",
	Example: `| autoregress action p=1-3`,
	Bind:    bindAutoregress,
}

type autoregress struct {
	shown
	from        string
	to          []string // by lag, from first on
	first, last int
}

func bindAutoregress(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	s := &autoregress{shown: shown{st}, from: st.Fields[0].Text, first: 1, last: 1}
	if v, ok := st.Option("p"); ok {
		low, high, isRange := strings.Cut(v.Text, "-")
		if !isRange {
			high = low
		}
		n, err1 := strconv.Atoi(low)
		m, err2 := strconv.Atoi(high)
		if err1 != nil || err2 != nil || n < 1 || m < n || m > maxLag {
			a.problem(v.Span, `cannot read p="`+v.Text+`"`, "it is a number of rows or a range of them, up to 10,000: p=1 or p=1-3")
			return s, a.problems
		}
		s.first, s.last = n, m
	}
	if len(st.Renames) > 0 && s.first == s.last {
		s.to = []string{st.Renames[0].To.Text}
		return s, a.problems
	}
	if len(st.Renames) > 0 {
		a.warning(st.Renames[0].To.Span, "AS has no effect on a range of rows", "the fields are called "+s.from+"_p1 and so on")
	}
	for p := s.first; p <= s.last; p++ {
		s.to = append(s.to, s.from+"_p"+strconv.Itoa(p))
	}
	return s, a.problems
}

func (s *autoregress) Shape(in search.Schema) (search.Schema, diag.List) {
	return in.With(s.to...), in.Missing(s.st, "there is nothing to copy", s.st.Fields...)
}

func (s *autoregress) Needs(want []string) []string {
	return append(want[:len(want):len(want)], s.from)
}

func (s *autoregress) Open(search.World) (search.Operator, error) {
	var before *batch.Column // the last rows of the batches before, up to s.last
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		c := b.Column(s.from)
		if c == nil {
			c = batch.Nulls(b.Len)
		}
		all := c.Coded()
		n := 0
		if before != nil {
			n = before.Len()
			all = joinColumns(before, all)
		}
		for i, name := range s.to {
			out := &batch.Column{Dict: all.Dict, Codes: make([]batch.Code, b.Len)}
			for r := range out.Codes {
				if at := n + r - s.first - i; at >= 0 {
					out.Codes[r] = all.Codes[at]
				}
			}
			b = put(b, name, out)
		}
		before = all.Slice(max(0, all.Len()-s.last), all.Len())
		return b, nil
	}), nil
}

// joinColumns is the cells of two columns, one behind the other.
func joinColumns(a, b *batch.Column) *batch.Column {
	x, y := batch.New(a.Len()), batch.New(b.Len())
	x.Set("x", a)
	y.Set("x", b)
	return batch.Concat([]*batch.Batch{x, y}).Column("x").Coded()
}
