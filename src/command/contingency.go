package command

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var contingencySpec = search.Spec{
	Name: "contingency", Kind: search.Transforming,
	Syntax:  "contingency [maxrows=N] [maxcols=N] [usetotal=<bool>] [totalstr=<text>] <row field> <column field>",
	Help:    "counts how often each value of one field comes with each of another, the most frequent first, with totals",
	Example: `| contingency action dest`,
	Bind:    bindContingency,
}

type contingency struct {
	shown
	row, column string
	rows, cols  int
	total       string // "" is none
}

func bindContingency(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	a.once(st.Fields)
	for _, name := range []string{"mincolcover", "minrowcover"} {
		a.unsupported(name, "maxcols= and maxrows= bound the table")
	}
	if len(st.Fields) != 2 {
		a.problem(st.NameSpan, "contingency takes two fields", "contingency action dest")
		return nil, a.problems
	}
	s := &contingency{shown{st}, st.Fields[0].Text, st.Fields[1].Text, a.number("maxrows", 0, 0), a.number("maxcols", 0, 0), a.text("totalstr", "TOTAL")}
	if !a.boolean("usetotal", true) {
		s.total = ""
	}
	return s, a.problems
}

func (s *contingency) Shape(in search.Schema) (search.Schema, diag.List) {
	return search.Schema{Fields: []string{s.row}, Ordered: true, Open: true, From: "contingency"}, in.Missing(s.st, "no row is counted", s.st.Fields...)
}

func (s *contingency) Needs([]string) []string { return []string{s.row, s.column} }

func (s *contingency) Order() search.Order { return search.OrderIgnored }

func (s *contingency) Open(search.World) (search.Operator, error) {
	return &contingent{s, aggregate.NewKeys(2, aggregate.KeyOptions{}), nil}, nil
}

type contingent struct {
	*contingency
	keys   *aggregate.Keys
	counts []int64
}

func (o *contingent) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	_, groups := o.keys.Group([]*batch.Column{in.Column(o.row), in.Column(o.column)}, batch.AllRows(in.Len))
	o.counts = append(o.counts, make([]int64, o.keys.Len()-len(o.counts))...)
	for _, g := range groups {
		o.counts[g]++
	}
	return nil
}

func (o *contingent) Finish(_ context.Context, emit func(*batch.Batch) error) error {
	n := o.keys.Len()
	if n == 0 {
		return nil
	}
	keys := o.keys.Columns(batch.AllRows(n))
	at := map[[2]string]int64{}
	rowSums, colSums := map[string]int64{}, map[string]int64{}
	for g := range n {
		r, c := keys[0].Text(g), keys[1].Text(g)
		at[[2]string{r, c}] = o.counts[g]
		rowSums[r] += o.counts[g]
		colSums[c] += o.counts[g]
	}
	rows, cols := byCount(rowSums, o.rows), byCount(colSums, o.cols)
	if len(cols) > maxSeriesColumns {
		return o.st.Problem(o.st.Fields[1].Span, `"`+o.column+`" makes more than 10,000 columns`, "maxcols=N takes the most frequent ones")
	}
	names := rows
	if o.total != "" {
		names = append(slices.Clone(rows), o.total)
	}
	out := batch.New(len(names))
	out.Set(o.row, batch.Texts(names...))
	totals := make([]int64, len(names))
	set := func(name string, counts []int64) {
		texts := make([]string, len(counts))
		for i, n := range counts {
			texts[i] = strconv.FormatInt(n, 10)
		}
		if out.Column(name) == nil {
			out.Set(name, batch.Texts(texts...))
		}
	}
	for _, c := range cols {
		counts := make([]int64, len(names))
		for i, r := range rows {
			counts[i] = at[[2]string{r, c}]
			totals[i] += counts[i]
			if o.total != "" {
				counts[len(rows)] += counts[i]
				totals[len(rows)] += counts[i]
			}
		}
		set(c, counts)
	}
	if o.total != "" {
		set(o.total, totals)
	}
	return emit(out)
}

// byCount is the names with the highest counts first, n of them; 0 is all.
func byCount(counts map[string]int64, n int) []string {
	var out []string
	for name := range counts {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int {
		if counts[a] != counts[b] {
			return int(counts[b] - counts[a])
		}
		return strings.Compare(a, b)
	})
	if n > 0 && n < len(out) {
		return out[:n]
	}
	return out
}
