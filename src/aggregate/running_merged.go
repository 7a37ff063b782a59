package aggregate

import (
	"math"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// stretch is what the functions of numbers need to know of some rows.
type stretch struct {
	moments
	low, high float64
	bad       int64 // values that are no numbers
}

func (s *stretch) add(x float64) {
	s.moments.add(x)
	if s.n == 1 {
		s.low, s.high = x, x
		return
	}
	s.low, s.high = math.Min(s.low, x), math.Max(s.high, x)
}

func mergeStretches(a, b stretch) stretch {
	bad := a.bad + b.bad
	switch {
	case b.n == 0:
		a.bad = bad
		return a
	case a.n == 0:
		b.bad = bad
		return b
	}
	d, n := b.mean-a.mean, float64(a.n+b.n)
	return stretch{
		moments: moments{
			n: a.n + b.n, sum: a.sum + b.sum, squares: a.squares + b.squares,
			mean:      a.mean + d*float64(b.n)/n,
			distances: a.distances + b.distances + d*d*float64(a.n)*float64(b.n)/n,
		},
		low: math.Min(a.low, b.low), high: math.Max(a.high, b.high), bad: bad,
	}
}

// movingNumber is a function of numbers.
type movingNumber struct {
	along
	merged[stretch]
	numbers numbers
	table   *numberTable
	allnum  bool
	result  func(*stretch) (float64, bool)
}

func runningNumber(result func(*stretch) (float64, bool)) func(Options, bool) Running {
	return func(o Options, window bool) Running {
		return &movingNumber{merged: merged[stretch]{merge: mergeStretches, window: window}, allnum: o.AllNum, result: result}
	}
}

func (r *movingNumber) Start(c, time *batch.Column, rows int) {
	r.along.Start(c, time, rows)
	if r.column != nil && r.column.Dict != nil {
		r.table = r.numbers.of(r.column.Dict)
	}
}

func (r *movingNumber) Add(group int32, row int) {
	var s stretch
	r.each(row, func(v batch.Code) {
		if x, kind := r.table.at(v); kind == isNumber {
			s.add(x)
		} else {
			s.bad++
		}
	})
	if s.n == 1 && !r.window {
		r.totals = grow(r.totals, int(group)+1)
		r.totals[group].add(s.sum)
		r.totals[group].bad += s.bad
		return
	}
	r.add(group, s)
}

func (r *movingNumber) Put(group int32, row int) {
	s := r.of(group)
	if x, ok := r.result(&s); ok && !(r.allnum && s.bad > 0) {
		r.out.number(row, x)
	}
}

// movingCount counts rows or values.
type movingCount struct {
	along
	merged[int64]
	rows bool
}

func runningCount(o Options, window bool) Running {
	return &movingCount{merged: merged[int64]{merge: func(a, b int64) int64 { return a + b }, window: window}, rows: o.NoField}
}

func (r *movingCount) Add(group int32, row int) {
	n := int64(1)
	if !r.rows {
		n = 0
		r.each(row, func(batch.Code) { n++ })
	}
	r.add(group, n)
}

func (r *movingCount) Put(group int32, row int) { r.out.count(row, r.of(group)) }

// movingExtreme is the smallest or the largest value.
type movingExtreme struct {
	along
	merged[candidate]
	extreme extreme
}

func runningExtreme(o Options, window, largest bool) Running {
	r := &movingExtreme{extreme: extreme{largest: largest, allnum: o.AllNum}}
	r.merged = merged[candidate]{window: window, merge: func(a, b candidate) candidate {
		void := a.void || b.void
		if b.kind != unread && r.extreme.better(&a, b.kind, b.x, b.text) {
			a = b
		}
		a.void = void
		return a
	}}
	return r
}

func (r *movingExtreme) Add(group int32, row int) {
	var best candidate
	if r.column != nil && r.column.Codes[row] != 0 {
		table := r.extreme.numbers.of(r.column.Dict)
		r.each(row, func(v batch.Code) {
			x, kind := table.at(v)
			r.extreme.add(&best, r.column.Dict, v, x, kind)
		})
	}
	r.add(group, best)
}

func (r *movingExtreme) Put(group int32, row int) {
	best := r.of(group)
	r.extreme.put(&best, r.out, row)
}

// texted is a value and the time of its row.
type texted struct {
	text        string
	time        event.Time
	set, isTime bool
}

// notLater and later tell whether b takes the place of a: of equal times the
// first seen is the later (see latest). A value without a time gives way to one
// that has one.
func (a texted) notLater(b texted) bool {
	if a.isTime != b.isTime {
		return b.isTime
	}
	return !b.isTime || b.time <= a.time
}

func (a texted) later(b texted) bool {
	if a.isTime != b.isTime {
		return b.isTime
	}
	return b.isTime && b.time > a.time
}

// movingText is one of the values: the first, the last, the earliest, the latest.
type movingText struct {
	along
	merged[texted]
	better func(a, b texted) bool
}

func runningText(window bool, better func(a, b texted) bool) Running {
	return &movingText{better: better, merged: merged[texted]{window: window, merge: func(a, b texted) texted {
		if b.set && (!a.set || better(a, b)) {
			return b
		}
		return a
	}}}
}

func (r *movingText) Add(group int32, row int) {
	var best texted
	r.each(row, func(v batch.Code) {
		x := texted{text: r.column.Dict.Text(v), set: true}
		if r.time != nil {
			x.time, x.isTime = r.time.Time(row)
		}
		best = r.merge(best, x)
	})
	r.add(group, best)
}

func (r *movingText) Put(group int32, row int) {
	if v := r.of(group); v.set {
		r.out.Codes[row] = r.out.Dict.AddShared(v.text)
	}
}
