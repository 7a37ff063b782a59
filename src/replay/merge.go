package replay

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"slices"

	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/rebase"
)

// The events that are held to be sorted: so many, of which so many bytes are in
// memory and the rest in temporary files.
const (
	heapEvents = 64 << 10
	heapBytes  = 4 << 20
)

// byTime gives all events merged by the time they will have. A file is opened when
// its first time has come. Disorder is sorted out as far as the heap holds it;
// what comes later still is given late, and counted.
func (r *reading) byTime(ctx context.Context, yield func(*item) error) error {
	ctx, cancel := context.WithCancel(ctx)
	m := &merge{sources: r.sources(ctx)}
	defer m.shelves.close()
	defer m.wait()
	defer cancel()
	for {
		if err := m.fill(); err != nil {
			return err
		}
		if m.items.len() == 0 {
			return ctx.Err()
		}
		it, err := m.pop()
		if err != nil {
			return err
		}
		if it.at < m.last {
			r.disordered++
		}
		m.last = max(m.last, it.at)
		if err := yield(&it); err != nil {
			return err
		}
	}
}

// merge holds the files that are not at their end, and the events that were taken
// out of them and not given.
type merge struct {
	sources sources
	opened  []*source
	items   items
	bytes   int // of those in memory
	shelves shelves
	last    event.Time
}

// fill takes events, those of the earliest file first, until it may hold no more.
func (m *merge) fill() error {
	for len(m.sources) > 0 && m.items.len() < heapEvents {
		s := m.sources[0]
		if !s.open {
			s.start()
			m.opened = append(m.opened, s)
			if err := s.next(); err != nil {
				return err
			}
			heap.Fix(&m.sources, 0) // its first event need not be its earliest
			continue
		}
		it := s.item()
		if err := m.keep(&it); err != nil {
			return err
		}
		m.items.push(it)
		if s.at++; s.at == len(s.block.Events) {
			if err := s.next(); err != nil {
				return err
			}
		}
		if len(s.block.Events) == 0 {
			heap.Pop(&m.sources)
		} else {
			s.frontier = s.shift.Time(s.block.Events[s.at].Time)
			heap.Fix(&m.sources, 0)
		}
	}
	return nil
}

// keep keeps an event's bytes: a copy, since a few late events would keep all their
// blocks in memory.
func (m *merge) keep(it *item) (err error) {
	if m.bytes+len(it.event.Raw) <= heapBytes {
		it.event.Raw = bytes.Clone(it.event.Raw)
		m.bytes += len(it.event.Raw)
		return nil
	}
	it.away, err = m.shelves.put(it.event.Raw)
	it.event.Raw = nil
	return err
}

func (m *merge) pop() (it item, err error) {
	it = m.items.pop()
	if it.away.shelf == nil {
		m.bytes -= len(it.event.Raw)
		return it, nil
	}
	it.event.Raw, err = m.shelves.take(it.away)
	it.away = place{}
	return it, err
}

// wait waits for the readers to end.
func (m *merge) wait() {
	for _, s := range m.opened {
		s.wait()
	}
}

// source is a file that is merged.
type source struct {
	file  planned
	index int
	shift rebase.Shift
	// start begins to read; blocks is closed at the end, and err set before that.
	read   func(emit func(ingest.Block) error) error
	open   bool
	blocks chan ingest.Block
	done   <-chan struct{}
	err    error

	block ingest.Block
	at    int   // in block
	nth   int64 // of the block's first event
	// frontier is the time of the next event; before it is open, its earliest.
	frontier event.Time
}

func (r *reading) sources(ctx context.Context) (all sources) {
	size := r.mergeBlock()
	for i, f := range r.files {
		s := &source{file: f, index: i, shift: r.shifts[f.dataset], done: ctx.Done()}
		s.frontier = s.shift.Time(event.Time(f.First))
		s.read = func(emit func(ingest.Block) error) error { return f.read(ctx, r.now, size, emit) }
		all = append(all, s)
	}
	heap.Init(&all)
	return all
}

// mergeMemory is what the blocks of all open files may take; one has three.
const mergeMemory = 24 << 20

// mergeBlock is how much of each file is read at once, by how many are open at a
// time.
func (r *reading) mergeBlock() int {
	type edge struct {
		at   event.Time
		open int
	}
	var edges []edge
	for _, f := range r.files {
		if f.Size > 64<<10 {
			s := r.shifts[f.dataset]
			edges = append(edges, edge{s.Time(event.Time(f.First)), 1}, edge{s.Time(event.Time(f.Last)), -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.open, a.open)) })
	most, now := 1, 0
	for _, e := range edges {
		now += e.open
		most = max(most, now)
	}
	return min(max(mergeMemory/3/most, 64<<10), blockSize)
}

func (s *source) start() {
	s.open = true
	s.blocks = make(chan ingest.Block)
	go func() {
		s.err = s.read(func(b ingest.Block) error {
			select {
			case s.blocks <- b:
				return nil
			case <-s.done:
				return context.Canceled
			}
		})
		close(s.blocks)
	}()
}

// wait waits for the reader to end; its context is done, or it is.
func (s *source) wait() {
	for range s.blocks { //nolint:revive // drained
	}
}

// next takes the next block; an empty one at the end.
func (s *source) next() error {
	s.nth += int64(len(s.block.Events))
	b, more := <-s.blocks
	s.block, s.at = b, 0
	if !more {
		return s.err
	}
	s.frontier = s.shift.Time(b.Events[0].Time)
	return nil
}

func (s *source) item() item {
	e := s.block.Events[s.at]
	return item{event: e, at: s.shift.Time(e.Time), file: s.index, nth: s.nth + int64(s.at), origin: placeOf(&s.block, s.at)}
}

// sources is a heap by frontier, then by place in the plan.
type sources []*source

func (h sources) Len() int { return len(h) }
func (h sources) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].frontier, h[j].frontier), cmp.Compare(h[i].index, h[j].index)) < 0
}
func (h sources) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *sources) Push(x any)   { *h = append(*h, x.(*source)) }
func (h *sources) Pop() any     { return popped((*[]*source)(h)) }

// popped cuts the last element off, and keeps nothing of it.
func popped[T any](list *[]T) T {
	var zero T
	last := len(*list) - 1
	x := (*list)[last]
	(*list)[last] = zero
	*list = (*list)[:last]
	return x
}
