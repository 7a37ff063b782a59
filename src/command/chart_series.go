package command

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// seriesRule says which values of the column field become columns, and what the
// columns are called.
type seriesRule struct {
	useNull, useOther bool
	null, other       string
	sep, format       string
	score             string // the aggregate over a series' cells; "" is the sum, or rows where there are several aggregates
	percent           float64
	best              int     // the number kept, 0 is all
	lowest            bool    // those with the lowest score
	without           bool    // all but those
	below, above      bool    // those whose score is below or above the limit
	limit             float64 //
}

func bindSeries(a *arguments) seriesRule {
	r := seriesRule{
		useNull: a.boolean("usenull", true), useOther: a.boolean("useother", true), null: a.text("nullstr", "NULL"), other: a.text("otherstr", "OTHER"),
		sep: a.text("sep", ": "), format: a.text("format", ""), best: 10,
	}
	if v, ok := a.option("limit"); ok {
		n, lowest, ok := ranked(v.Text)
		if !ok {
			a.problem(v.Span, `cannot read the limit "`+v.Text+`"`, "it is a number, topN or bottomN; 0 is all")
		}
		r.best, r.lowest = n, lowest
	}
	clause := a.st.Clause("where")
	if v, ok := a.option("agg"); ok && clause == nil {
		r.score, r.percent = a.scoreOf(v)
	}
	if clause != nil {
		r.score, r.percent = clause.Aggs[0].Func, clause.Aggs[0].Percent
		if _, ok := aggregate.Find(r.score); !ok {
			a.problem(clause.Aggs[0].Span, "series cannot be chosen by "+r.score, "use sum, max, min, avg or count")
		}
		op, v := clause.Values[0].Text, clause.Values[1]
		var ok bool
		if op == "in" || op == "notin" {
			r.best, r.lowest, ok = ranked(v.Text)
			r.without = op == "notin"
		} else {
			var err error
			r.limit, err = strconv.ParseFloat(v.Text, 64)
			r.below, r.above, ok = op == "<", op == ">", err == nil
		}
		if !ok {
			a.problem(v.Span, `cannot read "`+v.Text+`"`, "series are chosen by: sum in top5, max in bottom3, avg > 100")
		}
	}
	return r
}

// scoreOf reads agg=, the aggregate by which limit= chooses series: max or max(n);
// what stands in the parentheses has no say, as in the where clause.
func (a *arguments) scoreOf(v spl.Value) (name string, percent float64) {
	src, _ := spl.Expand(&diag.Text{Name: "agg", Body: v.Text}, nil)
	e, problems := spl.ParseExpr(src)
	call, ok := e.(*spl.Call)
	if f, field := e.(*spl.Field); field {
		call, ok = &spl.Call{Name: strings.ToLower(f.Name)}, true
	}
	if ok && !problems.HasErrors() {
		agg, _ := spl.AggregateCall(call)
		if _, known := aggregate.Find(agg.Func); known {
			return agg.Func, agg.Percent
		}
	}
	a.problem(v.Span, `series cannot be chosen by "`+v.Text+`"`, "use sum, max, min, avg or count")
	return "", 0
}

// ranked reads 10, top10 and bottom10.
func ranked(text string) (n int, lowest, ok bool) {
	text = strings.ToLower(text)
	digits := strings.TrimPrefix(text, "top")
	if rest, is := strings.CutPrefix(text, "bottom"); is {
		digits, lowest = rest, true
	}
	n, err := strconv.Atoi(digits)
	return n, lowest, err == nil && n >= 0
}

// choose tells of each series whether it is kept. value is a cell a group, of the
// group's series; rows is how many rows each group has.
func (r *seriesRule) choose(names []string, group []int32, value *batch.Column, rows []int64) []bool {
	scores := r.scores(len(names), group, value, rows)
	keep := make([]bool, len(names))
	if r.below || r.above {
		for i, x := range scores {
			keep[i] = r.below && x < r.limit || r.above && x > r.limit
		}
		return keep
	}
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
		keep[i] = r.best == 0 || r.without
	}
	if r.best == 0 {
		return keep
	}
	slices.SortFunc(order, func(x, y int) int {
		d := cmp.Compare(scores[y], scores[x])
		if r.lowest {
			d = -d
		}
		return cmp.Or(d, strings.Compare(names[x], names[y]))
	})
	for _, i := range order[:min(r.best, len(order))] {
		keep[i] = !r.without
	}
	return keep
}

func (r *seriesRule) scores(n int, group []int32, value *batch.Column, rows []int64) []float64 {
	out := make([]float64, n)
	if value == nil {
		for i, g := range group {
			out[g] += float64(rows[i])
		}
		return out
	}
	fn, _ := aggregate.Find(cmp.Or(r.score, "sum"))
	acc := fn.New(aggregate.Options{Percent: r.percent})
	acc.Add(value, aggregate.Rows{Rows: batch.AllRows(len(group)), Groups: group, N: n})
	c := acc.Column(n)
	for i := range out {
		out[i], _ = c.Num(i)
	}
	return out
}

// column is what a series of an aggregate is called: by its value, or with the
// aggregate's name before it where there are several.
func (r *seriesRule) column(agg, value string, several bool) string {
	if value == "" || strings.HasPrefix(value, "_") {
		value = "VALUE" + value
	}
	switch {
	case !several:
		return value
	case r.format != "":
		return strings.NewReplacer("$AGG$", agg, "$VAL$", value, "$agg$", agg, "$val$", value).Replace(r.format)
	}
	return agg + r.sep + value
}

// order is the series as their columns stand: in natural order, then what is left
// over, then null.
func (r *seriesRule) order(names []string) []string {
	last := func(n string) int {
		switch n {
		case r.null:
			return 2
		case r.other:
			return 1
		}
		return 0
	}
	out := slices.Clone(names)
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(last(a), last(b)), aggregate.Natural(a, b)) })
	return slices.Compact(out)
}
