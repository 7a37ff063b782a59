package aggregate

import "riskreplay/src/batch"

// first is the first value seen, or the last. Events come newest first, so the
// first is the newest.
type first struct {
	texts
	last bool
	at   []batch.Code
}

func newFirst(Options) Accumulator { return &first{texts: newTexts()} }
func newLast(Options) Accumulator  { return &first{texts: newTexts(), last: true} }

func (a *first) Add(c *batch.Column, in Rows) {
	a.at = grow(a.at, in.N)
	a.each(c, in, func(i int, value batch.Code) {
		if g := in.Groups[i]; a.last || a.at[g] == 0 {
			a.at[g] = value
		}
	})
}

func (a *first) Column(n int) *batch.Column {
	a.at = grow(a.at, n)
	return &batch.Column{Dict: a.dict, Codes: a.at[:n:n]}
}
