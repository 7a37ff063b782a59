package command

import (
	"context"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var statsSpec = search.Spec{
	Name: "stats", Kind: search.Transforming,
	Syntax:  "stats [allnum=<bool>] <function>(<field>|eval(<expression>)) [AS <field>]... [BY <field>... [dedup_splitvals=<bool>]]",
	Help:    "makes one row of each combination of the BY fields' values, with aggregates of its rows",
	Example: `| stats count min(_time) as firstTime values(process) as process by dest user`,
	Bind:    bindStats,
}

// stats groups rows (rules N3, V3, 2.11, 2.12).
type stats struct {
	shown
	by      []string
	aggs    []boundAgg
	options aggregate.KeyOptions
	byBytes bool
}

func bindStats(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	rules := c.Env().Rules
	s := &stats{
		shown: shown{st}, by: names(st.By), aggs: bindAggs(a, c), byBytes: rules.StatsOrderBytes,
		options: aggregate.KeyOptions{NullGroup: rules.StatsNullGroup, Once: a.boolean("dedup_splitvals", false)},
	}
	a.once(st.By)
	return s, a.problems
}

func (s *stats) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "no row is left", s.st.By...)
	for _, b := range s.aggs {
		problems = append(problems, in.Missing(s.st, "there is nothing to aggregate", b.reads()...)...)
	}
	out := search.Schema{Ordered: true, From: "stats"}.With(s.by...).With(columnsOf(s.aggs, in.Fields, s.by)...)
	for _, b := range s.aggs {
		out.Open = out.Open || in.Open && search.Wild(b.field)
	}
	return out, problems
}

func (s *stats) Needs([]string) []string { return append(readsOf(s.aggs), s.by...) }

func (s *stats) Prune(want []string) search.Stage {
	out := *s
	out.aggs = wantedAggs(s.aggs, want)
	return &out
}

func (s *stats) Order() search.Order {
	for _, b := range s.aggs {
		if b.fn.Ordered {
			return search.OrderNeeded
		}
	}
	return search.OrderIgnored
}

func (s *stats) Open(w search.World) (search.Operator, error) {
	return &grouping{newBounded(s.st, w, s.by, s.options, s.aggs, s.byBytes), make([]*batch.Column, len(s.by))}, nil
}

type grouping struct {
	groups *bounded
	keys   []*batch.Column
}

func (o *grouping) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	for i, n := range o.groups.by {
		o.keys[i] = in.Column(n)
	}
	return o.groups.add(in, o.keys)
}

func (o *grouping) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	return o.groups.finish(ctx, emit)
}
