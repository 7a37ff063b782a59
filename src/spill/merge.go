package spill

import "slices"

// The shape of a sort: runs of sortRun rows, sorted by themselves, and merges of
// mergeFan runs at a time. It depends on nothing but the number of rows, so that
// rows are compared in the same pairs, and come out in the same order, in memory and
// on disk. That matters where values have no order that all pairs agree on: "10" is
// above "9" as a number and below "1a" as a text, which is below "9".
const (
	sortRun  = 1024
	mergeFan = 32
)

// Order is 0..n-1 in the order of compare, of which the first most come, 0 for all.
// Those that compare equal stay as they are.
func Order(n, most int, compare func(a, b int32) int) []int32 {
	if most <= 0 || most > n {
		most = n
	}
	t := tree[[]int32]{}
	merge := func(runs [][]int32) ([]int32, error) { return mergeRows(runs, most, compare), nil }
	for from := 0; from < n; from += sortRun {
		rows := make([]int32, min(sortRun, n-from))
		for i := range rows {
			rows[i] = int32(from + i)
		}
		slices.SortStableFunc(rows, compare)
		_ = t.add(rows[:min(most, len(rows))], merge) // merging rows in memory cannot go wrong
	}
	if rest := t.rest(); len(rest) == 1 {
		return rest[0]
	}
	return mergeRows(t.rest(), most, compare)
}

func mergeRows(runs [][]int32, most int, compare func(a, b int32) int) []int32 {
	heads := make([]int32, len(runs))
	total := 0
	for i, r := range runs {
		heads[i] = r[0]
		total += len(r)
	}
	out := make([]int32, 0, min(total, most))
	at := make([]int, len(runs))
	w := newContest(len(runs), func(a, b int) int { return compare(heads[a], heads[b]) })
	for len(out) < cap(out) {
		i := w.winner()
		out = append(out, heads[i])
		if at[i]++; at[i] < len(runs[i]) {
			heads[i] = runs[i][at[i]]
			w.next(true)
		} else {
			w.next(false)
		}
	}
	return out
}

// tree merges runs as they come, mergeFan of a level to one of the next.
type tree[R any] struct{ levels [][]R }

func (t *tree[R]) add(r R, merge func([]R) (R, error)) error { return t.put(0, r, merge) }

func (t *tree[R]) put(level int, r R, merge func([]R) (R, error)) error {
	if level == len(t.levels) {
		t.levels = append(t.levels, nil)
	}
	t.levels[level] = append(t.levels[level], r)
	if len(t.levels[level]) < mergeFan {
		return nil
	}
	one, err := merge(t.levels[level])
	t.levels[level] = nil
	if err != nil {
		return err
	}
	return t.put(level+1, one, merge)
}

// rest is the runs that are left, the first rows first.
func (t *tree[R]) rest() []R {
	var out []R
	for _, level := range slices.Backward(t.levels) {
		out = append(out, level...)
	}
	return out
}

// contest finds the first of several runs by their heads: a tree of losers. Of heads
// that compare equal the earlier run's is first.
type contest struct {
	compare func(a, b int) int
	losers  []int // losers[0] is the winner
	over    []bool
}

func newContest(n int, compare func(a, b int) int) *contest {
	c := &contest{compare: compare, losers: make([]int, n), over: make([]bool, n)}
	if n > 1 {
		c.losers[0] = c.play(1)
	}
	return c
}

// play is the winner below a node; leaves are numbered from n on.
func (c *contest) play(node int) int {
	n := len(c.losers)
	if node >= n {
		return node - n
	}
	a, b := c.play(2*node), c.play(2*node+1)
	if c.before(b, a) {
		a, b = b, a
	}
	c.losers[node] = b
	return a
}

func (c *contest) before(a, b int) bool {
	switch {
	case c.over[a] || c.over[b]:
		return !c.over[a]
	}
	d := c.compare(a, b)
	return d < 0 || d == 0 && a < b
}

func (c *contest) winner() int { return c.losers[0] }

// done tells whether all runs are at their ends.
func (c *contest) done() bool { return len(c.losers) == 0 || c.over[c.losers[0]] }

// next says that the winner's run has gone on to its next row, or is at its end.
func (c *contest) next(more bool) {
	w := c.losers[0]
	c.over[w] = !more
	for node := (w + len(c.losers)) / 2; node > 0; node /= 2 {
		if c.before(c.losers[node], w) {
			c.losers[node], w = w, c.losers[node]
		}
	}
	c.losers[0] = w
}
