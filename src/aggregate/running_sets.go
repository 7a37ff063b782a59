package aggregate

import (
	"cmp"
	"strings"

	"riskreplay/src/batch"
)

// queue remembers what each row brought, where rows leave again: n items a row.
type queue[T any] struct {
	window bool
	groups []struct {
		counts []int
		items  []T
	}
}

func (q *queue[T]) add(group int32, items []T) {
	if !q.window {
		return
	}
	q.groups = grow(q.groups, int(group)+1)
	g := &q.groups[group]
	g.counts, g.items = append(g.counts, len(items)), append(g.items, items...)
}

// drop is the items of the oldest row.
func (q *queue[T]) drop(group int32) []T {
	g := &q.groups[group]
	n := g.counts[0]
	out := g.items[:n:n]
	g.counts, g.items = g.counts[1:], g.items[n:]
	return out
}

func (q *queue[T]) reset() { q.groups = q.groups[:0] }

// bag is the values of a group's rows with how often each is there.
type bag struct {
	counts map[string]int
	sorted *blocks[string] // the distinct ones, where they are asked for
	most   string          // the most frequent one; "" with best 0 is not known
	best   int
}

// movingBag is a function of distinct values.
type movingBag struct {
	along
	queue  queue[string]
	groups []bag
	values []string
	sorted bool
	put    func(r *movingBag, b *bag, row int)
	codes  []batch.Code
	given  int // values put into lists so far
}

// maxGiven is how many values running lists may hold in all.
const maxGiven = 20_000_000

// Limited tells whether lists were left out.
func (r *movingBag) Limited() bool { return r.given > maxGiven }

func newMovingBag(window, sorted bool, put func(r *movingBag, b *bag, row int)) Running {
	return &movingBag{queue: queue[string]{window: window}, sorted: sorted, put: put}
}

func (r *movingBag) Add(group int32, row int) {
	r.values = r.values[:0]
	r.each(row, func(v batch.Code) { r.values = append(r.values, r.column.Dict.Text(v)) })
	r.queue.add(group, r.values)
	b := r.bag(group)
	for _, v := range r.values {
		n := b.counts[v] + 1
		b.counts[v] = n
		if n == 1 && r.sorted {
			b.sorted.insert(v)
		}
		if b.best > 0 && (n > b.best || n == b.best && v < b.most) || n == 1 && len(b.counts) == 1 {
			b.most, b.best = v, n
		}
	}
}

func (r *movingBag) bag(group int32) *bag {
	r.groups = grow(r.groups, int(group)+1)
	b := &r.groups[group]
	if b.counts == nil {
		b.counts = map[string]int{}
		if r.sorted {
			b.sorted = &blocks[string]{compare: strings.Compare}
		}
	}
	return b
}

func (r *movingBag) Drop(group int32) {
	b := r.bag(group)
	for _, v := range r.queue.drop(group) {
		if v == b.most {
			b.best = 0
		}
		if b.counts[v]--; b.counts[v] == 0 {
			delete(b.counts, v)
			if r.sorted {
				b.sorted.remove(v)
			}
		}
	}
}

func (r *movingBag) Put(group int32, row int) { r.put(r, r.bag(group), row) }

func (r *movingBag) Reset() {
	r.groups = r.groups[:0]
	r.queue.reset()
}

func runningDistinct(_ Options, window bool) Running {
	return newMovingBag(window, false, func(r *movingBag, b *bag, row int) { r.out.count(row, int64(len(b.counts))) })
}

func runningDistinctError(_ Options, window bool) Running {
	return newMovingBag(window, false, func(r *movingBag, b *bag, row int) {
		if len(b.counts) > 0 {
			r.out.count(row, 0)
		}
	})
}

func runningValues(_ Options, window bool) Running {
	return newMovingBag(window, true, func(r *movingBag, b *bag, row int) {
		if r.given += b.sorted.n; r.given > maxGiven {
			return
		}
		r.codes = r.codes[:0]
		b.sorted.each(func(v string) { r.codes = append(r.codes, r.out.Dict.AddShared(v)) })
		r.out.Codes[row] = r.out.Dict.AddCodes(r.codes)
	})
}

// runningMode looks at all values only after the most frequent one became less so.
func runningMode(_ Options, window bool) Running {
	return newMovingBag(window, false, func(r *movingBag, b *bag, row int) {
		if b.best == 0 {
			for v, n := range b.counts {
				if n > b.best || n == b.best && v < b.most {
					b.most, b.best = v, n
				}
			}
		}
		if b.best > 0 {
			r.out.Codes[row] = r.out.Dict.AddShared(b.most)
		}
	})
}

// movingList is the values in order, the first hundred.
type movingList struct {
	along
	window bool
	limit  int
	over   bool
	queue  queue[string] // with a window, all values
	first  [][]string    // without, the first of each group
	values []string
	codes  []batch.Code
}

func runningList(o Options, window bool) Running {
	if o.List <= 0 {
		o.List = listLimit
	}
	return &movingList{window: window, limit: o.List, queue: queue[string]{window: window}}
}

func (r *movingList) Add(group int32, row int) {
	r.values = r.values[:0]
	r.each(row, func(v batch.Code) { r.values = append(r.values, r.column.Dict.Text(v)) })
	if r.window {
		r.queue.add(group, r.values)
		return
	}
	r.first = grow(r.first, int(group)+1)
	left := r.limit - len(r.first[group])
	r.over = r.over || len(r.values) > left
	r.first[group] = append(r.first[group], r.values[:min(left, len(r.values))]...)
}

func (r *movingList) Drop(group int32) { r.queue.drop(group) }

func (r *movingList) Put(group int32, row int) {
	var list []string
	if r.window {
		r.queue.groups = grow(r.queue.groups, int(group)+1)
		list = r.queue.groups[group].items
	} else {
		r.first = grow(r.first, int(group)+1)
		list = r.first[group]
	}
	if len(list) > r.limit {
		r.over, list = true, list[:r.limit]
	}
	r.codes = r.codes[:0]
	for _, v := range list {
		r.codes = append(r.codes, r.out.Dict.AddShared(v))
	}
	r.out.Codes[row] = r.out.Dict.AddCodes(r.codes)
}

// Limited tells whether values were left out.
func (r *movingList) Limited() bool { return r.over }

func (r *movingList) Reset() {
	r.first = r.first[:0]
	r.queue.reset()
}

// movingPercentile keeps the numbers in order.
type movingPercentile struct {
	along
	queue   queue[float64]
	bad     merged[int64]
	numbers numbers
	groups  []blocks[float64]
	values  []float64
	percent float64
	nearest bool
	allnum  bool
}

func runningPercentile(o Options, window bool) Running {
	return &movingPercentile{
		queue: queue[float64]{window: window}, percent: o.Percent, nearest: o.NearestRank, allnum: o.AllNum,
		bad: merged[int64]{merge: func(a, b int64) int64 { return a + b }, window: window},
	}
}

func (r *movingPercentile) Add(group int32, row int) {
	r.values = r.values[:0]
	bad := int64(0)
	r.each(row, func(v batch.Code) {
		if x, kind := r.numbers.of(r.column.Dict).at(v); kind == isNumber {
			r.values = append(r.values, x)
		} else {
			bad++
		}
	})
	r.queue.add(group, r.values)
	r.bad.add(group, bad)
	g := r.group(group)
	for _, x := range r.values {
		g.insert(x)
	}
}

func (r *movingPercentile) group(group int32) *blocks[float64] {
	r.groups = grow(r.groups, int(group)+1)
	r.groups[group].compare = cmp.Compare[float64]
	return &r.groups[group]
}

func (r *movingPercentile) Drop(group int32) {
	g := r.group(group)
	for _, x := range r.queue.drop(group) {
		g.remove(x)
	}
	r.bad.Drop(group)
}

func (r *movingPercentile) Put(group int32, row int) {
	g := r.group(group)
	if g.n == 0 || r.allnum && r.bad.of(group) > 0 {
		return
	}
	if r.nearest {
		r.out.number(row, g.at(min(int(r.percent/100*float64(g.n)), g.n-1)))
		return
	}
	i := int(r.percent * float64(g.n-1) / 100)
	part := []float64{g.at(i)}
	if i+1 < g.n {
		part = append(part, g.at(i+1))
	}
	r.out.number(row, between(part, r.percent*float64(g.n-1)-float64(100*i)))
}

func (r *movingPercentile) Reset() {
	r.groups = r.groups[:0]
	r.queue.reset()
	r.bad.Reset()
}
