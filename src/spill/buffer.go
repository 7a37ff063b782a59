package spill

import (
	"context"

	"riskreplay/src/batch"
)

// Buffer keeps rows in the order they come, in memory while there is room.
type Buffer struct {
	account *Account
	budget  *Budget
	kept    []*batch.Batch
	run     *Run
	rows    int
	names   []string
	known   map[string]bool
}

// Buffer is a buffer without rows.
func (b *Budget) Buffer() *Buffer {
	return &Buffer{account: b.Account(), budget: b, known: map[string]bool{}}
}

// Add takes rows; the batch may be kept.
func (f *Buffer) Add(b *batch.Batch) error {
	f.rows += b.Len
	for _, n := range b.Names {
		if !f.known[n] {
			f.known[n] = true
			f.names = append(f.names, n)
		}
	}
	if f.run != nil {
		return f.run.Append(b)
	}
	f.kept = append(f.kept, b.Slice(0, b.Len))
	if !f.account.Keep(b) {
		return nil
	}
	f.run = f.budget.Run()
	for i, b := range f.kept {
		if err := f.run.Append(b); err != nil {
			return err
		}
		f.kept[i] = nil
	}
	f.kept = nil
	f.account.Release()
	return nil
}

// Len is the number of rows; Names are the fields seen, in order.
func (f *Buffer) Len() int        { return f.rows }
func (f *Buffer) Names() []string { return f.names }

// OnDisk tells whether rows went to disk.
func (f *Buffer) OnDisk() bool { return f.run != nil }

// Each gives the rows in order, in batches that may be kept. It may be called more
// than once.
func (f *Buffer) Each(ctx context.Context, give func(*batch.Batch) error) error {
	if f.run != nil {
		return f.run.Each(ctx, give)
	}
	for _, b := range f.kept {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := give(b); err != nil {
			return err
		}
	}
	return nil
}

// All is the rows as one batch, for who knows that they are in memory (OnDisk).
func (f *Buffer) All() *batch.Batch { return batch.Concat(f.kept) }

// Free lets go of the rows.
func (f *Buffer) Free() {
	f.account.Release()
	f.kept, f.run = nil, nil
}
