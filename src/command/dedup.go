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

var dedupSpec = search.Spec{
	Name: "dedup", Kind: search.Streaming,
	Syntax:  "dedup [N] <field>... [keepevents=<bool>] [keepempty=<bool>] [consecutive=<bool>] [sortby [+|-]<field>...]",
	Help:    "keeps the first row, or N rows, of each combination of the fields' values",
	Example: `| dedup dest, user sortby - _time`,
	Bind:    bindDedup,
}

type dedup struct {
	shown
	names                              []string
	most                               int
	keepEvents, keepEmpty, consecutive bool
	sortBy                             []sortKey
}

func bindDedup(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &dedup{
		shown: shown{st}, names: names(st.Fields), most: 1,
		keepEvents: a.boolean("keepevents", false), keepEmpty: a.boolean("keepempty", false), consecutive: a.boolean("consecutive", false),
		sortBy: sortKeys(a, st.Keys, c),
	}
	for _, w := range st.Words {
		s.most = a.whole(w, "dedup", 1, 1)
	}
	a.plain(st.Fields)
	a.once(st.Fields)
	return s, a.problems
}

func (s *dedup) Shape(in search.Schema) (search.Schema, diag.List) {
	effect := "every row is dropped"
	if s.keepEmpty {
		effect = "every row is kept"
	}
	return in, append(in.Missing(s.st, effect, s.st.Fields...), in.Missing(s.st, "it does not order rows", keyNames(s.st.Keys)...)...)
}

func (s *dedup) Needs(want []string) []string {
	out := append(want[:len(want):len(want)], s.names...)
	for _, k := range s.sortBy {
		out = append(out, k.name)
	}
	return out
}

func (s *dedup) Open(w search.World) (search.Operator, error) {
	run := &deduping{dedup: s, keys: aggregate.NewKeys(len(s.names), aggregate.KeyOptions{Whole: true}), last: -1}
	if len(s.sortBy) == 0 {
		return search.Each(func(b *batch.Batch) (*batch.Batch, error) { return run.batch(b), nil }), nil
	}
	return &dedupingSorted{run, spill.NewSorter(w.Memory(), sortOrder(s.sortBy, 0))}, nil
}

// dedupingSorted brings rows into order first.
type dedupingSorted struct {
	*deduping
	rows *spill.Sorter[[]sortColumn]
}

func (o *dedupingSorted) Push(ctx context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	return o.rows.Add(ctx, in)
}

func (o *dedupingSorted) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	return o.rows.Each(ctx, func(b *batch.Batch) error {
		if out := o.batch(b); out.Len > 0 {
			return emit(out)
		}
		return nil
	})
}

// deduping counts the rows of each combination, or those in a row.
type deduping struct {
	*dedup
	keys *aggregate.Keys
	seen []int
	last int32 // the combination of the row before, -1 for none
}

func (o *deduping) batch(b *batch.Batch) *batch.Batch {
	cols := make([]*batch.Column, len(o.names))
	for i, n := range o.names {
		cols[i] = b.Column(n)
	}
	rows, groups := o.keys.Group(cols, batch.AllRows(b.Len))
	var keep, again []int32
	next := 0
	for r := range int32(b.Len) {
		if next == len(rows) || rows[next] != r {
			o.last = -1
			if o.keepEmpty {
				keep = append(keep, r)
			}
			continue
		}
		if o.isFirst(groups[next]) {
			keep = append(keep, r)
		} else if o.keepEvents {
			keep, again = append(keep, r), append(again, r)
		}
		next++
	}
	if len(again) > 0 {
		b = cleared(b, o.names, again)
	}
	return choose(b, keep)
}

// isFirst counts a row and tells whether it is one of the first.
func (o *deduping) isFirst(group int32) bool {
	for len(o.seen) <= int(group) {
		o.seen = append(o.seen, 0)
	}
	if o.consecutive && group != o.last {
		o.seen[group] = 0
	}
	o.last = group
	o.seen[group]++
	return o.seen[group] <= o.most
}

// cleared is the batch without some fields in some rows.
func cleared(b *batch.Batch, fields []string, rows []int32) *batch.Batch {
	for _, n := range fields {
		c := b.Column(n).Coded()
		out := &batch.Column{Dict: c.Dict, Codes: append([]batch.Code(nil), c.Codes...)}
		for _, r := range rows {
			out.Codes[r] = 0
		}
		b = b.With(n, out)
	}
	return b
}
