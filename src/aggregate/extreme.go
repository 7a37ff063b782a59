package aggregate

import (
	"math"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// extreme is the smallest value, or the largest: numbers by their size, texts by
// their bytes, and every number is smaller than every text. Times keep their
// nanoseconds.
type extreme struct {
	largest bool
	numbers numbers
	allnum  bool
	best    []candidate
}

// candidate is a group's best value so far. Its text is "" for a time.
type candidate struct {
	kind uint8
	void bool
	x    float64
	time event.Time
	text string
}

// Kinds of a candidate besides isNumber and isText; unread is none yet.
const isTime uint8 = 100

func newMin(o Options) Accumulator { return &extreme{allnum: o.AllNum} }
func newMax(o Options) Accumulator { return &extreme{largest: true, allnum: o.AllNum} }

func (a *extreme) Add(c *batch.Column, in Rows) {
	a.best = grow(a.best, in.N)
	if c == nil || len(in.Rows) == 0 {
		return
	}
	if c.Times != nil {
		for i, r := range in.Rows {
			a.addTime(&a.best[in.Groups[i]], c.Times[r])
		}
		return
	}
	col, rows := coded(c, in.Rows)
	table := a.numbers.of(col.Dict)
	for i, r := range rows {
		code := col.Codes[r]
		if code == 0 {
			continue
		}
		best := &a.best[in.Groups[i]]
		if x, kind := table.at(code); kind != isMulti {
			a.add(best, col.Dict, code, x, kind)
			continue
		}
		for _, v := range col.Dict.Multi(code) {
			x, kind := table.at(v)
			a.add(best, col.Dict, v, x, kind)
		}
	}
}

func (a *extreme) addTime(best *candidate, t event.Time) {
	if best.kind == isTime {
		if t < best.time && !a.largest || t > best.time && a.largest {
			best.x, best.time = t.Seconds(), t
		}
		return
	}
	if x := t.Seconds(); a.better(best, isTime, x, "") {
		*best = candidate{kind: isTime, void: best.void, x: x, time: t}
	}
}

func (a *extreme) add(best *candidate, d *batch.Dict, code batch.Code, x float64, kind uint8) {
	if kind == isNumber && math.IsNaN(x) {
		kind = isText
	}
	if kind == isText && a.allnum {
		best.void = true
		return
	}
	if text := d.Text(code); a.better(best, kind, x, text) {
		*best = candidate{kind: kind, void: best.void, x: x, text: text}
	}
}

// better tells whether a value replaces the best so far; of equal ones the first
// stays.
func (a *extreme) better(best *candidate, kind uint8, x float64, text string) bool {
	switch {
	case best.kind == unread:
		return true
	case (best.kind == isText) != (kind == isText):
		return (kind == isText) == a.largest
	case kind == isText:
		return text < best.text && !a.largest || text > best.text && a.largest
	}
	return x < best.x && !a.largest || x > best.x && a.largest
}

func (a *extreme) Column(n int) *batch.Column {
	a.best = grow(a.best, n)
	if c := a.times(n); c != nil {
		return c
	}
	out := newCells(n)
	for g := range n {
		a.put(&a.best[g], out, g)
	}
	return out.Column
}

// put prints the best value into a cell.
func (a *extreme) put(best *candidate, out *cells, at int) {
	switch {
	case best.void || best.kind == unread:
	case best.kind == isTime:
		out.text = best.time.Append(out.text[:0])
		out.Codes[at] = out.Dict.AddBytes(out.text)
	case best.kind == isText || plainDecimal(best.text):
		out.Codes[at] = out.Dict.Add(best.text)
	default:
		out.number(at, best.x)
	}
}

// times is the results as times, when all are: a million texts need not be made.
func (a *extreme) times(n int) *batch.Column {
	out := make([]event.Time, n)
	for g := range n {
		if a.best[g].kind != isTime || a.best[g].void {
			return nil
		}
		out[g] = a.best[g].time
	}
	if n == 0 {
		return nil
	}
	return &batch.Column{Times: out}
}

// plainDecimal tells whether a number is written as it would be printed: then
// its text is kept, which may have more digits than a double.
func plainDecimal(s string) bool {
	if s != "" && s[0] == '-' {
		s = s[1:]
		if s == "0" {
			return false
		}
	}
	point := -1
	for i := range len(s) {
		switch {
		case s[i] == '.' && point < 0:
			point = i
		case s[i] < '0' || s[i] > '9':
			return false
		}
	}
	whole := s
	if point >= 0 {
		whole = s[:point]
		if last := s[len(s)-1]; last == '0' || last == '.' {
			return false
		}
	}
	return whole == "0" || whole != "" && whole[0] != '0'
}
