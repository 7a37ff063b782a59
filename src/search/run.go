package search

import (
	"context"
	"errors"

	"riskreplay/src/batch"
)

// Run runs the plan in a world. Rows come to emit in order, in batches that it
// may keep, their columns arranged (Schema.Arrange); two batches need not have
// the same columns. emit returns ErrDone to end the search early. The error is
// the first that a stage, the world or emit gave.
func (p *Plan) Run(ctx context.Context, w World, emit func(*batch.Batch) error) error {
	w, ctx = p.in(w), withBudget(ctx)
	return run(ctx, w, p.stages, func(b *batch.Batch) error { return emit(p.schema.Arrange(b)) }, nil)
}

// run opens stages, what they depend on first, and pushes rows through them: what
// feed gives to the first, and what each has left at the end.
func run(ctx context.Context, w World, stages []Stage, emit func(*batch.Batch) error, feed func(first func(*batch.Batch) error) error) error {
	ops := make([]Operator, len(stages))
	for i, st := range stages {
		op, err := open(ctx, w, st)
		if err != nil {
			return err
		}
		ops[i] = op
	}
	links := make([]func(*batch.Batch) error, len(ops)+1)
	links[len(ops)] = emit
	for i := len(ops) - 1; i >= 0; i-- {
		links[i] = link(ctx, ops[i], links[i+1])
	}
	if feed != nil {
		if err := feed(links[0]); err != nil && !errors.Is(err, ErrDone) {
			return err
		}
	}
	for i, op := range ops {
		if err := op.Finish(ctx, links[i+1]); err != nil && !errors.Is(err, ErrDone) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func open(ctx context.Context, w World, st Stage) (Operator, error) {
	if d, ok := st.(Dependent); ok && d.Depends() {
		var err error
		if st, err = d.Resolve(ctx, w); err != nil {
			return nil, err
		}
	}
	return st.Open(w)
}

// link pushes batches into an operator until it takes no more.
func link(ctx context.Context, op Operator, emit func(*batch.Batch) error) func(*batch.Batch) error {
	done := false
	return func(b *batch.Batch) error {
		if done {
			return ErrDone
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		err := op.Push(ctx, b, emit)
		done = errors.Is(err, ErrDone)
		return err
	}
}

// in is the world with the saved search's time range, where the run has none.
func (p *Plan) in(w World) World {
	if i := w.Info(); p.info(i) != i {
		return timed{w, p.info(i)}
	}
	return w
}

type timed struct {
	World
	info Info
}

func (t timed) Info() Info { return t.info }
