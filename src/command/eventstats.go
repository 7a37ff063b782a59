package command

import (
	"context"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spill"
	"riskreplay/src/spl"
)

var eventstatsSpec = search.Spec{
	Name: "eventstats", Kind: search.Dataset,
	Syntax:  "eventstats [allnum=<bool>] <function>(<field>|eval(<expression>)) [AS <field>]... [BY <field>...]",
	Help:    "adds aggregates of all rows to each row, or of the rows with the same values in the BY fields",
	Example: `| eventstats avg(count) as usual stdev(count) as spread by user | where count > usual + 3 * spread`,
	Bind:    bindEventstats,
}

// eventstats groups rows as stats does and keeps them. A row of several groups,
// by a multivalue, counts in each and gets the results of the first. A row that
// lacks a BY field is left as it is.
type eventstats struct {
	shown
	by      []string
	aggs    []boundAgg
	options aggregate.KeyOptions
}

func bindEventstats(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &eventstats{
		shown: shown{st}, by: names(st.By), aggs: bindAggs(a, c),
		options: aggregate.KeyOptions{NullGroup: c.Env().Rules.StatsNullGroup, Once: a.boolean("dedup_splitvals", false)},
	}
	a.once(st.By)
	return s, a.problems
}

func (s *eventstats) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "no row gets a value", s.st.By...)
	for _, b := range s.aggs {
		problems = append(problems, in.Missing(s.st, "there is nothing to aggregate", b.reads()...)...)
	}
	return in.With(columnsOf(s.aggs, in.Fields, s.by)...), problems
}

// Needs: rows of no group keep what they had under the new names.
func (s *eventstats) Needs(want []string) []string {
	out := append(want[:len(want):len(want)], s.by...)
	return append(out, readsOf(s.aggs)...)
}

func (s *eventstats) Prune(want []string) search.Stage {
	out := *s
	out.aggs = wantedAggs(s.aggs, want)
	return &out
}

func (s *eventstats) Order() search.Order {
	for _, b := range s.aggs {
		if b.fn.Ordered {
			return search.OrderNeeded
		}
	}
	return search.OrderKept
}

func (s *eventstats) Open(w search.World) (search.Operator, error) {
	if len(s.aggs) == 0 {
		return search.Each(func(b *batch.Batch) (*batch.Batch, error) { return b, nil }), nil
	}
	return &spreading{s, w, newGroups(s.by, s.options, s.aggs), w.Memory().Buffer(), w.Memory().Account()}, nil
}

// spreading groups rows as they come and keeps them, on disk when they are too many;
// the groups stay in memory.
type spreading struct {
	*eventstats
	world   search.World
	groups  *groups
	rows    *spill.Buffer
	account *spill.Account
}

func (o *spreading) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	o.groups.add(in, columnsNamed(in, o.by))
	o.account.Hold(o.groups.size())
	return o.rows.Add(in)
}

func columnsNamed(b *batch.Batch, names []string) []*batch.Column {
	out := make([]*batch.Column, len(names))
	for i, n := range names {
		out[i] = b.Column(n)
	}
	return out
}

func (o *spreading) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	defer o.rows.Free()
	o.groups.warnings(o.st, o.world)
	results := o.groups.columns()
	spread := func(b *batch.Batch) error {
		rows, of := o.groups.keys.Group(columnsNamed(b, o.by), batch.AllRows(b.Len))
		return emit(spreadGroups(b, results, rows, of))
	}
	switch {
	case o.rows.OnDisk():
		return o.rows.Each(ctx, spread)
	case o.rows.Len() == 0:
		return nil
	}
	return spread(o.rows.All())
}

// spreadGroups sets columns to the results of each row's group: rows and of are
// as Keys.Group gives them. A row of no group keeps what it had.
func spreadGroups(b *batch.Batch, results []named, rows, of []int32) *batch.Batch {
	group := make([]int32, b.Len)
	missing := b.Len
	for i := len(rows) - 1; i >= 0; i-- {
		if group[rows[i]] == 0 {
			missing--
		}
		group[rows[i]] = of[i] + 1
	}
	for _, r := range results {
		old := b.Column(r.name)
		if missing > 0 && old != nil {
			b = b.With(r.name, overlay(old, ofGroups(r.values, group), members(group), b.Len))
			continue
		}
		b = b.With(r.name, ofGroups(r.values, group))
	}
	return b
}

func members(group []int32) []int32 {
	var out []int32
	for r, g := range group {
		if g > 0 {
			out = append(out, int32(r))
		}
	}
	return out
}

// ofGroups is a column of one cell a group as one of the rows of groups; the
// groups are numbered from 1, and 0 is none.
func ofGroups(c *batch.Column, group []int32) *batch.Column {
	if c.Len() == 0 {
		return batch.Nulls(len(group))
	}
	c = c.Coded()
	out := &batch.Column{Dict: c.Dict, Codes: make([]batch.Code, len(group))}
	for r, g := range group {
		if g > 0 {
			out.Codes[r] = c.Codes[g-1]
		}
	}
	return out
}
