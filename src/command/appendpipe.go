package command

import (
	"context"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var appendpipeSpec = search.Spec{
	Name: "appendpipe", Kind: search.Dataset,
	Syntax:  "appendpipe [run_in_preview=<bool>] [<pipeline>]",
	Help:    "puts all rows through a pipeline and adds what comes out below them",
	Example: `| appendpipe [stats sum(count) as count | eval user="all"]`,
	Bind:    bindAppendpipe,
}

type appendpipe struct {
	shown
	pipe *search.Pipe
}

func bindAppendpipe(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.boolean("run_in_preview", true)
	p, problems := search.NewPipe(st.Subs[0], c)
	return &appendpipe{shown{st}, p}, append(a.problems, problems...)
}

func (s *appendpipe) Shape(in search.Schema) (search.Schema, diag.List) {
	out, problems := s.pipe.Shape(in)
	return below(in, out), problems
}

func (s *appendpipe) Needs(want []string) []string {
	return search.Distinct(append(want[:len(want):len(want)], s.pipe.Needs(want)...))
}

func (s *appendpipe) Open(w search.World) (search.Operator, error) {
	return &appendingPipe{appendpipe: s, world: w}, nil
}

// maxAppended is how many rows come out of an appendpipe: each one may double them.
const maxAppended = 10_000_000

type appendingPipe struct {
	*appendpipe
	world search.World
	kept  []*batch.Batch
}

func (o *appendingPipe) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	o.kept = append(o.kept, search.Kept(in))
	return nil
}

// Finish: a pipeline that makes a row of no rows, such as stats count, does so here
// too.
func (o *appendingPipe) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	all := batch.Concat(o.kept)
	o.kept = nil
	if all.Len > 0 {
		if err := emit(all); err != nil {
			return err
		}
	}
	rows := all.Len
	return o.pipe.Run(ctx, o.world, all, func(b *batch.Batch) error {
		if rows += b.Len; rows > maxAppended {
			return o.st.Problem(o.st.NameSpan, "appendpipe makes more than 10,000,000 rows", "aggregate the rows before")
		}
		return emit(b)
	})
}
