package command

import (
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// perUnits are the aggregates of timechart alone: a sum by a unit of time.
var perUnits = map[string]float64{"per_second": 1, "per_minute": 60, "per_hour": 3600, "per_day": 86400}

// hidden names the aggregates of an eval: they are no columns.
func hidden(name string) bool { return strings.HasPrefix(name, "\x00") }

// hiddenEval is which eval a hidden aggregate belongs to.
func hiddenEval(name string) int {
	n, _, _ := strings.Cut(name[1:], ".")
	i, _ := strconv.Atoi(n)
	return i
}

// bindAggs binds the aggregates, and those within evals as hidden ones.
func (s *chart) bindAggs(a *arguments, c search.Context) {
	columns := map[string]bool{s.row: s.row != ""}
	for _, agg := range s.st.Aggs {
		name := agg.Column()
		if columns[name] {
			a.problem(agg.Span, `two aggregates make the field "`+name+`", or it is the row's`, "give one of them another name with AS")
		}
		columns[name] = true
		if agg.Func == "eval" {
			s.bindEval(a, agg, c)
			continue
		}
		if agg.Arg != nil && agg.Arg.Text == s.row && !s.timed {
			a.problem(agg.Span, `"`+s.row+`" is the row and cannot be aggregated too`, "copy the field first: eval copy='"+s.row+"'")
		}
		s.bindAgg(a, agg, c)
	}
}

func (s *chart) bindAgg(a *arguments, agg spl.Agg, c search.Context) {
	per := perUnits[agg.Func]
	if per > 0 && s.timed {
		agg.Func = "sum"
	}
	if b, ok := bindAgg(a, agg, c); ok {
		if per > 0 {
			b.per = per
		}
		s.aggs = append(s.aggs, b)
	}
}

// bindEval takes the aggregates out of an expression: eval(avg(x) / count()).
func (s *chart) bindEval(a *arguments, agg spl.Agg, c search.Context) {
	n := 0
	expr := rewrite(agg.Eval, func(x spl.Agg) string {
		name := "\x00" + strconv.Itoa(len(s.evals)) + "." + strconv.Itoa(n)
		n++
		x.As = &spl.Name{Text: name, Span: x.Span}
		s.bindAgg(a, x, c)
		return name
	})
	x, problems := eval.Compile(expr, s.st, c.Env())
	a.problems = append(a.problems, problems...)
	if x == nil {
		return
	}
	if n == 0 {
		a.problem(agg.Span, "an eval of "+s.st.Name+" needs an aggregate in it", "such as eval(avg(x) / count())")
	}
	for _, f := range x.Fields() {
		if !hidden(f) && f != s.row && f != s.split {
			a.problem(agg.Span, `only the row and the column can stand outside of aggregates here, not "`+f+`"`, "aggregate it: avg("+f+")")
		}
	}
	s.evals, s.names = append(s.evals, x), append(s.names, agg.Column())
}

// rewrite is the expression with each aggregate replaced by a field.
func rewrite(e spl.Expr, name func(spl.Agg) string) spl.Expr {
	switch e := e.(type) {
	case *spl.Field:
		if e.Name == "count" && !e.Quoted {
			return &spl.Field{Name: name(spl.Agg{Func: "count", Written: "count", Span: e.Span}), Span: e.Span}
		}
	case *spl.Call:
		if agg, ok := spl.AggregateCall(e); ok {
			if _, known := aggregate.Find(agg.Func); known || perUnits[agg.Func] > 0 {
				return &spl.Field{Name: name(agg), Span: e.Span}
			}
		}
		out := *e
		out.Args = rewriteAll(e.Args, name)
		return &out
	case *spl.Unary:
		return &spl.Unary{Op: e.Op, X: rewrite(e.X, name), Span: e.Span}
	case *spl.Binary:
		out := *e
		out.X, out.Y = rewrite(e.X, name), rewrite(e.Y, name)
		return &out
	case *spl.InList:
		return &spl.InList{X: rewrite(e.X, name), List: rewriteAll(e.List, name), Span: e.Span}
	}
	return e
}

func rewriteAll(list []spl.Expr, name func(spl.Agg) string) []spl.Expr {
	out := slices.Clone(list)
	for i := range out {
		out[i] = rewrite(out[i], name)
	}
	return out
}
