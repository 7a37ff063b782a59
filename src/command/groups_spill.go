package command

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spill"
	"riskreplay/src/spl"
)

// bounded is groups that take no more than the search's memory. When they are too
// many, those that are there go on in memory, and the rows of all others go to disk,
// dealt out by their BY values to parts, which are grouped one after the other at the
// end. A group's rows are thus all in one place, in the order they came.
type bounded struct {
	*groups
	st      *spl.Stage
	world   search.World
	options aggregate.KeyOptions
	byBytes bool
	account *spill.Account
	level   int
	parts   *spill.Partitions // nil while all groups are in memory
}

func newBounded(st *spl.Stage, w search.World, by []string, o aggregate.KeyOptions, aggs []boundAgg, byBytes bool) *bounded {
	return &bounded{newGroups(by, o, aggs), st, w, o, byBytes, w.Memory().Account(), 0, nil}
}

// maxLevel is how often a part may be dealt out again.
const maxLevel = 12

// add is groups.add.
func (g *bounded) add(b *batch.Batch, keys []*batch.Column) error {
	if g.parts == nil {
		g.groups.add(b, keys)
		g.look()
		return nil
	}
	return g.feed(g.layout(b, keys))
}

// look goes over to disk when the groups take too much.
func (g *bounded) look() {
	if g.account.Hold(g.groups.size()) && len(g.by) > 0 && g.level < maxLevel && !slices.ContainsFunc(g.aggs, sharesRange) {
		g.parts = g.world.Memory().Partitions(g.level, keyNamesOf(g.by)...)
	}
}

// sharesRange tells of an aggregate that depends on the rows of other groups too.
func sharesRange(b boundAgg) bool { return b.tree.Of != nil }

// size is about how many bytes the groups take, with those that their results will.
func (g *groups) size() int64 {
	n := g.keys.Len()
	size := g.keys.Size()
	for i := range g.aggs {
		if g.wild[i] == nil {
			size += aggregate.Size(g.plain[i], n)
		}
		for _, acc := range g.wild[i] {
			size += aggregate.Size(acc, n)
		}
	}
	return size + size/2
}

// The names of columns on disk: BY values, what aggregates read, and fields that a
// wildcard stands for.
func keyColumn(i int) string { return "b" + strconv.Itoa(i) }
func argColumn(i int) string { return "a" + strconv.Itoa(i) }

const wildColumn = "w:"

func keyNamesOf(by []string) []string {
	out := make([]string, len(by))
	for i := range by {
		out[i] = keyColumn(i)
	}
	return out
}

// layout is a batch's rows as they lie on disk: with the values that are grouped and
// aggregated and no others. What aggregates read was computed.
func (g *groups) layout(b *batch.Batch, keys []*batch.Column) *batch.Batch {
	out := batch.New(b.Len)
	set := func(name string, c *batch.Column) {
		if c != nil {
			out.Set(name, c)
		}
	}
	for i, c := range keys {
		set(keyColumn(i), c)
	}
	var wild []string
	for i := range g.aggs {
		agg := &g.aggs[i]
		switch {
		case g.wild[i] != nil:
			for _, p := range agg.matching(b.Names, g.by) {
				wild = append(wild, p.from)
			}
		case agg.truth:
			set(argColumn(i), marked(agg.expr.Select(eval.Of(b), batch.AllRows(b.Len)), b.Len))
		case agg.expr != nil:
			set(argColumn(i), agg.expr.Column(eval.Of(b), batch.AllRows(b.Len), b.Len))
		default:
			set(argColumn(i), b.Column(agg.field))
		}
	}
	slices.Sort(wild)
	for _, n := range slices.Compact(wild) {
		set(wildColumn+n, b.Column(n))
	}
	set("_time", b.Column("_time"))
	return out
}

// marked is a column that has a value in some rows.
func marked(rows []int32, n int) *batch.Column {
	c := batch.Nulls(n)
	yes := c.Dict.Add("1")
	for _, r := range rows {
		c.Codes[r] = yes
	}
	return c
}

// feed takes rows as they lie on disk.
func (g *bounded) feed(l *batch.Batch) error {
	keys := make([]*batch.Column, len(g.by))
	for i := range keys {
		keys[i] = l.Column(keyColumn(i))
	}
	all := batch.AllRows(l.Len)
	var rows, of []int32
	var others aggregate.Others
	if g.parts == nil {
		rows, of = g.keys.Group(keys, all)
	} else {
		rows, of, others = g.keys.Known(keys, all)
	}
	g.aggregate(l, aggregate.Rows{Rows: rows, Groups: of, N: g.keys.Len(), Time: l.Column("_time")})
	if g.parts == nil {
		g.look()
		return nil
	}
	g.account.Hold(g.groups.size())
	if len(others.Rows) == 0 {
		return nil
	}
	out := l.Gather(others.Rows)
	for i, c := range others.Keys {
		out = out.With(keyColumn(i), c)
	}
	return g.parts.Add(out)
}

// aggregate feeds the aggregates with rows as they lie on disk.
func (g *groups) aggregate(l *batch.Batch, in aggregate.Rows) {
	g.timed = g.timed || in.Time != nil
	g.rows = g.rows || l.Len > 0
	var names []string
	for _, n := range l.Names {
		if field, ok := strings.CutPrefix(n, wildColumn); ok {
			names = append(names, field)
		}
	}
	for i := range g.aggs {
		agg := &g.aggs[i]
		c := l.Column(argColumn(i))
		switch {
		case g.wild[i] != nil:
			for _, p := range agg.matching(names, g.by) {
				g.wildOf(i, p.from).Add(l.Column(wildColumn+p.from), in)
			}
		case agg.truth:
			g.plain[i].Add(nil, g.only(valued(c), l.Len, in))
		default:
			g.plain[i].Add(c, in)
		}
	}
}

// valued is the rows in which a column has a value.
func valued(c *batch.Column) []int32 {
	var out []int32
	if c != nil {
		for r := range int32(c.Len()) {
			if !c.IsNull(int(r)) {
				out = append(out, r)
			}
		}
	}
	return out
}

// finish emits the groups, ordered by the BY fields, and tells what may surprise.
func (g *bounded) finish(ctx context.Context, emit func(*batch.Batch) error) error {
	if g.parts == nil {
		g.warnings(g.st, g.world)
		out := g.result(g.byBytes)
		g.account.Release()
		if out.Len == 0 {
			return nil
		}
		return emit(out)
	}
	var done []*spill.Run
	if err := g.drain(ctx, &done); err != nil {
		return err
	}
	return spill.Merge(ctx, done, groupOrder(g.by, g.byBytes), emit)
}

// drain writes the groups, ordered, to a run, and those of each part to others.
func (g *bounded) drain(ctx context.Context, done *[]*spill.Run) error {
	g.warnings(g.st, g.world)
	run := g.world.Memory().Run()
	if err := run.Append(g.result(g.byBytes)); err != nil {
		return err
	}
	*done = append(*done, run)
	names := make([][]string, len(g.aggs))
	for i, w := range g.wild {
		for n := range w {
			names[i] = append(names[i], n)
		}
	}
	level, timed := g.level+1, g.timed
	parts := g.parts
	g.keys, g.plain, g.wild = nil, nil, nil
	g.account.Release()
	if parts == nil {
		return nil
	}
	runs, err := parts.Parts()
	for _, part := range runs {
		if err != nil || part.Len() == 0 {
			continue
		}
		err = g.part(ctx, part, level, timed, names, done)
	}
	return err
}

// part groups the rows of one part. It has a column for every field that a wildcard
// stood for in any.
func (g *bounded) part(ctx context.Context, rows *spill.Run, level int, timed bool, names [][]string, done *[]*spill.Run) error {
	sub := &bounded{nil, g.st, g.world, g.options, g.byBytes, g.account, level, nil}
	sub.groups = newGroups(g.by, g.options, g.aggs)
	sub.timed = timed
	for i, list := range names {
		for _, n := range list {
			sub.wildOf(i, n)
		}
	}
	if err := rows.Each(ctx, sub.feed); err != nil {
		return err
	}
	return sub.drain(ctx, done)
}

// groupOrder is the order of groups (rule 2.12): null last.
func groupOrder(by []string, byBytes bool) spill.By[[]*batch.Column] {
	compare := aggregate.Natural
	if byBytes {
		compare = strings.Compare
	}
	return spill.By[[]*batch.Column]{
		Keys: func(b *batch.Batch) []*batch.Column {
			out := make([]*batch.Column, len(by))
			for i, n := range by {
				out[i] = b.Column(n)
			}
			return out
		},
		Compare: func(a []*batch.Column, i int32, b []*batch.Column, j int32) int {
			for k := range a {
				x, y := a[k].IsNull(int(i)), b[k].IsNull(int(j))
				d := boolCompare(x, y)
				if !x && !y {
					d = compare(a[k].Text(int(i)), b[k].Text(int(j)))
				}
				if d != 0 {
					return d
				}
			}
			return 0
		},
	}
}
