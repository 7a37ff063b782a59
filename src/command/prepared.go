package command

import (
	"slices"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var (
	sistatsSpec     = preparing("stats", bindStats, "sistats <arguments of stats>", "| sistats count dc(user) by dest")
	sichartSpec     = preparing("chart", func(st *spl.Stage, c search.Context) (search.Stage, diag.List) { return bindChart(st, c, false) }, "sichart <arguments of chart>", "| sichart count over dest by action")
	sitimechartSpec = preparing("timechart", func(st *spl.Stage, c search.Context) (search.Stage, diag.List) { return bindChart(st, c, true) }, "sitimechart <arguments of timechart>", "| sitimechart span=1h count by dest")
	sitopSpec       = preparing("top", func(st *spl.Stage, c search.Context) (search.Stage, diag.List) { return bindFrequent(st, false, c) }, "sitop <arguments of top>", "| sitop user by dest")
	sirareSpec      = preparing("rare", func(st *spl.Stage, c search.Context) (search.Stage, diag.List) { return bindFrequent(st, true, c) }, "sirare <arguments of rare>", "| sirare user by dest")
)

// preparing is the command that prepares rows for another one.
func preparing(name string, bind func(*spl.Stage, search.Context) (search.Stage, diag.List), syntax, example string) search.Spec {
	return search.Spec{
		Name: "si" + name, Kind: search.Streaming,
		Syntax:  syntax,
		Help:    "keeps of each row what " + name + " with the same arguments needs, so that it gives the same behind it, also from a summary index",
		Example: example,
		Bind: func(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
			s, problems := bind(st, c)
			if s == nil || problems.HasErrors() {
				return nil, problems
			}
			return &prepared{shown: shown{st}, of: s}, problems
		},
	}
}

// prepared keeps the fields that another command reads. Splunk writes half-made
// aggregates under names of its own; here the rows themselves are kept, from
// which the command makes the same.
type prepared struct {
	shown
	of search.Stage
}

func (s *prepared) reads() []string { return search.Distinct(s.of.Needs([]string{"*"})) }

func (s *prepared) keeps(name string) bool {
	return name == "_time" || search.MatchAny(s.reads(), name)
}

func (s *prepared) Shape(in search.Schema) (search.Schema, diag.List) {
	_, problems := s.of.Shape(in)
	out := in.Keep(s.keeps)
	if in.Open {
		out.Open = slices.ContainsFunc(s.reads(), search.Wild)
		out = out.With("_time").With(slices.DeleteFunc(s.reads(), search.Wild)...)
	}
	out.Events, out.From = false, s.st.Name
	return out, problems
}

func (s *prepared) Needs([]string) []string { return append(s.reads(), "_time") }

func (s *prepared) Order() search.Order { return search.OrderKept }

func (s *prepared) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) { return b.Keep(s.keeps), nil }), nil
}

// prepare gives of events what a command behind needs that aggregates them by the
// same fields: a row of each combination of the keys' values, with the fields
// read. Rows without a key are left out, as the command itself would.
func prepare(b *batch.Batch, by []string, keys []*batch.Column, reads []string, o aggregate.KeyOptions) *batch.Batch {
	g := aggregate.NewKeys(len(by), o)
	rows, groups := g.Group(keys, batch.AllRows(b.Len))
	out := batch.New(len(rows))
	for i, c := range g.Columns(groups) {
		out.Set(by[i], c)
	}
	for _, n := range reads {
		if c := b.Column(n); c != nil && out.Column(n) == nil {
			out.Set(n, c.Gather(rows))
		}
	}
	return out
}
