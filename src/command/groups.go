package command

import (
	"maps"
	"slices"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// groups is aggregates at work on rows grouped by fields.
type groups struct {
	by    []string
	keys  *aggregate.Keys
	aggs  []boundAgg
	plain []aggregate.Accumulator            // of each aggregate without wildcards
	wild  []map[string]aggregate.Accumulator // of each with, by field
	timed bool                               // a row with _time was seen
	rows  bool                               // a row was seen
	marks []bool
}

func newGroups(by []string, o aggregate.KeyOptions, aggs []boundAgg) *groups {
	g := &groups{
		by: by, keys: aggregate.NewKeys(len(by), o), aggs: aggs,
		plain: make([]aggregate.Accumulator, len(aggs)), wild: make([]map[string]aggregate.Accumulator, len(aggs)),
	}
	for i, b := range aggs {
		if search.Wild(b.field) {
			g.wild[i] = map[string]aggregate.Accumulator{}
		} else {
			g.plain[i] = b.fn.New(b.options)
		}
	}
	return g
}

// add feeds a batch. keys are the columns of the BY fields, which for a time with
// a span is not the batch's own. It gives the rows that belong to a group and the
// group of each, valid until the next call.
func (g *groups) add(b *batch.Batch, keys []*batch.Column) (rows, of []int32) {
	rows, of = g.keys.Group(keys, batch.AllRows(b.Len))
	in := aggregate.Rows{Rows: rows, Groups: of, N: g.keys.Len(), Time: b.Column("_time")}
	g.timed = g.timed || in.Time != nil
	g.rows = g.rows || b.Len > 0
	for i := range g.aggs {
		agg := &g.aggs[i]
		switch {
		case g.wild[i] != nil:
			g.addWild(i, b, in)
		case agg.truth:
			g.plain[i].Add(nil, g.only(agg.expr.Select(eval.Of(b), batch.AllRows(b.Len)), b.Len, in))
		case agg.expr != nil:
			g.plain[i].Add(agg.expr.Column(eval.Of(b), batch.AllRows(b.Len), b.Len), in)
		default:
			g.plain[i].Add(b.Column(agg.field), in)
		}
	}
	return rows, of
}

func (g *groups) addWild(i int, b *batch.Batch, in aggregate.Rows) {
	agg := &g.aggs[i]
	for _, p := range agg.matching(b.Names, g.by) {
		g.wildOf(i, p.from).Add(b.Column(p.from), in)
	}
}

// wildOf is the accumulator of a field that an aggregate's wildcard stands for.
func (g *groups) wildOf(i int, field string) aggregate.Accumulator {
	acc := g.wild[i][field]
	if acc == nil {
		acc = g.aggs[i].fn.New(g.aggs[i].options)
		g.wild[i][field] = acc
	}
	return acc
}

// only is the rows that were chosen.
func (g *groups) only(chosen []int32, n int, in aggregate.Rows) aggregate.Rows {
	g.marks = append(g.marks[:0], make([]bool, n)...)
	for _, r := range chosen {
		g.marks[r] = true
	}
	out := aggregate.Rows{N: in.N, Time: in.Time}
	for i, r := range in.Rows {
		if g.marks[r] {
			out.Rows, out.Groups = append(out.Rows, r), append(out.Groups, in.Groups[i])
		}
	}
	return out
}

// result is one row a group, ordered by the BY fields.
func (g *groups) result(byBytes bool) *batch.Batch {
	n := g.keys.Len()
	order := g.keys.Sorted(byBytes)
	out := batch.New(n)
	for i, c := range g.keys.Columns(order) {
		out.Set(g.by[i], c)
	}
	for _, c := range g.columns() {
		out.Set(c.name, c.values.Gather(order))
	}
	return out
}

// named is a column and its name, and the aggregate that made it.
type named struct {
	name   string
	values *batch.Column
	agg    *boundAgg
}

// columns are the aggregates' results, one cell a group, under their names.
func (g *groups) columns() []named {
	n := g.keys.Len()
	var out []named
	for i, b := range g.aggs {
		if g.wild[i] == nil {
			out = append(out, named{b.column, g.plain[i].Column(n), &g.aggs[i]})
			continue
		}
		for _, p := range b.matching(slices.Sorted(maps.Keys(g.wild[i])), g.by) {
			if !slices.ContainsFunc(out, func(c named) bool { return c.name == p.to }) {
				out = append(out, named{p.to, g.wild[i][p.from].Column(n), &g.aggs[i]})
			}
		}
	}
	return out
}

// warnings tells what may surprise about a result.
func (g *groups) warnings(st *spl.Stage, w search.World) {
	warn := func(sp spl.Span, text, hint string) {
		m := st.Problem(sp, text, hint)
		m.Severity = diag.Warning
		w.Warn(m)
	}
	for i, b := range g.aggs {
		if b.fn.Time && g.rows && !g.timed {
			warn(b.tree.Span, b.fn.Name+" needs _time, which no row has", "rows count in the order they come, newest first")
		}
		accs := []aggregate.Accumulator{g.plain[i]}
		for _, acc := range g.wild[i] {
			accs = append(accs, acc)
		}
		for _, acc := range accs {
			if l, ok := acc.(aggregate.Limited); ok && l.Limited() {
				warn(b.tree.Span, b.column+" keeps the first values only: its limit is reached", "values() has no limit")
			}
		}
	}
}
