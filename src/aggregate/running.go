package aggregate

import "riskreplay/src/batch"

// Running is a function over rows that come in one by one and, where there is a
// window, leave in the order they came: streamstats. It belongs to one goroutine.
//
//	r.Start(column, times, rows)
//	for each row of the batch {
//		r.Add(group, row)
//		r.Drop(group) // the group's oldest row, when it is out of the window
//		r.Put(group, row)
//	}
//	r.End() // one cell a row
type Running interface {
	// Start begins a batch: the field's column, nil where no row has it, and that
	// of _time.
	Start(c, time *batch.Column, rows int)
	// Add takes a row's cell into a group. Groups are numbered from 0.
	Add(group int32, row int)
	// Drop takes out what the first row of those still in brought to the group.
	Drop(group int32)
	// Put makes the group's result, as it is now, the row's cell.
	Put(group int32, row int)
	// Cell is what Put gave the row.
	Cell(row int) []string
	// End gives the results of the batch. Rows that got none are null.
	End() *batch.Column
	// Reset forgets all rows of all groups.
	Reset()
}

// Running starts the function over rows that come one by one; window says that
// Drop will be called. False for functions that only stats has.
func (f Func) Running(o Options, window bool) (Running, bool) {
	start := running[f.Name]
	if start == nil {
		return nil, false
	}
	return start(o, window), true
}

// running is how each function runs along.
var running = map[string]func(o Options, window bool) Running{
	"avg":    runningNumber(func(s *stretch) (float64, bool) { return s.sum / float64(s.n), s.n > 0 }),
	"range":  runningNumber(func(s *stretch) (float64, bool) { return s.high - s.low, s.n > 0 }),
	"stdev":  runningNumber(func(s *stretch) (float64, bool) { return (&variance{root: true}).of1(&s.moments) }),
	"stdevp": runningNumber(func(s *stretch) (float64, bool) { return (&variance{root: true, population: true}).of1(&s.moments) }),
	"sum":    runningNumber(func(s *stretch) (float64, bool) { return s.sum, s.n > 0 }),
	"sumsq":  runningNumber(func(s *stretch) (float64, bool) { return s.squares, s.n > 0 }),
	"var":    runningNumber(func(s *stretch) (float64, bool) { return (&variance{}).of1(&s.moments) }),
	"varp":   runningNumber(func(s *stretch) (float64, bool) { return (&variance{population: true}).of1(&s.moments) }),

	"count":    runningCount,
	"min":      func(o Options, w bool) Running { return runningExtreme(o, w, false) },
	"max":      func(o Options, w bool) Running { return runningExtreme(o, w, true) },
	"first":    func(_ Options, w bool) Running { return runningText(w, func(a, b texted) bool { return false }) },
	"last":     func(_ Options, w bool) Running { return runningText(w, func(a, b texted) bool { return true }) },
	"earliest": func(_ Options, w bool) Running { return runningText(w, texted.notLater) },
	"latest":   func(_ Options, w bool) Running { return runningText(w, texted.later) },

	"dc":          runningDistinct,
	"estdc":       runningDistinct,
	"estdc_error": runningDistinctError,
	"values":      runningValues,
	"mode":        runningMode,
	"list":        runningList,
	"median":      func(o Options, w bool) Running { o.Percent = 50; return runningPercentile(o, w) },
	"perc":        runningPercentile,
	"exactperc":   runningPercentile,
	"upperperc":   runningPercentile,
}

// along is what all running functions share: the batch's column in dictionary
// form and the results under construction.
type along struct {
	column *batch.Column
	time   *batch.Column
	out    *cells
}

func (a *along) Start(c, time *batch.Column, rows int) {
	if c != nil {
		c = c.Coded()
	}
	a.column, a.time, a.out = c, time, newCells(rows)
}

func (a *along) End() *batch.Column {
	c := a.out.Column
	a.column, a.time, a.out = nil, nil, nil
	return c
}

func (a *along) Cell(row int) []string { return a.out.Dict.Values(a.out.Codes[row]) }

// code is the row's cell, null where there is no column.
func (a *along) code(row int) batch.Code {
	if a.column == nil {
		return 0
	}
	return a.column.Codes[row]
}

// each calls f with every value of the row.
func (a *along) each(row int, f func(value batch.Code)) {
	code := a.code(row)
	if code == 0 {
		return
	}
	list := a.column.Dict.Multi(code)
	if list == nil {
		f(code)
		return
	}
	for _, v := range list {
		f(v)
	}
}

// merged is a total of each group, of rows that can be put together two by two:
// without a window one total, else one a row still in, in two stacks, so that the
// oldest row goes without the others being looked at again.
type merged[T any] struct {
	merge   func(a, b T) T
	window  bool
	totals  []T
	windows []fifo[T]
}

// fifo is a queue that knows its total: items that came lately and their total,
// and before them the totals of what is left from each earlier item on.
type fifo[T any] struct {
	lately []T
	total  T
	left   []T // the oldest item's at the end
}

func (m *merged[T]) add(group int32, x T) {
	if !m.window {
		m.totals = grow(m.totals, int(group)+1)
		m.totals[group] = m.merge(m.totals[group], x)
		return
	}
	m.windows = grow(m.windows, int(group)+1)
	q := &m.windows[group]
	q.lately = append(q.lately, x)
	q.total = m.merge(q.total, x)
}

func (m *merged[T]) Drop(group int32) {
	q := &m.windows[group]
	if len(q.left) == 0 {
		var total, none T
		for i := len(q.lately) - 1; i >= 0; i-- {
			total = m.merge(q.lately[i], total)
			q.left = append(q.left, total)
		}
		q.lately, q.total = q.lately[:0], none
	}
	q.left = q.left[:len(q.left)-1]
}

func (m *merged[T]) of(group int32) T {
	if !m.window {
		m.totals = grow(m.totals, int(group)+1)
		return m.totals[group]
	}
	m.windows = grow(m.windows, int(group)+1)
	q := &m.windows[group]
	if n := len(q.left); n > 0 {
		return m.merge(q.left[n-1], q.total)
	}
	return q.total
}

func (m *merged[T]) Reset() { m.totals, m.windows = m.totals[:0], m.windows[:0] }
