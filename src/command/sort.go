package command

import (
	"cmp"
	"context"
	"strconv"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spill"
	"riskreplay/src/spl"
)

var sortSpec = search.Spec{
	Name: "sort", Kind: search.Dataset,
	Syntax:  "sort [N|limit=N] [+|-] <field>|auto(<field>)|str(<field>)|num(<field>)|ip(<field>)... [desc]",
	Help:    "orders rows by fields and keeps the first 10,000, or N; 0 keeps all; null comes last",
	Example: `| sort 0 - count, +dest`,
	Bind:    bindSort,
}

// sortLimit is how many rows sort keeps unless told otherwise.
const sortLimit = 10_000

type sorted struct {
	shown
	keys  []sortKey
	limit int
}

// sortKey is one field of sort: how its values compare, and in which direction.
type sortKey struct {
	name string
	desc bool
	as   string // "auto", "str", "num", "ip"
}

func bindSort(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	limit := c.Limits().Sort
	if limit == 0 {
		limit = sortLimit
	}
	limit = a.number("limit", 0, limit)
	for _, w := range st.Words {
		limit = a.whole(w, "sort", 0, limit)
	}
	return &sorted{shown{st}, sortKeys(a, st.Keys, c), limit}, a.problems
}

func sortKeys(a *arguments, written []spl.SortKey, c search.Context) []sortKey {
	var out []sortKey
	for _, k := range written {
		as := cmp.Or(k.As, "auto")
		if as == "auto" && c.Env().Rules.SortBytes {
			as = "str"
		}
		a.plain([]spl.Name{k.Name})
		out = append(out, sortKey{k.Name.Text, k.Desc, as})
	}
	return out
}

func keyNames(keys []spl.SortKey) []spl.Name {
	out := make([]spl.Name, len(keys))
	for i, k := range keys {
		out[i] = k.Name
	}
	return out
}

func (s *sorted) Shape(in search.Schema) (search.Schema, diag.List) {
	return in, in.Missing(s.st, "it does not order rows", keyNames(s.st.Keys)...)
}

func (s *sorted) Needs(want []string) []string {
	out := want[:len(want):len(want)]
	for _, k := range s.keys {
		out = append(out, k.name)
	}
	return out
}

func (s *sorted) Open(w search.World) (search.Operator, error) {
	return &sorting{s, w, spill.NewSorter(w.Memory(), sortOrder(s.keys, s.limit))}, nil
}

type sorting struct {
	*sorted
	world search.World
	rows  *spill.Sorter[[]sortColumn]
}

func (o *sorting) Push(ctx context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	return o.rows.Add(ctx, in)
}

func (o *sorting) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	if n := o.rows.Len(); o.limit > 0 && n > o.limit {
		o.world.Warn(o.tooMany(n))
	}
	return o.rows.Each(ctx, emit)
}

func (s *sorted) tooMany(n int) diag.Message {
	m := s.st.Problem(s.st.NameSpan, "sort keeps the first "+strconv.Itoa(s.limit)+" of "+strconv.Itoa(n)+" rows", "sort 0 keeps all")
	m.Severity = diag.Warning
	return m
}
