package spill

import (
	"context"

	"riskreplay/src/batch"
)

// Run is rows on disk, in the order they were appended.
type Run struct {
	budget *Budget
	blocks []block
	rows   int
	bytes  int64
}

type block struct {
	at   int64
	size int32
}

// Run is a run without rows.
func (b *Budget) Run() *Run { return &Run{budget: b} }

// Len is the number of rows; Bytes is about what they take in memory.
func (r *Run) Len() int     { return r.rows }
func (r *Run) Bytes() int64 { return r.bytes }

// The bounds of a block's size before it is compressed, and of its rows. Many runs
// are read at a time, a block of each.
const (
	leastBlock = 8 << 10
	mostBlock  = 1 << 20
	blockRows  = 8192
	blockShare = 128
)

// blockLen is how many rows of such a batch make a block.
func (b *Budget) blockLen(in *batch.Batch) int {
	target := min(max(b.limit/blockShare, leastBlock), mostBlock)
	return int(min(max(target/rowSize(in), 1), blockRows))
}

// Append writes rows; nothing of the batch is kept.
func (r *Run) Append(in *batch.Batch) error {
	if in.Len == 0 {
		return nil
	}
	step := r.budget.blockLen(in)
	for from := 0; from < in.Len; from += step {
		data := encode(in.Slice(from, min(from+step, in.Len)))
		at, err := r.budget.write(data)
		if err != nil {
			return err
		}
		r.blocks = append(r.blocks, block{at, int32(len(data))})
	}
	r.rows += in.Len
	r.bytes += rowSize(in) * int64(in.Len)
	return nil
}

func (r *Run) block(i int) (*batch.Batch, error) {
	data := make([]byte, r.blocks[i].size)
	if err := r.budget.read(r.blocks[i].at, data); err != nil {
		return nil, err
	}
	return decode(data)
}

// Each gives the rows in order, in batches that may be kept.
func (r *Run) Each(ctx context.Context, f func(*batch.Batch) error) error {
	for i := range r.blocks {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := r.block(i)
		if err != nil {
			return err
		}
		if err := f(b); err != nil {
			return err
		}
	}
	return nil
}
