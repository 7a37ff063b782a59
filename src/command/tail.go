package command

import (
	"context"
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var tailSpec = search.Spec{
	Name: "tail", Kind: search.Dataset,
	Syntax:  "tail [N]",
	Help:    "keeps the last N rows, 10 when nothing is said, the last one first",
	Example: `| sort risk_score | tail 5`,
	Bind:    bindTail,
}

type tail struct {
	shown
	n int
}

func bindTail(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &tail{shown{st}, headRows}
	for _, w := range st.Words {
		s.n = a.whole(w, "tail", 0, s.n)
	}
	return s, a.problems
}

func (s *tail) Shape(in search.Schema) (search.Schema, diag.List) { return in, nil }

func (s *tail) Needs(want []string) []string { return want }

func (s *tail) Open(search.World) (search.Operator, error) { return &tailing{tail: s}, nil }

// tailing keeps the last batches, as many as hold the rows wanted.
type tailing struct {
	*tail
	kept []*batch.Batch
	rows int
}

func (o *tailing) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	if in.Len > o.n {
		in = in.Slice(in.Len-o.n, in.Len)
	}
	o.kept, o.rows = append(o.kept, search.Kept(in)), o.rows+in.Len
	for len(o.kept) > 0 && o.rows-o.kept[0].Len >= o.n {
		o.rows -= o.kept[0].Len
		o.kept = o.kept[1:]
	}
	return nil
}

func (o *tailing) Finish(_ context.Context, emit func(*batch.Batch) error) error {
	all := batch.Concat(o.kept)
	rows := batch.AllRows(all.Len)
	slices.Reverse(rows)
	if rows = rows[:min(o.n, len(rows))]; len(rows) == 0 {
		return nil
	}
	return emit(all.Gather(rows))
}
