package aggregate

import "riskreplay/src/batch"

// count counts rows, or a field's values.
type count struct {
	rows bool
	n    []int64
}

func newCount(o Options) Accumulator { return &count{rows: o.NoField} }

func (a *count) Add(c *batch.Column, in Rows) {
	a.n = grow(a.n, in.N)
	switch {
	case a.rows, c != nil && c.Times != nil:
		for _, g := range in.Groups {
			a.n[g]++
		}
	case c == nil:
	case c.Codes == nil || !c.Dict.HasMulti():
		for i, r := range in.Rows {
			if !c.IsNull(int(r)) {
				a.n[in.Groups[i]]++
			}
		}
	default:
		for i, r := range in.Rows {
			if code := c.Codes[r]; code != 0 {
				a.n[in.Groups[i]] += int64(max(len(c.Dict.Multi(code)), 1))
			}
		}
	}
}

func (a *count) Column(n int) *batch.Column {
	a.n = grow(a.n, n)
	out := newCells(n)
	for g := range n {
		out.count(g, a.n[g])
	}
	return out.Column
}
