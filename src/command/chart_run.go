package command

import (
	"context"
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

// run counts all rows, chooses the series, counts those that are not shown again
// as one, and turns the result.
func (o *charting) run(ctx context.Context) (*batch.Batch, error) {
	span := o.binRows()
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
	return o.turn(g, span), nil
}

// binRows decides on the rows' bins, which may depend on all values, and gives the
// span of time.
func (o *charting) binRows() splunktime.Span {
	if o.rowBins == nil {
		return splunktime.Span{}
	}
	b := *o.rowBins
	if b.span.IsZero() && !b.numeric.known() {
		low, high, ok := o.valueRange()
		if ok && b.time {
			b.span = monthly(timeSpan(high-low, b.most, b.min))
		} else if ok {
			b.numeric = evenBins(numberSpan(low, high, b.most, b.min))
		}
	}
	b.span = b.aligned(b.span, o.world)
	run := *o.chart
	run.rowBins = &b
	o.chart = &run
	return b.span
}

// monthly: where bin takes 30 days timechart takes a month.
func monthly(s splunktime.Span) splunktime.Span {
	if s.String() == "30d" {
		s, _ = splunktime.ParseSpan("1mon")
	}
	return s
}

// valueRange is the range of the row's values: of timechart that of the search,
// where it has one.
func (o *charting) valueRange() (low, high float64, ok bool) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, b := range o.kept {
		if l, h, some := valueRange(b.Column(o.row)); some {
			low, high, ok = math.Min(low, l), math.Max(high, h), true
		}
	}
	if i := o.world.Info(); ok && o.timed && o.fixed {
		if i.Earliest != 0 {
			low = math.Min(low, i.Earliest.Seconds())
		}
		if i.Latest != 0 {
			high = math.Max(high, i.Latest.Seconds()-1e-6)
		}
	}
	if b := o.rowBins; ok && b.start != nil {
		low = math.Min(low, *b.start)
	}
	if b := o.rowBins; ok && b.end != nil {
		high = math.Max(high, *b.end)
	}
	return low, high, ok
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
	for _, b := range o.kept {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
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
	}
	return g, rows, nil
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
func (o *charting) turn(g *groups, span splunktime.Span) *batch.Batch {
	t := o.table(g, span)
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
			o.set(out, c.name, name, several > 1, t.cells(c, s, o, span))
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

// chartTable is where the groups' cells stand.
type chartTable struct {
	rows   []string
	series []string
	at     []int32 // the group of row r and series s at r*len(series)+s, plus one
	span   splunktime.Span
}

func (o *charting) table(g *groups, span splunktime.Span) *chartTable {
	n := g.keys.Len()
	keys := g.keys.Columns(batch.AllRows(n))
	text := func(i, group int) string {
		if i < 0 || i >= len(keys) {
			return ""
		}
		return keys[i].Text(group)
	}
	rowKey, seriesKey := -1, -1
	if o.row != "" {
		rowKey = 0
	}
	if o.split != "" {
		seriesKey = len(keys) - 1
	}
	t := &chartTable{span: span}
	for i := range n {
		s := text(seriesKey, i)
		if o.split == "" || s != o.series.other || o.series.useOther {
			t.series = append(t.series, s)
		}
		t.rows = append(t.rows, text(rowKey, i))
	}
	t.series = o.series.order(t.series)
	t.rows = o.rowOrder(t.rows, span)
	rowAt, seriesAt := indexOf(t.rows), indexOf(t.series)
	t.at = make([]int32, len(t.rows)*len(t.series))
	for i := range n {
		r, hasRow := rowAt[text(rowKey, i)]
		s, hasSeries := seriesAt[text(seriesKey, i)]
		if hasRow && hasSeries {
			t.at[r*len(t.series)+s] = int32(i + 1)
		}
	}
	return t
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
