package aggregate

import "math"

// span is the largest number less the smallest: range().
type span struct {
	low, high []float64
	seen      []bool
}

func newRange(Options) fold { return &span{} }

func (a *span) grow(n int) { a.low, a.high, a.seen = grow(a.low, n), grow(a.high, n), grow(a.seen, n) }

func (a *span) fold(g int32, x float64) {
	if !a.seen[g] {
		a.low[g], a.high[g], a.seen[g] = x, x, true
		return
	}
	a.low[g], a.high[g] = math.Min(a.low[g], x), math.Max(a.high[g], x)
}

func (a *span) result(g int) (float64, bool) { return a.high[g] - a.low[g], a.seen[g] }
