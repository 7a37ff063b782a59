package command

import (
	"context"
	"math"
	"slices"
	"strconv"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/eval"
	"riskreplay/src/splunktime"
)

// run counts all rows, chooses the series, counts those that are not shown again
// as one, and turns the result.
func (o *charting) run(ctx context.Context) (*batch.Batch, error) {
	span, err := o.binRows(ctx)
	if err != nil {
		return nil, err
	}
	g, of, err := o.count(ctx, nil)
	if err != nil {
		return nil, err
	}
	if g.keys.Len() == 0 || o.row != "" && !g.rows {
		return batch.New(0), nil
	}
	if rename := o.leftOver(g, of); rename != nil {
		if g, _, err = o.count(ctx, rename); err != nil {
			return nil, err
		}
	}
	g.warnings(o.st, o.world)
	t := o.table(g, span)
	if n := len(t.series); n > maxSeriesColumns || n*len(t.rows)*len(o.aggs) > maxCells {
		return nil, o.st.Problem(o.st.NameSpan, o.st.Name+" would make "+strconv.Itoa(n)+" columns and "+strconv.Itoa(len(t.rows))+" rows: it makes up to 10,000 columns and 50 million cells",
			"limit=N keeps the columns with the highest sums, span= or bins= make fewer rows")
	}
	return o.turn(g, t), nil
}

// maxCells is how many cells a chart may have.
const maxCells = 50_000_000

// binRows decides on the bins of rows and of columns, which may depend on all
// values, and gives the span of time of the rows.
func (o *charting) binRows(ctx context.Context) (span splunktime.Span, err error) {
	run := *o.chart
	if o.splitBins != nil {
		if run.splitBins, err = o.decide(ctx, *o.splitBins, o.split); err != nil {
			return span, err
		}
	}
	if o.rowBins != nil {
		b, err := o.decide(ctx, *o.rowBins, o.row)
		if err != nil {
			return span, err
		}
		b.span = b.aligned(b.span, o.world)
		run.rowBins, span = b, b.span
	}
	o.chart = &run
	return span, nil
}

// decide finds the bins of a field that have no span.
func (o *charting) decide(ctx context.Context, b binning, field string) (*binning, error) {
	if b.span.IsZero() && !b.numeric.known() {
		low, high, ok, err := o.valueRange(ctx, &b, field)
		if err != nil {
			return nil, err
		}
		if ok && b.time {
			b.span = monthly(timeSpan(high-low, b.most, b.min))
		} else if ok {
			b.numeric = evenBins(numberSpan(low, high, b.most, b.min))
		}
	}
	return &b, nil
}

// monthly: where bin takes 30 days timechart takes a month.
func monthly(s splunktime.Span) splunktime.Span {
	if s.String() == "30d" {
		s, _ = splunktime.ParseSpan("1mon")
	}
	return s
}

// valueRange is the range of a field's values: of timechart's rows that of the
// search, where it has one.
func (o *charting) valueRange(ctx context.Context, bins *binning, field string) (low, high float64, ok bool, err error) {
	low, high = math.Inf(1), math.Inf(-1)
	err = o.kept.Each(ctx, func(b *batch.Batch) error {
		if l, h, some := valueRange(b.Column(field)); some {
			low, high, ok = math.Min(low, l), math.Max(high, h), true
		}
		return nil
	})
	if i := o.world.Info(); ok && o.timed && o.fixed && field == o.row {
		if i.Earliest != 0 {
			low = math.Min(low, i.Earliest.Seconds())
		}
		if i.Latest != 0 {
			high = math.Max(high, i.Latest.Seconds()-1e-6)
		}
	}
	if ok && bins.start != nil {
		low = math.Min(low, *bins.start)
	}
	if ok && bins.end != nil {
		high = math.Max(high, *bins.end)
	}
	return low, high, ok, err
}

// count groups all rows by row and series. rename is what series are called
// instead, where it has them.
func (o *charting) count(ctx context.Context, rename map[string]string) (g *groups, rows []int64, err error) {
	var by []string
	for _, n := range []string{o.row, o.split} {
		if n != "" {
			by = append(by, n)
		}
	}
	g = newGroups(by, aggregate.KeyOptions{Once: o.once}, o.aggs)
	err = o.kept.Each(ctx, func(b *batch.Batch) error {
		var keys []*batch.Column
		if o.row != "" {
			keys = append(keys, o.bin(o.rowBins, b.Column(o.row)))
		}
		if o.split != "" {
			keys = append(keys, o.seriesOf(b, rename))
		}
		_, of := g.add(b, keys)
		for len(rows) < g.keys.Len() {
			rows = append(rows, 0)
		}
		for _, n := range of {
			rows[n]++
		}
		return nil
	})
	return g, rows, err
}

func (o *charting) bin(bins *binning, c *batch.Column) *batch.Column {
	if bins == nil || c == nil || bins.span.IsZero() && !bins.numeric.known() {
		return c
	}
	one := batch.New(c.Len())
	one.Set(bins.from, c)
	return bins.run(one, bins.span, bins.numeric).Column(bins.from)
}

func (o *charting) seriesOf(b *batch.Batch, rename map[string]string) *batch.Column {
	c := b.Column(o.split)
	if o.splitBins != nil {
		c = o.bin(o.splitBins, c)
	}
	if c != nil && len(rename) > 0 {
		c = renamed(c, rename)
	}
	if o.series.useNull {
		c = filled(c, o.series.null, b.Len)
	}
	return c
}

// renamed is a column with some values replaced, those of multivalues too.
func renamed(c *batch.Column, to map[string]string) *batch.Column {
	return mapLists(c, func(list []string) []string {
		out := slices.Clone(list)
		for i, v := range out {
			if n, ok := to[v]; ok {
				out[i] = n
			}
		}
		return out
	})
}

// leftOver is the series that are not shown, with the name that they share. Nil
// when there are none. Without a shared name they go.
func (o *charting) leftOver(g *groups, rows []int64) map[string]string {
	if o.split == "" {
		return nil
	}
	last := g.keys.Columns(batch.AllRows(g.keys.Len()))[len(g.by)-1]
	index := map[string]int32{}
	var names []string
	var groups []int32
	var shown []int32 // groups that are not of null
	for i := range g.keys.Len() {
		n := last.Text(i)
		if n == o.series.null && o.series.useNull {
			continue
		}
		at, ok := index[n]
		if !ok {
			at = int32(len(names))
			index[n] = at
			names = append(names, n)
		}
		groups, shown = append(groups, at), append(shown, int32(i))
	}
	counts := make([]int64, len(shown))
	for i, n := range shown {
		counts[i] = rows[n]
	}
	out := map[string]string{}
	for i, keep := range o.series.choose(names, groups, o.scored(g, shown), counts) {
		if !keep {
			out[names[i]] = o.series.other
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// scored is the cells that series are scored by, nil for their rows.
func (o *charting) scored(g *groups, groups []int32) *batch.Column {
	columns := g.columns()
	if len(columns) == 0 || len(columns) > 1 && o.series.score == "" {
		return nil
	}
	return columns[0].values.Gather(groups)
}

// turn makes a row of each row value and a column of each aggregate and series.
func (o *charting) turn(g *groups, t *chartTable) *batch.Batch {
	t.place(o, g)
	out := batch.New(len(t.rows))
	if o.row != "" {
		out.Set(o.row, t.rowColumn(o))
	}
	columns := g.columns()
	several := 0
	lastEval := -1
	for _, c := range columns {
		if !hidden(c.name) || hiddenEval(c.name) != lastEval {
			several++
		}
		if hidden(c.name) {
			lastEval = hiddenEval(c.name)
		}
	}
	lastEval = -1
	for _, c := range columns {
		if hidden(c.name) {
			if n := hiddenEval(c.name); n != lastEval {
				lastEval = n
				o.setEval(out, t, columns, n, several > 1)
			}
			continue
		}
		for s, name := range t.series {
			o.set(out, c.name, name, several > 1, t.cells(c, s, o, t.span))
		}
	}
	return out
}

func (o *charting) set(out *batch.Batch, agg, series string, several bool, c *batch.Column) {
	name := agg
	if o.split != "" {
		name = o.series.column(agg, series, several)
	}
	if out.Column(name) == nil {
		out.Set(name, c)
	}
}

// setEval computes an expression of aggregates, series by series.
func (o *charting) setEval(out *batch.Batch, t *chartTable, columns []named, n int, several bool) {
	for s, name := range t.series {
		b := batch.New(len(t.rows))
		for _, c := range columns {
			if hidden(c.name) && hiddenEval(c.name) == n {
				b.Set(c.name, t.cells(c, s, o, t.span))
			}
		}
		if o.row != "" {
			b.Set(o.row, out.Column(o.row))
		}
		if o.split != "" && o.split != o.row {
			b.Set(o.split, batch.Constant(name, b.Len))
		}
		o.set(out, o.names[n], name, several, o.evals[n].Column(eval.Of(b), batch.AllRows(b.Len), b.Len))
	}
}
