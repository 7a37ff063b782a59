package aggregate

import "riskreplay/src/batch"

// values is a group's distinct values in byte order, without a limit.
type values struct{ pairs }

func newValues(Options) Accumulator { return &values{newPairs()} }

func (a *values) Add(c *batch.Column, in Rows) {
	a.each(c, in, func(i int, value batch.Code) { a.add(in.Groups[i], value) })
}

func (a *values) Column(n int) *batch.Column {
	out := &batch.Column{Dict: a.dict, Codes: make([]batch.Code, n)}
	order := a.byGroup()
	var list []batch.Code
	for from := 0; from < len(order); {
		group, _ := a.pair(order[from])
		list = list[:0]
		to := from
		for ; to < len(order); to++ {
			g, value := a.pair(order[to])
			if g != group {
				break
			}
			list = append(list, value)
		}
		out.Codes[group], from = a.dict.AddCodes(list), to
	}
	return out
}
