package aggregate

import "math"

// variance is the mean square distance to the mean. Splunk finds it from the sum
// of squares, whose last digits we want to have (12.615183595289349 is printed
// in its documentation); but for large numbers such as times that way loses all
// digits. So the squared distances are followed too, as numbers come (Welford's
// way), and are taken where the two disagree.
type variance struct {
	population, root bool
	of               []moments
}

type moments struct {
	n               int64
	sum, squares    float64
	mean, distances float64
}

func newVar(Options) fold    { return &variance{} }
func newVarp(Options) fold   { return &variance{population: true} }
func newStdev(Options) fold  { return &variance{root: true} }
func newStdevp(Options) fold { return &variance{population: true, root: true} }

func (a *variance) grow(n int) { a.of = grow(a.of, n) }

func (a *variance) fold(g int32, x float64) {
	a.of[g].add(x)
}

func (m *moments) add(x float64) {
	m.n++
	m.sum += x
	m.squares += float64(x * x)
	d := x - m.mean
	m.mean += d / float64(m.n)
	m.distances += float64(d * (x - m.mean))
}

// total is the sum of the squared distances to the mean.
func (m *moments) total() float64 {
	mean := m.sum / float64(m.n)
	plain := m.squares - float64(float64(float64(m.n)*mean)*mean)
	if math.Abs(plain-m.distances) <= 1e-12*math.Abs(m.distances) {
		return plain
	}
	return m.distances
}

// result of one value is 0, of the sample too.
func (a *variance) result(g int) (float64, bool) { return a.of1(&a.of[g]) }

func (a *variance) of1(m *moments) (float64, bool) {
	if m.n == 0 {
		return 0, false
	}
	n := float64(m.n)
	if !a.population {
		n = math.Max(n-1, 1)
	}
	if a.root {
		return math.Sqrt(m.total() / n), true
	}
	return m.total() / n, true
}
