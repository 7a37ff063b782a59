package aggregate

// sum adds numbers, or their squares, or divides by how many there were.
type sum struct {
	square, mean bool
	total        []float64
	n            []int64
}

func newSum(Options) fold   { return &sum{} }
func newSumsq(Options) fold { return &sum{square: true} }
func newAvg(Options) fold   { return &sum{mean: true} }

func (a *sum) grow(n int) { a.total, a.n = grow(a.total, n), grow(a.n, n) }

func (a *sum) fold(g int32, x float64) {
	if a.square {
		x *= x
	}
	a.total[g] += x
	a.n[g]++
}

func (a *sum) result(g int) (float64, bool) {
	if a.mean {
		return a.total[g] / float64(a.n[g]), a.n[g] > 0
	}
	return a.total[g], a.n[g] > 0
}
