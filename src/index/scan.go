package index

import (
	"context"
	"iter"
	"runtime"
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/knowledge"
)

// Scan gives the rows of a query in batches of at most a segment's rows, in the
// query's order, as the knowledge of base has them. Whoever stops early ends it. The error of an unknown data model is a diag.Message.
func (x *Index) Scan(ctx context.Context, base *knowledge.Base, q Query) iter.Seq2[*batch.Batch, error] {
	return Scan(ctx, base, q, x)
}

// Scan is Index.Scan over several indexes, as if the events of each had arrived
// after those of the one before it.
func Scan(ctx context.Context, base *knowledge.Base, q Query, indexes ...*Index) iter.Seq2[*batch.Batch, error] {
	return func(yield func(*batch.Batch, error) bool) {
		s, err := newScan(base, q)
		if err != nil {
			yield(nil, err)
			return
		}
		var segments []*segment
		for _, x := range indexes {
			all, err := x.segments()
			if err != nil {
				yield(nil, err)
				return
			}
			segments = append(segments, s.within(all)...)
		}
		rows := s.inOrder
		if q.NewestFirst {
			rows = s.newestFirst
		}
		rows(ctx, segments, yield)
	}
}

// scan is a query at work.
type scan struct {
	Query
	base    *knowledge.Base
	fields  *knowledge.Extractor
	visible indexes
	chunk   int // rows of a batch
}

// How many rows a batch has at most: in order of time, and where all fields are
// wanted, of which there may be thousands.
const (
	chunkRows    = 64 << 10
	chunkAllRows = 8 << 10
)

func newScan(base *knowledge.Base, q Query) (*scan, error) {
	s := &scan{Query: q, base: base, chunk: chunkRows}
	named := q.Indexes
	if q.Model == "" {
		s.fields = base.Fields(q.Fields)
	} else {
		d, err := base.Dataset(q.Model, q.Dataset)
		if err != nil {
			return nil, err
		}
		s.fields = d.Extractor(q.Fields)
		if len(named) == 0 {
			named = d.Indexes()
		}
	}
	s.visible = newIndexes(named)
	if s.fields.Open() {
		s.chunk = chunkAllRows
	}
	if q.Where != nil {
		s.fields.Filter(q.Where.Fields())
	}
	return s, nil
}

// within is the segments that have events in the query's time and indexes.
func (s *scan) within(all []*segment) []*segment {
	var out []*segment
	for _, seg := range all {
		if (s.Earliest == 0 || seg.last >= s.Earliest) && (s.Latest == 0 || seg.first < s.Latest) && s.mayHold(seg) {
			out = append(out, seg)
		}
	}
	return out
}

// mayHold tells whether a segment may have rows of the query by its metadata.
func (s *scan) mayHold(seg *segment) bool {
	if seg.stored == nil {
		return s.visible.any(seg.Index)
	}
	e := &seg.stored.entry
	return (e.Indexes == nil || slices.ContainsFunc(e.Indexes, s.visible.sees)) && s.demanded("host", e.Hosts) && s.demanded("source", e.Sources)
}

// demanded tells whether one of the values of a field is one that the condition
// demands; nil is any value.
func (s *scan) demanded(field string, values []string) bool {
	if s.Where == nil || values == nil {
		return true
	}
	demanded, ok := s.Where.Required(field)
	if !ok {
		return true
	}
	return slices.ContainsFunc(demanded, func(d string) bool {
		return slices.ContainsFunc(values, eval.CompilePattern(d).Match)
	})
}

// found is the rows of a segment that a query selects.
type found struct {
	view *knowledge.View
	rows []int32
}

// find selects rows; none of a segment that cannot be read, which its index is
// told.
func (s *scan) find(seg *segment) found {
	events, cache, err := seg.open()
	if err != nil {
		return found{}
	}
	if seg.stored != nil {
		seg.stored.useKept(s.base, cache)
	}
	v := s.fields.View(events, cache)
	rows := v.Rows()
	if s.Earliest != 0 && seg.first < s.Earliest || s.Latest != 0 && seg.last >= s.Latest {
		rows = inTime(v.Events().Times, rows, s.Earliest, s.Latest)
	}
	rows = s.visible.choose(v.Events().Index, rows)
	if s.Where != nil {
		rows = s.Where.Select(v, rows)
	}
	return found{v, rows}
}

func inTime(times []event.Time, rows []int32, earliest, latest event.Time) []int32 {
	out := make([]int32, 0, len(rows))
	for _, r := range rows {
		if t := times[r]; (earliest == 0 || t >= earliest) && (latest == 0 || t < latest) {
			out = append(out, r)
		}
	}
	return out
}

// inOrder gives rows segment by segment.
func (s *scan) inOrder(ctx context.Context, segments []*segment, yield func(*batch.Batch, error) bool) {
	results := ordered(ctx, len(segments), func(ctx context.Context, i int) ([]*batch.Batch, error) {
		f := s.find(segments[i])
		defer segments[i].used(s.base)
		if !s.fields.Open() && len(f.rows) > 0 {
			return segments[i].whole([]*batch.Batch{f.view.Batch(f.rows)}), nil
		}
		var out []*batch.Batch
		for part := range slices.Chunk(f.rows, s.chunk) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			out = append(out, f.view.Batch(part))
		}
		return segments[i].whole(out), nil
	})
	for list, err := range results {
		if err != nil {
			yield(nil, err)
			return
		}
		for _, b := range list {
			if !yield(b, nil) {
				return
			}
		}
	}
}

// outcome is what a task came to.
type outcome[T any] struct {
	value T
	err   error
}

// ordered runs n tasks, as many at a time as there are processors, and gives
// their results in order; the first error ends it. When it returns, none of its
// tasks is running any more.
func ordered[T any](ctx context.Context, n int, task func(context.Context, int) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		run := func(i int) (r outcome[T]) {
			defer func() {
				if v := recover(); v != nil {
					r.err = diag.NewFault(v) // one search ends, not the program
				}
			}()
			if r.err = ctx.Err(); r.err == nil {
				r.value, r.err = task(ctx, i)
			}
			return r
		}
		workers := min(runtime.GOMAXPROCS(0), n)
		pending := make([]chan outcome[T], 0, n)
		start := func() {
			done := make(chan outcome[T], 1)
			i := len(pending)
			pending = append(pending, done)
			go func() { done <- run(i) }()
		}
		if workers > 1 {
			for range workers {
				start()
			}
		}
		defer func() {
			cancel()
			for _, done := range pending {
				if done != nil {
					<-done
				}
			}
		}()
		for i := range n {
			var r outcome[T]
			if workers > 1 {
				r = <-pending[i]
				pending[i] = nil
				if len(pending) < n && r.err == nil {
					start()
				}
			} else {
				r = run(i)
			}
			if !yield(r.value, r.err) || r.err != nil {
				return
			}
		}
	}
}

var _ eval.Columns = (*knowledge.View)(nil)
