package command

import (
	"slices"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// boundAgg is one aggregate, checked: a function of a field, of an expression, or
// of rows. With wildcards it stands for one function of each field that matches.
type boundAgg struct {
	fn      aggregate.Func
	options aggregate.Options
	column  string // its name; a pattern when field is one
	field   string // "" for an expression and for rows
	expr    *eval.Expr
	truth   bool // the expression says which rows count
	tree    spl.Agg
}

func bindAggs(a *arguments, c search.Context) []boundAgg {
	var out []boundAgg
	columns := map[string]bool{}
	by := names(a.st.By)
	for _, agg := range a.st.Aggs {
		b, ok := bindAgg(a, agg, c)
		if !ok {
			continue
		}
		switch {
		case columns[b.column]:
			a.problem(agg.Span, `two aggregates make the field "`+b.column+`"`, "give one of them another name with AS")
		case slices.Contains(by, b.column):
			a.problem(agg.Span, `the field "`+b.column+`" is also a BY field`, "give the aggregate another name with AS")
		}
		columns[b.column] = true
		out = append(out, b)
	}
	return out
}

func bindAgg(a *arguments, agg spl.Agg, c search.Context) (b boundAgg, ok bool) {
	fn, known := aggregate.Find(agg.Func)
	if !known {
		text, hint := `unknown aggregate function "`+agg.Func+`"`, diag.DidYouMean(agg.Func, aggregate.Names())
		if reason, refused := aggregate.Refused(agg.Func); refused {
			text, hint = `aggregate function "`+agg.Func+`" cannot run here: `+reason, ""
		}
		a.problem(agg.Span, text, hint)
		return b, false
	}
	env := c.Env()
	b = boundAgg{fn: fn, column: agg.Column(), tree: agg, options: aggregate.Options{
		Percent: agg.Percent, List: c.Limits().List, AllNum: a.boolean("allnum", false), NearestRank: env.Rules.PercNearestRank,
	}}
	switch {
	case agg.Eval != nil:
		return b, b.bindEval(a, agg, env)
	case agg.Arg != nil:
		b.field = agg.Arg.Text
		if strings.Count(b.field, "*") != strings.Count(b.column, "*") {
			a.problem(agg.Span, `"`+b.field+`" and "`+b.column+`" must have the same number of wildcards`, "")
			return b, false
		}
	case !fn.Rows:
		a.problem(agg.Span, fn.Name+" needs a field", "")
		return b, false
	}
	b.options.NoField = agg.Arg == nil
	return b, true
}

func (b *boundAgg) bindEval(a *arguments, agg spl.Agg, env eval.Env) bool {
	x, problems := eval.Compile(agg.Eval, a.st, env)
	a.problems = append(a.problems, problems...)
	if x == nil {
		return false
	}
	if agg.As == nil {
		a.problem(agg.Span, "an aggregate of an expression needs a name: "+agg.Func+"(eval(...)) AS name", "")
		return false
	}
	b.expr = x
	b.truth = x.Boolean() && b.fn.Rows
	b.options.NoField = b.truth
	return true
}

// reads is the fields that the aggregate reads, with their places.
func (b *boundAgg) reads() []spl.Name {
	switch {
	case b.expr != nil:
		return expressionFields(b.tree.Eval)
	case b.field != "":
		return []spl.Name{*b.tree.Arg}
	}
	return nil
}

// readsOf is the fields that aggregates need of their input.
func readsOf(aggs []boundAgg) []string {
	var out []string
	for _, b := range aggs {
		if b.expr != nil {
			out = append(out, b.expr.Fields()...)
		}
		if b.field != "" {
			out = append(out, b.field)
		}
		if b.fn.Time {
			out = append(out, "_time")
		}
	}
	return out
}

// wantedAggs leaves out aggregates whose fields nobody reads.
func wantedAggs(aggs []boundAgg, want []string) []boundAgg {
	var out []boundAgg
	for _, b := range aggs {
		if search.Wild(b.column) || search.MatchAny(want, b.column) {
			out = append(out, b)
		}
	}
	return out
}

// columnsOf is the aggregates' fields, wildcards standing for those of have.
func columnsOf(aggs []boundAgg, have, by []string) []string {
	var out []string
	for _, b := range aggs {
		if !search.Wild(b.field) {
			out = append(out, b.column)
			continue
		}
		for _, p := range b.matching(have, by) {
			out = append(out, p.to)
		}
	}
	return out
}

// matching is the fields that a pattern stands for, in byte order, and their
// columns' names. BY fields and internal ones are left out.
func (b *boundAgg) matching(have, by []string) []pair {
	var out []pair
	for _, n := range slices.Sorted(slices.Values(have)) {
		if slices.Contains(by, n) || internal(n) || !search.Match(b.field, n) {
			continue
		}
		if parts, ok := search.Capture(b.field, n); ok {
			out = append(out, pair{n, search.Fill(b.column, parts)})
		}
	}
	return out
}

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
// a span is not the batch's own.
func (g *groups) add(b *batch.Batch, keys []*batch.Column) {
	rows, of := g.keys.Group(keys, batch.AllRows(b.Len))
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
}

func (g *groups) addWild(i int, b *batch.Batch, in aggregate.Rows) {
	agg := &g.aggs[i]
	for _, p := range agg.matching(b.Names, g.by) {
		acc := g.wild[i][p.from]
		if acc == nil {
			acc = agg.fn.New(agg.options)
			g.wild[i][p.from] = acc
		}
		acc.Add(b.Column(p.from), in)
	}
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
	for i, b := range g.aggs {
		if g.wild[i] == nil {
			out.Set(b.column, g.plain[i].Column(n).Gather(order))
			continue
		}
		var have []string
		for f := range g.wild[i] {
			have = append(have, f)
		}
		for _, p := range b.matching(have, g.by) {
			if out.Column(p.to) == nil {
				out.Set(p.to, g.wild[i][p.from].Column(n).Gather(order))
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
