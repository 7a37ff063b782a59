package aggregate

import "riskreplay/src/batch"

// distinct counts a group's distinct values as texts: 1 and 1.0 differ.
type distinct struct {
	pairs
	n []int64
}

func newDistinct(Options) Accumulator { return &distinct{pairs: newPairs()} }

func (a *distinct) Add(c *batch.Column, in Rows) {
	a.n = grow(a.n, in.N)
	a.each(c, in, func(i int, value batch.Code) {
		if _, isNew := a.add(in.Groups[i], value); isNew {
			a.n[in.Groups[i]]++
		}
	})
}

func (a *distinct) Column(n int) *batch.Column {
	a.n = grow(a.n, n)
	out := newCells(n)
	for g := range n {
		out.count(g, a.n[g])
	}
	return out.Column
}

// distinctError is 0 for a group with a value: the count is exact.
type distinctError struct{ seen []bool }

func newDistinctError(Options) Accumulator { return &distinctError{} }

func (a *distinctError) Add(c *batch.Column, in Rows) {
	a.seen = grow(a.seen, in.N)
	if c == nil {
		return
	}
	for i, r := range in.Rows {
		if !c.IsNull(int(r)) {
			a.seen[in.Groups[i]] = true
		}
	}
}

func (a *distinctError) Column(n int) *batch.Column {
	a.seen = grow(a.seen, n)
	out := newCells(n)
	for g := range n {
		if a.seen[g] {
			out.count(g, 0)
		}
	}
	return out.Column
}
