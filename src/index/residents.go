package index

import (
	"slices"
	"sync"

	"riskreplay/src/batch"
	"riskreplay/src/knowledge"
)

// residents bounds how much of stored segments is in memory: what was used least
// lately goes first.
type residents struct {
	limit, pageLimit int

	mu    sync.Mutex
	used  []resident // the least lately used first
	total int
	pages map[pageKey]rawPageData
	order []pageKey // as they were read
	bytes int
}

type resident struct {
	stored *stored
	size   int
}

type pageKey struct {
	stored *stored
	page   int
}

// pageBytes is how much of events' bytes is kept.
const pageBytes = 32 << 20

func newResidents(limit int) *residents {
	return &residents{limit: limit, pageLimit: pageBytes, pages: map[pageKey]rawPageData{}}
}

// note tells that a segment was used, and how much of it is in memory now.
func (r *residents) note(s *stored, size int) {
	r.mu.Lock()
	var gone []*stored
	if i := slices.IndexFunc(r.used, func(x resident) bool { return x.stored == s }); i >= 0 {
		r.total -= r.used[i].size
		r.used = slices.Delete(r.used, i, i+1)
	}
	if size > 0 {
		r.used = append(r.used, resident{s, size})
		r.total += size
	}
	for r.total > r.limit && len(r.used) > 1 {
		gone = append(gone, r.used[0].stored)
		r.total -= r.used[0].size
		r.used = slices.Delete(r.used, 0, 1)
	}
	r.mu.Unlock()
	for _, s := range gone {
		s.forget()
	}
}

func (r *residents) page(k pageKey) (rawPageData, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.pages[k]
	return p, ok
}

// keepPage keeps a page; those read first go first.
func (r *residents) keepPage(k pageKey, p rawPageData) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.pages[k]; ok {
		return
	}
	r.pages[k] = p
	r.order = append(r.order, k)
	r.bytes += len(p.data)
	for r.bytes > r.pageLimit && len(r.order) > 1 {
		r.bytes -= len(r.pages[r.order[0]].data)
		delete(r.pages, r.order[0])
		r.order = r.order[1:]
	}
}

// used tells that a search is done with a segment.
func (s *segment) used(base *knowledge.Base) {
	if s.stored != nil {
		s.stored.mu.Lock()
		l := s.stored.loaded
		s.stored.mu.Unlock()
		if l != nil && s.failed() == nil {
			s.stored.keepColumns(base, &l.cache)
		}
		s.stored.keep.note(s.stored, s.stored.size())
	}
}

// whole is batches of a segment; none when it turned out on the way that its
// events cannot be read.
func (s *segment) whole(batches []*batch.Batch) []*batch.Batch {
	if s.failed() != nil {
		return nil
	}
	return batches
}
