package aggregate

import "slices"

// percentile keeps all numbers; the percentile is exact and, unless the
// nearest rank is wanted, lies between the two nearest numbers: perc95 of 1..10 is
// 9.55.
type percentile struct {
	percent float64
	nearest bool
	groups  []int32
	nums    []float64
	from    []int // where each group's numbers are, once sorted
}

func newPercentile(o Options) fold {
	return &percentile{percent: o.Percent, nearest: o.NearestRank}
}

func newMedian(o Options) fold {
	o.Percent = 50
	return newPercentile(o)
}

func (a *percentile) grow(int) {}

func (a *percentile) fold(g int32, x float64) {
	a.groups, a.nums, a.from = append(a.groups, g), append(a.nums, x), nil
}

func (a *percentile) result(g int) (float64, bool) {
	if a.from == nil {
		a.sort()
	}
	if g+1 >= len(a.from) || a.from[g] == a.from[g+1] {
		return 0, false
	}
	return rank(a.nums[a.from[g]:a.from[g+1]], a.percent, a.nearest), true
}

// sort brings the numbers of each group together and in order.
func (a *percentile) sort() {
	n := 0
	for _, g := range a.groups {
		n = max(n, int(g)+1)
	}
	a.from = make([]int, n+1)
	for _, g := range a.groups {
		a.from[g+1]++
	}
	for g := range n {
		a.from[g+1] += a.from[g]
	}
	next := slices.Clone(a.from)
	sorted, groups := make([]float64, len(a.nums)), make([]int32, len(a.nums))
	for i, g := range a.groups {
		sorted[next[g]], groups[next[g]] = a.nums[i], g
		next[g]++
	}
	for g := range n {
		slices.Sort(sorted[a.from[g]:a.from[g+1]])
	}
	a.nums, a.groups = sorted, groups
}

// rank is the percentile of sorted numbers.
func rank(sorted []float64, percent float64, nearest bool) float64 {
	n := len(sorted)
	if nearest {
		return sorted[min(int(percent/100*float64(n)), n-1)]
	}
	at := percent * float64(n-1) // in hundredths of a place
	i := int(at / 100)
	return between(sorted[min(i, n-1):min(i+2, n)], at-float64(100*i))
}

// between is the number so many hundredths of the way from the first of one or two
// numbers to the second.
func between(part []float64, hundredths float64) float64 {
	if len(part) == 1 {
		return part[0]
	}
	return part[0] + float64((part[1]-part[0])*hundredths)/100
}
