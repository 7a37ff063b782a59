package command

import (
	"context"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spill"
	"riskreplay/src/spl"
)

var chartSpec = search.Spec{
	Name: "chart", Kind: search.Transforming,
	Syntax: "chart [limit=[top|bottom]N] [agg=<function>] [cont=<bool>] [usenull=<bool>] [useother=<bool>] [nullstr=<text>] [otherstr=<text>] [sep=<text>] [format=<text>] " +
		"<function>(<field>) [AS <field>]...|eval(<expression of aggregates>) AS <field> [BY <row> [<bin options>] [<column> [<bin options>]]|OVER <row> [BY <column>]] " +
		"[where <function> in|notin top|bottom<N>|<|> N] [dedup_splitvals=<bool>]",
	Help:    "makes a row of each value of one field and a column of each value of another",
	Example: `| chart count over dest by action`,
	Bind: func(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
		return bindChart(st, c, false)
	},
}

var timechartSpec = search.Spec{
	Name: "timechart", Kind: search.Transforming,
	Syntax: "timechart [span=<span>|bins=N] [aligntime=<time>] [cont=<bool>] [partial=<bool>] [fixedrange=<bool>] [limit=[top|bottom]N] [agg=<function>] [usenull=<bool>] [useother=<bool>] [nullstr=<text>] [otherstr=<text>] [sep=<text>] [format=<text>] " +
		"<function>(<field>) [AS <field>]...|eval(<expression of aggregates>) AS <field> [BY <field> [<bin options>]] [where <function> in|notin top|bottom<N>|<|> N] [dedup_splitvals=<bool>]",
	Help:    "makes a row of each stretch of time and a column of each value of a field",
	Example: `| timechart span=1h count by dest`,
	Bind: func(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
		return bindChart(st, c, true)
	},
}

// chart is stats by a row field and perhaps a column field, turned so that the
// column field's values are columns (rules 2.12, N3, F4). timechart is a chart
// over _time.
type chart struct {
	shown
	env        eval.Env
	row, split string // "" is none
	rowBins    *binning
	splitBins  *binning
	aggs       []boundAgg
	evals      []*eval.Expr // over hidden aggregates, see chart_eval.go
	names      []string     // of the evals
	series     seriesRule
	timed      bool // timechart
	cont       bool
	partial    bool
	fixed      bool
	once       bool
	most       int // rows that gaps are filled up to
}

func bindChart(st *spl.Stage, c search.Context, timed bool) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &chart{
		shown: shown{st}, env: c.Env(), timed: timed,
		cont: a.boolean("cont", true), partial: a.boolean("partial", true), fixed: a.boolean("fixedrange", true), once: a.boolean("dedup_splitvals", false),
		most: search.Or(c.Limits().Bins, 50_000),
	}
	s.series = bindSeries(a)
	a.plain(st.By)
	if clause := st.Clause("split"); clause != nil {
		a.plain(clause.Names)
	}
	s.bindFields(a, c)
	s.bindAggs(a, c)
	if a.failed() {
		return nil, a.problems
	}
	return s, a.problems
}

// bindFields finds the row and the column with their bins. A span with a unit of
// time behind BY is timechart's own: the column's could not be one.
func (s *chart) bindFields(a *arguments, c search.Context) {
	st := s.st
	row, split := st.ByOptions, []spl.Option(nil)
	var rowName, splitName spl.Name
	if len(st.By) > 0 {
		rowName = st.By[0]
	}
	if clause := st.Clause("split"); clause != nil {
		splitName, split = clause.Names[0], clause.Options
	}
	if s.timed {
		splitName, rowName = rowName, spl.Name{Text: "_time", Span: st.NameSpan}
		row, split = timeOptions(st)
	} else {
		row = append(slices.Clone(row), binOptions(st.Options)...)
	}
	s.row, s.split = rowName.Text, splitName.Text
	if s.split != "" && s.split == s.row {
		a.problem(splitName.Span, `"`+s.split+`" cannot be both the row and the column`, "")
	}
	if s.row != "" && (s.timed || len(row) > 0) {
		s.rowBins = s.bins(a, c, rowName, row)
	}
	if s.split != "" && len(split) > 0 {
		s.splitBins = s.bins(a, c, splitName, split)
	}
}

// binOptions are the options of bin among a stage's.
func binOptions(list []spl.Option) []spl.Option {
	var out []spl.Option
	for _, o := range list {
		if slices.Contains([]string{"bins", "minspan", "span", "start", "end", "aligntime"}, o.Name) {
			out = append(out, o)
		}
	}
	return out
}

func timeOptions(st *spl.Stage) (time, split []spl.Option) {
	time = binOptions(st.Options)
	for _, o := range st.ByOptions {
		_, given := st.Option("span")
		if o.Name == "span" && !given && strings.ContainsAny(o.Value.Text, "smhdwqy") && !strings.Contains(o.Value.Text, "log") {
			time = append(time, o)
			continue
		}
		split = append(split, o)
	}
	return time, split
}

func (s *chart) bins(a *arguments, c search.Context, field spl.Name, options []spl.Option) *binning {
	st := *s.st
	st.Fields, st.Renames, st.Options, st.ByOptions = []spl.Name{field}, nil, options, nil
	stage, problems := bindBin(&st, c)
	a.problems = append(a.problems, problems...)
	b := stage.(*binning)
	if _, given := st.Option("bins"); !given && !s.timed {
		b.most = 300
	}
	return b
}

func (s *chart) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "no row is left", s.st.By...)
	if c := s.st.Clause("split"); c != nil {
		problems = append(problems, in.Missing(s.st, "there is one column", c.Names...)...)
	}
	if s.timed && !in.Has("_time") {
		m := s.st.Problem(s.st.NameSpan, "timechart needs _time, which "+in.From+" does not leave: no row is left", "")
		m.Severity = diag.Warning
		problems = append(problems, m)
	}
	for _, b := range s.aggs {
		problems = append(problems, in.Missing(s.st, "there is nothing to aggregate", b.reads()...)...)
	}
	out := search.Schema{Ordered: true, From: s.st.Name}
	if s.row != "" {
		out = out.With(s.row)
	}
	if s.split != "" {
		out.Open = true
		return out, problems
	}
	for _, n := range columnsOf(s.aggs, in.Fields, []string{s.row}) {
		if !hidden(n) {
			out = out.With(n)
		}
	}
	for _, b := range s.aggs {
		out.Open = out.Open || in.Open && search.Wild(b.field)
	}
	return out.With(s.names...), problems
}

func (s *chart) Needs([]string) []string {
	out := readsOf(s.aggs)
	for _, n := range []string{s.row, s.split} {
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

func (s *chart) Order() search.Order {
	for _, b := range s.aggs {
		if b.fn.Ordered {
			return search.OrderNeeded
		}
	}
	return search.OrderIgnored
}

// Open keeps the batches: the series that are shown are known only when all rows
// were counted, and those that are not are counted again as one.
func (s *chart) Open(w search.World) (search.Operator, error) {
	return &charting{chart: s, world: w, kept: w.Memory().Buffer()}, nil
}

type charting struct {
	*chart
	world search.World
	kept  *spill.Buffer
}

func (o *charting) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	return o.kept.Add(in)
}

func (o *charting) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	defer o.kept.Free()
	out, err := o.run(ctx)
	if err != nil || out.Len == 0 {
		return err
	}
	return emit(out)
}
