package command

import (
	"slices"

	"riskreplay/src/aggregate"
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
	truth   bool    // the expression says which rows count
	per     float64 // seconds of the unit that a sum is given by (timechart)
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
	if agg.Func == "sparkline" && agg.Of == nil && agg.Arg == nil {
		agg.Of = &spl.Agg{Func: "count", Written: "count", Span: agg.Span} // alone it draws count
	}
	if agg.Of != nil {
		return bindSparkline(a, agg, c)
	}
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
	case b.field != "" && b.tree.Of != nil:
		return []spl.Name{*b.tree.Of.Arg}
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
