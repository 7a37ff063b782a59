package command

import (
	"context"
	"slices"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/index"
	"riskreplay/src/search"
	"riskreplay/src/spl"
	"riskreplay/src/splunktime"
)

var tstatsSpec = search.Spec{
	Name: "tstats", Kind: search.Generating,
	Syntax:  "tstats [prestats=<bool> [append=<bool>]] [summariesonly=<bool>] [allow_old_summaries=<bool>] [fillnull_value=<text>] <function>(<field>|PREFIX(<text>)) [AS <field>]... [FROM datamodel=<model>.<dataset>] [WHERE <condition>] [BY <field>|PREFIX(<text>)... [span=<span>]]",
	Help:    "aggregates the events of a data model's dataset, or indexed fields of all events; PREFIX(x=) is what stands behind x= in the events' text; prestats=true gives what stats, chart or timechart behind it aggregate, with append=true below the rows that are there",
	Example: `| tstats count min(_time) as firstTime from datamodel=Endpoint.Processes where Processes.parent_process_name=regsvcs.exe by Processes.dest`,
	Bind:    bindTstats,
}

// tstats is scan and stats in one, over a dataset (rules 2.10, N4, K3).
type tstats struct {
	shown
	env            eval.Env
	model, dataset string
	condition      spl.Predicate
	where          *eval.Predicate
	times          timeRange
	indexes        []string
	by             []string
	span           splunktime.Span // of _time in BY
	aggs           []boundAgg
	options        aggregate.KeyOptions
	byBytes        bool
	prestats, adds bool
	prefixes       []prefixed
	brackets       brackets
	problems       diag.List // about fields, which Shape tells
}

func bindTstats(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &tstats{shown: shown{st}, env: c.Env(), by: names(st.By), byBytes: c.Env().Rules.StatsOrderBytes}
	s.prestats, s.adds = a.boolean("prestats", false), a.boolean("append", false)
	if v, ok := st.Option("append"); ok && s.adds && !s.prestats {
		a.problem(v.Span, "append=true needs prestats=true", "the rows of append are aggregated by a stats, chart or timechart behind them")
	}
	if v, ok := st.Option("fillnull_value"); ok {
		s.options.Fill, s.options.HasFill = v.Text, true
	}
	a.once(st.By)
	s.aggs = bindAggs(a, c)
	s.checkAggs(a)
	s.bindPrefixes()
	s.bindSpan(a)
	s.bindCondition(a, c)
	s.bindDataset(a, c)
	if a.failed() {
		return nil, a.problems
	}
	s.brackets = a.brackets
	where, problems := eval.CompilePredicate(blank(s.condition), st, s.env)
	s.where = where
	return s, append(a.problems, problems...)
}

func (s *tstats) checkAggs(a *arguments) {
	for _, b := range s.aggs {
		switch {
		case !b.fn.Tstats:
			a.problem(b.tree.Span, "tstats has no "+b.fn.Name+"()", "use stats behind a search, or values()")
		case b.expr != nil:
			a.problem(b.tree.Span, "tstats takes no expression in "+b.fn.Name+"()", "use stats behind a search")
		case search.Wild(b.field):
			a.problem(b.tree.Span, `tstats takes no wildcard in "`+b.field+`"`, "name the fields")
		}
	}
}

// fieldNames is every field that a tstats names, with its place.
func fieldNames(st *spl.Stage, aggs []boundAgg, condition spl.Predicate) []spl.Name {
	out, _ := conditionFields(condition)
	out = append(out, st.By...)
	for _, b := range aggs {
		out = append(out, b.reads()...)
	}
	return out
}

func (s *tstats) bindSpan(a *arguments) {
	if !slices.Contains(s.by, "_time") {
		if v, ok := a.option("span"); ok {
			a.problem(v.Span, "span= needs _time among the BY fields", "")
		}
		return
	}
	text := a.text("span", "auto")
	if text == "auto" {
		text = "1s"
	}
	span, err := splunktime.ParseSpan(text)
	if err != nil {
		v, _ := a.option("span")
		a.cannot(v.Span, err)
		return
	}
	s.span = week(span, text, s.env)
}

func (s *tstats) bindCondition(a *arguments, c search.Context) {
	s.times, s.condition = takeTimeRange(a, tidy(a, s.st.Predicate, c), s.env)
	s.indexes = namedIndexes(s.condition)
	if _, words := conditionFields(s.condition); len(words) > 0 {
		a.problem(words[0].Span, "WHERE of tstats takes comparisons only: words are looked for in _raw, which tstats does not see", `write field="*word*"`)
	}
}

func (s *tstats) Shape(in search.Schema) (search.Schema, diag.List) {
	out := search.Schema{Ordered: true, From: "tstats"}
	if s.prestats {
		out = out.With(s.named()...).With(s.prepares()...)
	} else {
		out = out.With(s.named()...).With(columnsOf(s.aggs, nil, nil)...)
	}
	if s.adds && in.From != "" {
		out = below(in, out)
	}
	return out, s.problems
}

// Appends: append=true stands anywhere.
func (s *tstats) Appends() (anywhere, generates bool) { return s.adds, true }

func (s *tstats) Needs(want []string) []string {
	if s.adds {
		return want
	}
	return nil
}

func (s *tstats) Prune(want []string) search.Stage {
	if s.prestats {
		return s
	}
	out := *s
	out.aggs = wantedAggs(s.aggs, want)
	return &out
}

// AnyOrder is the stage itself: it asks for order only where it needs one.
func (s *tstats) AnyOrder() search.Stage { return s }

// Depends tells whether subsearches must run first.
func (s *tstats) Depends() bool { return len(s.brackets) > 0 }

// Resolve puts what subsearches give into the condition.
func (s *tstats) Resolve(ctx context.Context, w search.World) (search.Stage, error) {
	out := *s
	var err error
	if out.condition, out.where, err = s.brackets.condition(ctx, w, s.st, s.condition, &out.times); err != nil {
		return nil, err
	}
	out.indexes, out.brackets = namedIndexes(out.condition), nil
	return &out, nil
}

// Query is what the stage asks of the index.
func (s *tstats) Query(i search.Info) index.Query {
	q := index.Query{Model: s.model, Dataset: s.dataset, Fields: s.fields(), Indexes: s.indexes}
	q.Earliest, q.Latest = s.times.of(i)
	for _, b := range s.aggs {
		q.NewestFirst = q.NewestFirst || b.fn.Ordered
	}
	if !s.where.All() {
		q.Where = s.where
	}
	return q
}

func (s *tstats) fields() []string {
	return search.Distinct(s.withoutPrefixes(append(slices.Clone(s.by), readsOf(s.aggs)...)))
}

// prepares is the fields that a command behind prestats=true reads.
func (s *tstats) prepares() []string { return search.Distinct(readsOf(s.aggs)) }

func (s *tstats) Open(w search.World) (search.Operator, error) {
	run := s.aggregate
	if s.prestats {
		run = s.prepare
	}
	return &generating{adds: s.adds, run: func(ctx context.Context, emit func(*batch.Batch) error) error { return run(ctx, w, emit) }}, nil
}

// scan gives the events and the columns to group them by.
func (s *tstats) scan(ctx context.Context, w search.World, each func(b *batch.Batch, keys []*batch.Column) error) error {
	keys := make([]*batch.Column, len(s.by))
	for b, err := range w.Scan(ctx, s.Query(w.Info())) {
		if err != nil {
			return err
		}
		b = s.withPrefixes(b)
		for i, n := range s.by {
			keys[i] = s.key(b, n)
		}
		if err := each(b, keys); err != nil {
			return err
		}
	}
	return nil
}

func (s *tstats) aggregate(ctx context.Context, w search.World, emit func(*batch.Batch) error) error {
	g := newBounded(s.st, w, s.named(), s.options, s.aggs, s.byBytes)
	if err := s.scan(ctx, w, g.add); err != nil {
		return err
	}
	return g.finish(ctx, emit)
}

// prepare gives the events as the command behind prestats=true aggregates them.
func (s *tstats) prepare(ctx context.Context, w search.World, emit func(*batch.Batch) error) error {
	return s.scan(ctx, w, func(b *batch.Batch, keys []*batch.Column) error {
		out := prepare(b, s.named(), keys, s.prepares(), s.options)
		if out.Len == 0 {
			return nil
		}
		return emit(out)
	})
}

// generating makes rows, below those that come when it adds.
type generating struct {
	adds bool
	run  func(ctx context.Context, emit func(*batch.Batch) error) error
}

func (o *generating) Push(_ context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	if !o.adds {
		return search.ErrDone
	}
	return emit(in)
}

func (o *generating) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	return o.run(ctx, emit)
}

// key is the column to group by: of _time the start of its bucket.
func (s *tstats) key(b *batch.Batch, name string) *batch.Column {
	c := b.Column(name)
	if name != "_time" || c == nil || s.span.IsZero() {
		return c
	}
	if c.Times != nil {
		return floorTimes(c, s.span, s.env.Zone)
	}
	return mapValues(c, func(text string) string {
		t, ok := epoch(text)
		if !ok {
			return text
		}
		return s.span.Floor(t, s.env.Zone).String()
	})
}

func (s *tstats) String() string {
	var b strings.Builder
	b.WriteString("tstats")
	if s.prestats {
		b.WriteString(" prestats=true")
	}
	if s.adds {
		b.WriteString(" append=true")
	}
	for _, agg := range s.aggs {
		b.WriteString(" " + agg.tree.Written)
		if agg.tree.As != nil {
			b.WriteString(" as " + nameText(agg.column))
		}
	}
	if s.model != "" {
		b.WriteString(" from " + s.model + "." + s.dataset)
	}
	explainQuery(&b, s.times, s.where, s.condition, s.fields())
	if len(s.by) > 0 {
		b.WriteString(" by " + strings.Join(s.by, ", "))
	}
	if !s.span.IsZero() {
		b.WriteString(" span=" + s.span.String())
	}
	return b.String()
}
