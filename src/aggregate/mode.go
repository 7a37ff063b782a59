package aggregate

import "riskreplay/src/batch"

// mode is the most frequent value; of several, the smallest in byte order.
type mode struct {
	pairs
	n []int64 // how often each pair was seen
}

func newMode(Options) Accumulator { return &mode{pairs: newPairs()} }

func (a *mode) Add(c *batch.Column, in Rows) {
	a.each(c, in, func(i int, value batch.Code) {
		at, isNew := a.add(in.Groups[i], value)
		if isNew {
			a.n = append(a.n, 0)
		}
		a.n[at]++
	})
}

func (a *mode) Column(n int) *batch.Column {
	out := &batch.Column{Dict: a.dict, Codes: make([]batch.Code, n)}
	most := make([]int64, n)
	for _, i := range a.byGroup() {
		if g, value := a.pair(i); a.n[i] > most[g] {
			most[g], out.Codes[g] = a.n[i], value
		}
	}
	return out
}
