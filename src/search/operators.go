package search

import (
	"context"

	"riskreplay/src/batch"
)

// Each is an operator that turns each batch into another, without memory. A
// batch without rows goes no further.
func Each(f func(*batch.Batch) (*batch.Batch, error)) Operator { return each(f) }

type each func(*batch.Batch) (*batch.Batch, error)

func (f each) Push(_ context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	out, err := f(in)
	if err != nil || out.Len == 0 {
		return err
	}
	return emit(out)
}

func (each) Finish(context.Context, func(*batch.Batch) error) error { return nil }

// Whole is an operator that sees all rows at once, when the last has come. They
// are one batch, which has no rows when there were none.
func Whole(f func(ctx context.Context, all *batch.Batch) (*batch.Batch, error)) Operator {
	return &whole{f: f}
}

type whole struct {
	f    func(context.Context, *batch.Batch) (*batch.Batch, error)
	kept []*batch.Batch
}

func (o *whole) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	o.kept = append(o.kept, Kept(in))
	return nil
}

func (o *whole) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	all := batch.Concat(o.kept)
	o.kept = nil
	out, err := o.f(ctx, all)
	if err != nil || out.Len == 0 {
		return err
	}
	return emit(out)
}

// Kept is a batch that outlives the Push it was given to.
func Kept(b *batch.Batch) *batch.Batch { return b.Slice(0, b.Len) }

// Source is the operator of a generating command: f emits all its rows.
func Source(f func(ctx context.Context, emit func(*batch.Batch) error) error) Operator {
	return source(f)
}

type source func(ctx context.Context, emit func(*batch.Batch) error) error

func (source) Push(context.Context, *batch.Batch, func(*batch.Batch) error) error { return ErrDone }

func (f source) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	return f(ctx, emit)
}
