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
	w = p.in(w)
	ops := make([]Operator, len(p.stages))
	for i, st := range p.stages {
		op, err := st.Open(w)
		if err != nil {
			return err
		}
		ops[i] = op
	}
	links := make([]func(*batch.Batch) error, len(ops))
	links[len(ops)-1] = func(b *batch.Batch) error { return emit(p.schema.Arrange(b)) }
	for i := len(ops) - 2; i >= 0; i-- {
		links[i] = link(ctx, ops[i+1], links[i+1])
	}
	for i, op := range ops {
		if err := op.Finish(ctx, links[i]); err != nil && !errors.Is(err, ErrDone) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
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
