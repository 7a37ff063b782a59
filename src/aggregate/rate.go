package aggregate

import (
	"cmp"
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// rate is how much a counter grew by second, from its earliest value to its
// latest. A counter that falls has started again from 0.
type rate struct {
	numbers numbers
	seen    []reading
}

type reading struct {
	group int32
	time  event.Time
	x     float64
}

func newRate(Options) Accumulator { return &rate{} }

func (a *rate) Add(c *batch.Column, in Rows) {
	if c == nil || in.Time == nil {
		return
	}
	col, rows := coded(c, in.Rows)
	if len(rows) == 0 {
		return
	}
	table := a.numbers.of(col.Dict)
	for i, r := range rows {
		if col.Codes[r] == 0 {
			continue
		}
		x, kind := table.at(col.Codes[r])
		if t, ok := in.time(i); ok && kind == isNumber {
			a.seen = append(a.seen, reading{in.Groups[i], t, x})
		}
	}
}

func (a *rate) Column(n int) *batch.Column {
	slices.SortStableFunc(a.seen, func(x, y reading) int {
		return cmp.Or(cmp.Compare(x.group, y.group), cmp.Compare(x.time, y.time))
	})
	out := newCells(n)
	for from := 0; from < len(a.seen); {
		to := from
		grown := 0.0
		for to++; to < len(a.seen) && a.seen[to].group == a.seen[from].group; to++ {
			grown += growth(a.seen[to-1].x, a.seen[to].x)
		}
		if took := a.seen[to-1].time - a.seen[from].time; took > 0 {
			out.number(int(a.seen[from].group), grown/took.Seconds())
		}
		from = to
	}
	return out.Column
}

func growth(before, after float64) float64 {
	if after < before {
		return after
	}
	return after - before
}
