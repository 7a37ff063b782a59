package command

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/splunktime"
)

// chartTable is where the groups' cells stand.
type chartTable struct {
	rows   []string
	series []string
	at     []int32 // the group of row r and series s at r*len(series)+s, plus one
	span   splunktime.Span
}

// table finds the rows and the series.
func (o *charting) table(g *groups, span splunktime.Span) *chartTable {
	t := &chartTable{span: span}
	seen := map[string]bool{}
	o.eachGroup(g, func(_ int, row, series string) {
		if !seen["r"+row] {
			seen["r"+row] = true
			t.rows = append(t.rows, row)
		}
		if !seen["s"+series] && (o.split == "" || series != o.series.other || o.series.useOther) {
			seen["s"+series] = true
			t.series = append(t.series, series)
		}
	})
	t.series = o.series.order(t.series)
	t.rows = o.rowOrder(t.rows, span)
	return t
}

// eachGroup calls f with each group's row and series.
func (o *charting) eachGroup(g *groups, f func(group int, row, series string)) {
	n := g.keys.Len()
	keys := g.keys.Columns(batch.AllRows(n))
	for i := range n {
		row, series := "", ""
		if o.row != "" {
			row = keys[0].Text(i)
		}
		if o.split != "" {
			series = keys[len(keys)-1].Text(i)
		}
		f(i, row, series)
	}
}

// place finds where each group stands.
func (t *chartTable) place(o *charting, g *groups) {
	rowAt, seriesAt := indexOf(t.rows), indexOf(t.series)
	t.at = make([]int32, len(t.rows)*len(t.series))
	o.eachGroup(g, func(group int, row, series string) {
		r, hasRow := rowAt[row]
		s, hasSeries := seriesAt[series]
		if hasRow && hasSeries {
			t.at[r*len(t.series)+s] = int32(group + 1)
		}
	})
}

func indexOf(list []string) map[string]int {
	out := make(map[string]int, len(list))
	for i, s := range list {
		out[s] = i
	}
	return out
}

// cells is the column of an aggregate for a series.
func (t *chartTable) cells(c named, series int, o *charting, span splunktime.Span) *batch.Column {
	values := c.values.Coded()
	out := &batch.Column{Dict: values.Dict, Codes: make([]batch.Code, len(t.rows))}
	if out.Dict == nil {
		out.Dict = batch.NewDict()
	}
	zero := batch.Code(0)
	if slices.Contains([]string{"count", "dc", "estdc"}, c.agg.fn.Name) {
		zero = out.Dict.Add("0")
	}
	for r := range t.rows {
		out.Codes[r] = zero
		if g := t.at[r*len(t.series)+series]; g > 0 {
			out.Codes[r] = values.Codes[g-1]
		}
	}
	if c.agg.per > 0 {
		return t.perUnit(out, c.agg.per, o.env, span)
	}
	return out
}

// perUnit divides sums by the length of their stretch of time (rule F4).
func (t *chartTable) perUnit(c *batch.Column, unit float64, env eval.Env, span splunktime.Span) *batch.Column {
	out := batch.Nulls(c.Len())
	for r := range t.rows {
		x, ok := c.Num(r)
		at, _ := epoch(t.rows[r])
		if length := (span.Next(at, env.Zone) - at).Seconds(); ok && length > 0 {
			out.Codes[r] = out.Dict.Add(strconv.FormatFloat(x*unit/length, 'f', 6, 64))
		}
	}
	return out
}

// rowColumn is the row field's column.
func (t *chartTable) rowColumn(o *charting) *batch.Column {
	if !o.timed {
		return batch.Texts(t.rows...)
	}
	out := &batch.Column{Times: make([]event.Time, len(t.rows))}
	for i, r := range t.rows {
		out.Times[i], _ = epoch(r)
	}
	return out
}

// rowOrder is the row values once each, in order, with those between them where
// rows are bins and the chart has no gaps.
func (o *charting) rowOrder(rows []string, span splunktime.Span) []string {
	rows = slices.Clone(rows)
	binned := o.rowBins != nil && !o.rowBins.time
	slices.SortFunc(rows, func(a, b string) int {
		if binned {
			return aggregate.Natural(binStart(a), binStart(b))
		}
		return aggregate.Natural(a, b)
	})
	rows = slices.Compact(rows)
	switch {
	case o.rowBins == nil || !o.cont || len(rows) == 0:
	case o.rowBins.time:
		rows = o.fillTimes(rows, span)
	case o.rowBins.numeric.span > 0:
		rows = o.fillNumbers(rows)
	}
	if o.timed && !o.partial {
		rows = o.wholeOnly(rows, span)
	}
	return rows
}

// binStart is the lower edge of a bin's text.
func binStart(text string) string {
	if i := strings.Index(text[min(1, len(text)):], "-"); i >= 0 {
		return text[:i+1]
	}
	return text
}

// fillTimes is every stretch of time from the first to the last: of timechart
// those of the whole search.
func (o *charting) fillTimes(rows []string, span splunktime.Span) []string {
	from, ok1 := epoch(rows[0])
	to, ok2 := epoch(rows[len(rows)-1])
	if !ok1 || !ok2 || span.IsZero() {
		return rows
	}
	zone := o.env.Zone
	if i := o.world.Info(); o.timed && o.fixed {
		if i.Earliest != 0 {
			from = min(from, span.Floor(i.Earliest, zone))
		}
		if i.Latest != 0 {
			to = max(to, span.Floor(i.Latest-1, zone))
		}
	}
	var out []string
	for t := from; t <= to; t = span.Next(t, zone) {
		if len(out) == o.most {
			o.tooMany()
			return rows
		}
		out = append(out, t.String())
	}
	return out
}

func (o *charting) fillNumbers(rows []string) []string {
	b := o.rowBins.numeric
	from, ok1 := batch.Number(binStart(rows[0]))
	to, ok2 := batch.Number(binStart(rows[len(rows)-1]))
	if !ok1 || !ok2 {
		return rows
	}
	if (to-from)/b.span >= float64(o.most) {
		o.tooMany()
		return rows
	}
	var out []string
	for n := math.Round(from / b.span); n*b.span <= to+b.span/2; n++ {
		out = append(out, b.print(n*b.span)+"-"+b.print((n+1)*b.span))
	}
	if out[0] != rows[0] {
		return rows
	}
	return out
}

func (o *charting) tooMany() {
	m := o.st.Problem(o.st.NameSpan, o.st.Name+" would make more than "+strconv.Itoa(o.most)+" rows: those without events are left out", "a longer span= makes fewer")
	m.Severity = diag.Warning
	o.world.Warn(m)
}

// wholeOnly leaves out the first and the last stretch of time where the search
// does not cover all of it.
func (o *charting) wholeOnly(rows []string, span splunktime.Span) []string {
	i := o.world.Info()
	if n := len(rows); n > 0 && i.Latest != 0 {
		if t, ok := epoch(rows[n-1]); ok && span.Next(t, o.env.Zone) > i.Latest {
			rows = rows[:n-1]
		}
	}
	if len(rows) > 0 && i.Earliest != 0 {
		if t, ok := epoch(rows[0]); ok && t < i.Earliest {
			rows = rows[1:]
		}
	}
	return rows
}
