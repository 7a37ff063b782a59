package command

import (
	"context"
	"strings"

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
	delim   string   // between the values of list() and values() where a nomv follows
	joined  []string // the columns that such nomvs, done here, are of
}

func bindStats(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	rules := c.Env().Rules
	s := &stats{
		shown: shown{st}, by: names(st.By), aggs: bindAggs(a, c), byBytes: rules.StatsOrderBytes,
		delim: a.text("delim", " "), options: aggregate.KeyOptions{NullGroup: rules.StatsNullGroup, Once: a.boolean("dedup_splitvals", false)},
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

// Absorb takes over a nomv of a list when delim= is given: that is where it shows.
func (s *stats) Absorb(next search.Stage) (search.Stage, bool) {
	n, ok := next.(*nomv)
	if _, given := s.st.Option("delim"); !ok || !given {
		return nil, false
	}
	for _, b := range s.aggs {
		if b.column == n.field && oneOf(b.fn.Name, "list", "values") {
			out := *s
			out.joined = append(s.joined[:len(s.joined):len(s.joined)], n.field)
			return &out, true
		}
	}
	return nil, false
}

func (s *stats) String() string {
	text := s.shown.String()
	for _, n := range s.joined {
		text += " | nomv " + nameText(n)
	}
	return text
}

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
	return &grouping{s, newBounded(s.st, w, s.by, s.options, s.aggs, s.byBytes), make([]*batch.Column, len(s.by))}, nil
}

type grouping struct {
	of     *stats
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
	return o.groups.finish(ctx, func(out *batch.Batch) error {
		for _, n := range o.of.joined {
			if c := out.Column(n); c != nil {
				out = out.With(n, mapLists(c, func(list []string) []string { return []string{strings.Join(list, o.of.delim)} }))
			}
		}
		return emit(out)
	})
}
