package command

import (
	"context"
	"maps"
	"slices"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/search"
)

// streaming is streamstats at work.
type streaming struct {
	*streamstats
	world   search.World
	keys    *aggregate.Keys
	columns []*batch.Column
	plain   []*runner            // of each aggregate without wildcards
	wild    []map[string]*runner // of each with, by field
	using   []*runner            // those of this batch

	seq     int64           // of the row at hand
	windows []window        // one, or one a group where each has its own
	last    []int32         // the groups of the row before
	numbers map[int32]int32 // of the groups seen since the last reset, where there are resets
	local   []int32
	order   int // of _time: 1 up, -1 down, 0 not known yet
	at      event.Time
	atKnown bool
	timed   bool // a row with _time was seen
	full    bool // a time window was cut
}

// window is rows in the order they came in.
type window struct {
	members []member
	rows    int
}

// member is a row in the window, in one of its groups.
type member struct {
	seq   int64
	group int32
	at    event.Time
}

// runner is one function of one field at work. It knows no rows from before born.
type runner struct {
	aggregate.Running
	agg   *boundAgg
	name  string
	field string
	born  int64
}

func newStreaming(s *streamstats, w search.World) *streaming {
	o := &streaming{
		streamstats: s, world: w, keys: aggregate.NewKeys(len(s.by), aggregate.KeyOptions{}), columns: make([]*batch.Column, len(s.by)),
		plain: make([]*runner, len(s.aggs)), wild: make([]map[string]*runner, len(s.aggs)),
	}
	if s.onChange || s.before != nil || s.after != nil {
		o.numbers = map[int32]int32{}
	}
	for i := range s.aggs {
		if b := &s.aggs[i]; search.Wild(b.field) {
			o.wild[i] = map[string]*runner{}
		} else {
			o.plain[i] = o.runner(b, b.column, b.field)
		}
	}
	return o
}

func (o *streaming) runner(b *boundAgg, name, field string) *runner {
	options := b.options
	options.NoField = options.NoField && !b.truth
	r, _ := b.fn.Running(options, o.moving())
	return &runner{Running: r, agg: b, name: name, field: field, born: o.seq}
}

// moving tells whether rows leave one by one.
func (o *streaming) moving() bool { return o.window > 0 || o.timeWindow > 0 }

func (o *streaming) Push(ctx context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	for i, n := range o.by {
		o.columns[i] = in.Column(n)
	}
	rows, groups := o.keys.Group(o.columns, batch.AllRows(in.Len))
	o.start(in)
	before := o.chosen(o.before, in)
	var after []bool
	if !o.afterMade {
		after = o.chosen(o.after, in)
	}
	times := in.Column("_time")
	var done []int32
	for i := 0; i < len(rows); {
		r := int(rows[i])
		if r%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		end := i + 1
		for end < len(rows) && rows[end] == rows[i] {
			end++
		}
		ok, err := o.time(times, r)
		if err != nil {
			return err
		}
		if ok {
			o.row(r, groups[i:end], before != nil && before[r])
			done = append(done, rows[i])
			if after != nil && after[r] || o.afterMade && o.resetsAfter(in, r) {
				o.reset()
			}
		}
		i = end
	}
	return emit(o.end(in, done))
}

// start gives the runners the batch's columns.
func (o *streaming) start(in *batch.Batch) {
	o.using = o.using[:0]
	for i := range o.aggs {
		if o.wild[i] == nil {
			o.using = append(o.using, o.plain[i])
			continue
		}
		for _, p := range o.aggs[i].matching(in.Names, o.by) {
			if o.wild[i][p.from] == nil {
				o.wild[i][p.from] = o.runner(&o.aggs[i], p.to, p.from)
			}
		}
		for _, f := range slices.Sorted(maps.Keys(o.wild[i])) {
			o.using = append(o.using, o.wild[i][f])
		}
	}
	times := in.Column("_time")
	o.timed = o.timed || times != nil
	for _, r := range o.using {
		switch {
		case r.agg.truth:
			r.Start(truths(r.agg.expr, in), times, in.Len)
		case r.agg.expr != nil:
			r.Start(r.agg.expr.Column(eval.Of(in), batch.AllRows(in.Len), in.Len), times, in.Len)
		default:
			r.Start(in.Column(r.field), times, in.Len)
		}
	}
}

// truths is a column with a value in the rows for which an expression is true.
func truths(x *eval.Expr, in *batch.Batch) *batch.Column {
	out := batch.Nulls(in.Len)
	yes := out.Dict.Add("true")
	for _, r := range x.Select(eval.Of(in), batch.AllRows(in.Len)) {
		out.Codes[r] = yes
	}
	return out
}

func (o *streaming) chosen(x *eval.Expr, in *batch.Batch) []bool {
	if x == nil {
		return nil
	}
	out := make([]bool, in.Len)
	for _, r := range x.Select(eval.Of(in), batch.AllRows(in.Len)) {
		out[r] = true
	}
	return out
}

// time checks that rows come in order of time, where that matters; false is a row
// without one.
func (o *streaming) time(times *batch.Column, row int) (bool, error) {
	if o.timeWindow == 0 {
		return true, nil
	}
	if times == nil {
		return false, nil
	}
	t, ok := times.Time(row)
	if !ok {
		return false, nil
	}
	if o.atKnown && t != o.at {
		order := 1
		if t < o.at {
			order = -1
		}
		if o.order == -order {
			return false, o.st.Problem(o.st.NameSpan, "streamstats with time_window= needs rows in order of _time", "sort them before: | sort 0 _time")
		}
		o.order = order
	}
	o.at, o.atKnown = t, true
	return true, nil
}

// row takes a row in, lets old ones out and gives it its results.
func (o *streaming) row(r int, groups []int32, reset bool) {
	if reset || o.onChange && o.last != nil && !slices.Equal(o.last, groups) {
		o.reset()
	}
	if o.onChange {
		o.last = append(o.last[:0], groups...)
	}
	groups = o.since(groups)
	if !o.current {
		o.put(r, groups[0])
	}
	for _, g := range groups {
		for _, f := range o.using {
			f.Add(g, r)
		}
		if o.moving() {
			o.enter(g)
		}
	}
	o.seq++
	if o.current {
		o.put(r, groups[0])
	}
}

// since numbers groups from the last reset on, so that a reset costs no more than
// the groups that it forgets.
func (o *streaming) since(groups []int32) []int32 {
	if o.numbers == nil {
		return groups
	}
	o.local = o.local[:0]
	for _, g := range groups {
		n, ok := o.numbers[g]
		if !ok {
			n = int32(len(o.numbers))
			o.numbers[g] = n
		}
		o.local = append(o.local, n)
	}
	return o.local
}

func (o *streaming) put(r int, group int32) {
	for _, f := range o.using {
		f.Put(group, r)
	}
}

// enter puts the row into a window and lets others out.
func (o *streaming) enter(g int32) {
	at := 0
	if !o.global {
		at = int(g)
	}
	for len(o.windows) <= at {
		o.windows = append(o.windows, window{})
	}
	w := &o.windows[at]
	if n := len(w.members); n == 0 || w.members[n-1].seq != o.seq {
		w.rows++
	}
	w.members = append(w.members, member{o.seq, g, o.at})
	for o.window > 0 && w.rows > o.window || o.timeWindow > 0 && o.age(w.members[0]) >= o.timeWindow {
		o.leave(w)
	}
	for w.rows > o.most {
		o.full = true
		o.leave(w)
	}
}

func (o *streaming) age(m member) event.Time { return max(o.at-m.at, m.at-o.at) }

// leave lets the oldest member of a window out.
func (o *streaming) leave(w *window) {
	m := w.members[0]
	if w.members = w.members[1:]; len(w.members) == 0 || w.members[0].seq != m.seq {
		w.rows--
	}
	o.each(func(f *runner) {
		if m.seq >= f.born {
			f.Drop(m.group)
		}
	})
}

func (o *streaming) reset() {
	o.each(func(f *runner) { f.Reset() })
	o.windows = o.windows[:0]
	clear(o.numbers)
}

// each calls f with every runner.
func (o *streaming) each(f func(*runner)) {
	for i := range o.aggs {
		if o.plain[i] != nil {
			f(o.plain[i])
		}
		for _, r := range o.wild[i] {
			f(r)
		}
	}
}

// resetsAfter tells whether the row, with its results, resets all.
func (o *streaming) resetsAfter(in *batch.Batch, row int) bool {
	return o.after.Eval(func(i int) eval.Value {
		name := o.after.Fields()[i]
		for _, f := range o.using {
			if f.name == name {
				return eval.FieldValues(f.Cell(row))
			}
		}
		if c := in.Column(name); c != nil {
			return eval.FieldValues(c.Values(row))
		}
		return eval.Value{}
	}).IsTrue()
}

// end is the batch with the results, in the rows done.
func (o *streaming) end(in *batch.Batch, done []int32) *batch.Batch {
	out := in
	for _, f := range o.using {
		c := f.End()
		if old := in.Column(f.name); old != nil && len(done) < in.Len {
			c = overlay(old, c, done, in.Len)
		}
		out = out.With(f.name, c)
	}
	return out
}

func (o *streaming) Finish(context.Context, func(*batch.Batch) error) error {
	warn := func(m diag.Message) {
		m.Severity = diag.Warning
		o.world.Warn(m)
	}
	if o.full {
		warn(o.st.Problem(o.st.NameSpan, "the time window of streamstats held more than "+thousands(o.most)+" rows: the oldest were left out", "a shorter time_window= holds fewer"))
	}
	o.each(func(f *runner) {
		if l, ok := f.Running.(interface{ Limited() bool }); ok && l.Limited() {
			warn(o.st.Problem(f.agg.tree.Span, f.name+" keeps the first values only: its limit is reached", "window= bounds what rows look back on"))
		}
		if f.agg.fn.Time && o.seq > 0 && !o.timed {
			warn(o.st.Problem(f.agg.tree.Span, f.agg.fn.Name+" needs _time, which no row has", "rows count in the order they come, newest first"))
		}
	})
	return nil
}
