package command

import (
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spl"
	"riskreplay/src/splunktime"
)

var streamstatsSpec = search.Spec{
	Name: "streamstats", Kind: search.Centralized,
	Syntax: "streamstats [reset_on_change=<bool>] [reset_before=(<expression>)] [reset_after=(<expression>)] [current=<bool>] [window=N] [time_window=<span>] [global=<bool>] [allnum=<bool>] " +
		"<function>(<field>|eval(<expression>)) [AS <field>]... [BY <field>...]",
	Help:    "adds aggregates of the rows so far, this one among them, to each row; or of the last rows of a window",
	Example: `| sort 0 _time | streamstats time_window=10m count as recent by user`,
	Bind:    bindStreamstats,
}

// maxWindow is how many rows a window of streamstats may hold
// (max_stream_window).
const maxWindow = 10_000

// streamstats gives each row aggregates of the rows before it and of itself.
// Rows that lack a BY field are left alone and count nowhere.
type streamstats struct {
	shown
	by            []string
	aggs          []boundAgg
	current       bool
	global        bool
	window        int        // rows, 0 is all
	most          int        // rows of a window
	timeWindow    event.Time // 0 is all
	onChange      bool
	before, after *eval.Expr
	afterMade     bool // after reads what streamstats makes
}

func bindStreamstats(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &streamstats{
		shown: shown{st}, by: names(st.By), aggs: bindAggs(a, c),
		current: a.boolean("current", true), global: a.boolean("global", true), onChange: a.boolean("reset_on_change", false),
		window: a.number("window", 0, 0), most: search.Or(c.Limits().Window, maxWindow),
	}
	a.once(st.By)
	for _, b := range s.aggs {
		if _, ok := b.fn.Running(b.options, false); !ok {
			a.problem(b.tree.Span, "streamstats has no "+b.fn.Name+"()", "only stats and tstats have it")
		}
	}
	s.bindWindow(a)
	s.before = s.bindReset(a, "reset_before", c)
	s.after = s.bindReset(a, "reset_after", c)
	if s.after != nil {
		for _, f := range s.after.Fields() {
			s.afterMade = s.afterMade || search.MatchAny(columnsOf(s.aggs, nil, nil), f)
		}
	}
	return s, a.problems
}

func (s *streamstats) bindWindow(a *arguments) {
	if v, ok := a.option("window"); ok && s.window > s.most {
		a.problem(v.Span, "the window of streamstats holds "+thousands(s.most)+" rows at most, not "+v.Text, "window=0 is all rows")
	}
	v, ok := a.option("time_window")
	if !ok {
		return
	}
	span, err := splunktime.ParseSpan(v.Text)
	if err != nil {
		a.cannot(v.Span, err)
		return
	}
	s.timeWindow = span.Next(0, nil)
	if !s.current {
		a.problem(v.Span, "time_window= and current=false do not go together", "")
	}
}

func (s *streamstats) bindReset(a *arguments, name string, c search.Context) *eval.Expr {
	clause := s.st.Clause(name)
	if clause == nil {
		return nil
	}
	if clause.Expr == nil {
		a.problem(clause.Span, name+" takes an expression in parentheses", name+`=(status="ok")`)
		return nil
	}
	x, problems := eval.Compile(clause.Expr, s.st, c.Env())
	a.problems = append(a.problems, problems...)
	if x != nil && !x.Boolean() {
		a.problem(clause.Expr.At(), "the expression of "+name+" must give true or false", "compare it with something, or ask isnotnull() of it")
		return nil
	}
	return x
}

func (s *streamstats) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "no row gets a value", s.st.By...)
	for _, b := range s.aggs {
		problems = append(problems, in.Missing(s.st, "there is nothing to aggregate", b.reads()...)...)
	}
	out := in.With(columnsOf(s.aggs, in.Fields, s.by)...)
	if c := s.st.Clause("reset_before"); c != nil {
		problems = append(problems, in.Missing(s.st, "null in the expression", expressionFields(c.Expr)...)...)
	}
	if c := s.st.Clause("reset_after"); c != nil {
		problems = append(problems, out.Missing(s.st, "null in the expression", expressionFields(c.Expr)...)...)
	}
	return out, problems
}

func (s *streamstats) Needs(want []string) []string {
	out := append(want[:len(want):len(want)], s.by...)
	out = append(out, readsOf(s.aggs)...)
	for _, x := range []*eval.Expr{s.before, s.after} {
		if x != nil {
			out = append(out, x.Fields()...)
		}
	}
	if s.timeWindow > 0 {
		out = append(out, "_time")
	}
	return out
}

// Prune keeps what a reset looks at.
func (s *streamstats) Prune(want []string) search.Stage {
	out := *s
	if s.after != nil {
		want = append(want[:len(want):len(want)], s.after.Fields()...)
	}
	out.aggs = wantedAggs(s.aggs, want)
	return &out
}

func (s *streamstats) Open(w search.World) (search.Operator, error) {
	if len(s.aggs) == 0 {
		return search.Each(func(b *batch.Batch) (*batch.Batch, error) { return b, nil }), nil
	}
	return newStreaming(s, w), nil
}
