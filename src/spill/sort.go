package spill

import (
	"context"

	"riskreplay/src/batch"
)

// Sorter gives rows in an order. Those that compare equal come as they came.
type Sorter[K any] struct {
	by      By[K]
	account *Account
	budget  *Budget
	rows    int
	kept    []*batch.Batch // in memory; once on disk, those of the run at hand
	keptLen int
	disk    *tree[*Run]
}

// By is an order of rows: K is what the rows of one batch compare by.
type By[K any] struct {
	Keys    func(*batch.Batch) K
	Compare func(a K, i int32, b K, j int32) int
	// Order is all rows of a batch in order at once, where that can be; else nil, and
	// they are compared. It may be nil.
	Order func(keys K, n int) []int32
	// Most is how many rows come out, 0 for all.
	Most int
}

// Rows is the first n rows of a batch in order, or Most of them.
func (by By[K]) Rows(keys K, n int) []int32 {
	if by.Order != nil {
		if rows := by.Order(keys, n); rows != nil {
			if by.Most > 0 && n > by.Most {
				rows = rows[:by.Most]
			}
			return rows
		}
	}
	return Order(n, by.Most, func(a, b int32) int { return by.Compare(keys, a, keys, b) })
}

// NewSorter is a sorter without rows.
func NewSorter[K any](b *Budget, by By[K]) *Sorter[K] {
	return &Sorter[K]{by: by, account: b.Account(), budget: b}
}

// Len is the number of rows added.
func (s *Sorter[K]) Len() int { return s.rows }

// OnDisk tells whether rows went to disk.
func (s *Sorter[K]) OnDisk() bool { return s.disk != nil }

// Add takes rows; the batch may be kept.
func (s *Sorter[K]) Add(ctx context.Context, b *batch.Batch) error {
	s.rows += b.Len
	if s.disk != nil {
		return s.chop(ctx, b)
	}
	s.kept = append(s.kept, b.Slice(0, b.Len))
	if !s.account.Keep(b) {
		return nil
	}
	s.disk = &tree[*Run]{}
	kept := s.kept
	s.kept = nil
	for i, b := range kept {
		if err := s.chop(ctx, b); err != nil {
			return err
		}
		kept[i] = nil
	}
	s.account.Release()
	return nil
}

// chop cuts rows into runs, and sorts and writes those that are whole.
func (s *Sorter[K]) chop(ctx context.Context, b *batch.Batch) error {
	for from := 0; from < b.Len; {
		n := min(sortRun-s.keptLen, b.Len-from)
		s.kept = append(s.kept, compact(b.Slice(from, from+n)))
		s.keptLen += n
		from += n
		if s.keptLen == sortRun {
			if err := s.flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Sorter[K]) flush(ctx context.Context) error {
	if s.keptLen == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	run := s.budget.Run()
	if err := run.Append(s.sorted()); err != nil {
		return err
	}
	return s.disk.add(run, func(runs []*Run) (*Run, error) {
		out := s.budget.Run()
		return out, Merge(ctx, runs, s.by, out.Append)
	})
}

// sorted is the rows that are kept, in order, and lets go of them.
func (s *Sorter[K]) sorted() *batch.Batch {
	all := batch.Concat(s.kept)
	s.kept, s.keptLen = nil, 0
	return all.Gather(s.by.Rows(s.by.Keys(all), all.Len))
}

// Each gives the rows in order, once, in batches that may be kept.
func (s *Sorter[K]) Each(ctx context.Context, emit func(*batch.Batch) error) error {
	if s.disk == nil {
		if s.rows == 0 {
			return nil
		}
		out := s.sorted()
		s.account.Release()
		return emit(out)
	}
	if err := s.flush(ctx); err != nil {
		return err
	}
	return Merge(ctx, s.disk.rest(), s.by, emit)
}

// Merge gives the rows of runs, each of which is in order, in order. Of rows that
// compare equal those of the earlier run come first.
func Merge[K any](ctx context.Context, runs []*Run, by By[K], emit func(*batch.Batch) error) error {
	cursors := make([]*cursor[K], 0, len(runs))
	for _, r := range runs {
		c := &cursor[K]{run: r, by: by}
		more, err := c.load()
		if err != nil {
			return err
		}
		if more {
			cursors = append(cursors, c)
		}
	}
	w := newContest(len(cursors), func(a, b int) int {
		x, y := cursors[a], cursors[b]
		return by.Compare(x.keys, x.row, y.keys, y.row)
	})
	var picks []pick
	size := 0
	for given := 0; !w.done() && (by.Most <= 0 || given < by.Most); given++ {
		c := cursors[w.winner()]
		if len(picks) == 0 {
			size = c.run.budget.blockLen(c.b)
		}
		picks = append(picks, pick{c.b, c.row})
		if len(picks) >= size {
			if err := emit(mix(picks)); err != nil {
				return err
			}
			clear(picks)
			picks = picks[:0]
		}
		more, err := c.next()
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		w.next(more)
	}
	if len(picks) == 0 {
		return nil
	}
	return emit(mix(picks))
}

// cursor is a place in a run.
type cursor[K any] struct {
	run  *Run
	by   By[K]
	at   int // the next block
	b    *batch.Batch
	keys K
	row  int32
}

func (c *cursor[K]) next() (more bool, err error) {
	if c.row++; int(c.row) < c.b.Len {
		return true, nil
	}
	return c.load()
}

func (c *cursor[K]) load() (more bool, err error) {
	if c.at == len(c.run.blocks) {
		c.b = nil
		return false, nil
	}
	if c.b, err = c.run.block(c.at); err != nil {
		return false, err
	}
	c.at++
	c.keys, c.row = c.by.Keys(c.b), 0
	return true, nil
}
