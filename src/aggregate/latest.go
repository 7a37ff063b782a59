package aggregate

import (
	"strconv"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// latest is the value with the largest _time, or the smallest. Of equal times
// the first seen is the later, since events come newest first. Rows without a
// _time count only in a group that has none with one.
type latest struct {
	texts
	earliest bool
	at       []batch.Code
	time     []event.Time
	untimed  []batch.Code
}

func newLatest(Options) Accumulator   { return &latest{texts: newTexts()} }
func newEarliest(Options) Accumulator { return &latest{texts: newTexts(), earliest: true} }

func (a *latest) Add(c *batch.Column, in Rows) {
	a.at, a.time, a.untimed = grow(a.at, in.N), grow(a.time, in.N), grow(a.untimed, in.N)
	a.each(c, in, func(i int, value batch.Code) {
		g := in.Groups[i]
		t, ok := in.time(i)
		switch {
		case !ok && (a.earliest || a.untimed[g] == 0):
			a.untimed[g] = value
		case ok && (a.at[g] == 0 || a.earliest && t <= a.time[g] || !a.earliest && t > a.time[g]):
			a.at[g], a.time[g] = value, t
		}
	})
}

func (a *latest) Column(n int) *batch.Column {
	a.at, a.untimed = grow(a.at, n), grow(a.untimed, n)
	out := &batch.Column{Dict: a.dict, Codes: make([]batch.Code, n)}
	for g := range n {
		if out.Codes[g] = a.at[g]; out.Codes[g] == 0 {
			out.Codes[g] = a.untimed[g]
		}
	}
	return out
}

// time is the _time of the i-th row, if it has one.
func (in Rows) time(i int) (event.Time, bool) {
	if in.Time == nil {
		return 0, false
	}
	return in.Time.Time(int(in.Rows[i]))
}

// latestTime is the largest, or smallest, _time of a row that has the field,
// with six decimals (rule F4).
type latestTime struct {
	earliest bool
	seen     []bool
	time     []event.Time
}

func newLatestTime(Options) Accumulator   { return &latestTime{} }
func newEarliestTime(Options) Accumulator { return &latestTime{earliest: true} }

func (a *latestTime) Add(c *batch.Column, in Rows) {
	a.seen, a.time = grow(a.seen, in.N), grow(a.time, in.N)
	if c == nil || in.Time == nil {
		return
	}
	for i, r := range in.Rows {
		if c.IsNull(int(r)) {
			continue
		}
		t, ok := in.time(i)
		g := in.Groups[i]
		if ok && (!a.seen[g] || a.earliest && t < a.time[g] || !a.earliest && t > a.time[g]) {
			a.seen[g], a.time[g] = true, t
		}
	}
}

func (a *latestTime) Column(n int) *batch.Column {
	a.seen, a.time = grow(a.seen, n), grow(a.time, n)
	out := newCells(n)
	for g := range n {
		if a.seen[g] {
			out.text = appendMicros(out.text[:0], a.time[g])
			out.Codes[g] = out.Dict.AddBytes(out.text)
		}
	}
	return out.Column
}

// appendMicros prints seconds with six decimals.
func appendMicros(dst []byte, t event.Time) []byte {
	micros := int64(t) / 1000
	if micros < 0 {
		dst, micros = append(dst, '-'), -micros
	}
	dst = strconv.AppendInt(dst, micros/1e6, 10)
	dst = append(dst, '.')
	return append(dst, strconv.FormatInt(micros%1e6+1e6, 10)[1:]...)
}
