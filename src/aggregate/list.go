package aggregate

import "riskreplay/src/batch"

// listLimit is how many values list() keeps unless told otherwise.
const listLimit = 100

// list is a group's values in order, the first hundred.
type list struct {
	texts
	limit  int
	over   bool
	n      []int
	groups []int32
	values []batch.Code
}

func newList(o Options) Accumulator {
	if o.List <= 0 {
		o.List = listLimit
	}
	return &list{texts: newTexts(), limit: o.List}
}

func (a *list) Add(c *batch.Column, in Rows) {
	a.n = grow(a.n, in.N)
	a.each(c, in, func(i int, value batch.Code) {
		g := in.Groups[i]
		if a.n[g] >= a.limit {
			a.over = true
			return
		}
		a.n[g]++
		a.groups, a.values = append(a.groups, g), append(a.values, value)
	})
}

// Limited tells whether a group had more values than are kept.
func (a *list) Limited() bool { return a.over }

func (a *list) Column(n int) *batch.Column {
	a.n = grow(a.n, n)
	from := make([]int, n+1)
	for g := range n {
		from[g+1] = from[g] + a.n[g]
	}
	sorted := make([]batch.Code, len(a.values))
	next := append([]int(nil), from...)
	for i, g := range a.groups {
		sorted[next[g]] = a.values[i]
		next[g]++
	}
	out := &batch.Column{Dict: a.dict, Codes: make([]batch.Code, n)}
	for g := range n {
		out.Codes[g] = a.dict.AddCodes(sorted[from[g]:from[g+1]])
	}
	return out
}
