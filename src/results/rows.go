package results

import (
	"context"
	"io"
	"math"

	"riskreplay/src/batch"
)

// Rows is a Reader of batches that are there already.
func Rows(batches ...*batch.Batch) Reader { return &rows{left: batches, seen: fieldsOf(batches)} }

type rows struct {
	left []*batch.Batch
	seen []string
}

func (r *rows) Fields() []string { return r.seen }

func (r *rows) Next(ctx context.Context) (*batch.Batch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(r.left) == 0 {
		return nil, io.EOF
	}
	b := r.left[0]
	r.left = r.left[1:]
	return b, nil
}

func (r *rows) Close() error { r.left = nil; return nil }

func fieldsOf(batches []*batch.Batch) []string {
	var out []string
	known := map[string]bool{}
	for _, b := range batches {
		for _, n := range b.Names {
			if !known[n] {
				known[n] = true
				out = append(out, n)
			}
		}
	}
	return out
}

// ReadAll reads to the end, closes the reader, and gives all rows as one batch.
func ReadAll(ctx context.Context, r Reader) (*batch.Batch, error) {
	out, _, err := ReadMost(ctx, r, math.MaxInt)
	return out, err
}

// ReadMost is ReadAll for so many rows at most: what is over is not read, and cut
// tells that there was more.
func ReadMost(ctx context.Context, r Reader, most int) (rows *batch.Batch, cut bool, err error) {
	defer func() { _ = r.Close() }() // the rows are read; there is nothing left to lose
	var all []*batch.Batch
	for left := most; !cut; {
		b, err := r.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, false, err
		}
		if cut = b.Len > left; cut {
			b = b.Slice(0, left)
		}
		left -= b.Len
		all = append(all, b)
	}
	if len(all) == 0 {
		out := batch.New(0)
		for _, n := range r.Fields() {
			out.Set(n, batch.Nulls(0))
		}
		return out, false, nil
	}
	return batch.Concat(all), cut, nil
}
