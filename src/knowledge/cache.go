package knowledge

import (
	"maps"
	"slices"
	"sync"

	"riskreplay/src/batch"
)

// Cache keeps what was computed of one Events, for every search over them. The
// zero Cache is empty. It is safe for concurrent use: who asks for a column that
// another search is just making waits for it.
type Cache struct {
	mu   sync.Mutex
	sets []*columnSet
}

// maxSets is for how many different states of knowledge columns are kept; of
// older ones they are dropped.
const maxSets = 4

// set is the columns as a base of that hash makes them.
func (c *Cache) set(base [32]byte) *columnSet {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sets {
		if s.base == base {
			return s
		}
	}
	if len(c.sets) == maxSets {
		c.sets = append(c.sets[:0:0], c.sets[1:]...)
	}
	s := &columnSet{base: base}
	c.sets = append(c.sets, s)
	return s
}

// columnSet is the columns of one Events under one state of knowledge.
type columnSet struct {
	base    [32]byte
	mu      sync.Mutex
	slots   map[slotKey]*slot
	parts   *partition
	members map[string]*membership
	// from and at tell whose rows these are, and which.
	from *columnSet
	at   []int32
	// narrow are sets for rows that few searches want, the latest last. They are
	// kept where an event's bytes are expensive to get.
	narrow []*columnSet
	// store is asked for columns that are not here, those of dataset.
	store   Store
	dataset string
}

// maxNarrow is how many sets for some rows are kept.
const maxNarrow = 16

// narrowed is the set kept for these rows, nil when there is none.
func (s *columnSet) narrowed(rows []int32) *columnSet {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.narrow {
		if slices.Equal(n.at, rows) {
			return n
		}
	}
	return nil
}

// keepNarrowed keeps a set, or gives the one that is kept for its rows.
func (s *columnSet) keepNarrowed(n *columnSet) *columnSet {
	if kept := s.narrowed(n.at); kept != nil {
		return kept
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.narrow) == maxNarrow {
		s.narrow = slices.Delete(s.narrow, 0, 1)
	}
	s.narrow = append(s.narrow, n)
	return n
}

// slotKey names a column: an extracted field of one set of rules, a field of
// events, or one of a dataset.
type slotKey struct {
	kind  slotKind
	rules string // extracted fields only
	field string
}

type slotKind uint8

const (
	extractedField slotKind = iota
	eventField
	datasetField
	everyField // not a column: tells that all extracted fields are there
)

// slot is a column and the rows it is valid in.
type slot struct {
	mu     sync.Mutex
	known  bool
	column *batch.Column // nil: no row has the field
	rows   []int32       // extracted fields only; nil is all
	stored bool          // it is in a store
	// outside counts the rows for which the field was made elsewhere, because
	// few were asked for.
	outside int
	// names, of everyField: the fields that the rows have.
	names []string
}

// has tells whether the slot holds the column for the rows; who asks has locked
// the slot.
func (s *slot) has(rows []int32) bool { return s.known && (s.rows == nil || within(rows, s.rows)) }

// keep puts a column that is valid in rows into the slot, unless what is there
// is valid in more.
func (s *slot) keep(c *batch.Column, rows []int32) {
	if s.known && (s.rows == nil || rows != nil && len(rows) <= len(s.rows)) {
		return
	}
	s.known, s.column, s.rows = true, c, rows
}

// partition is which rules hold for which rows.
func (s *columnSet) partition(b *Base, e *Events) *partition {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parts == nil {
		s.parts = b.partition(e)
	}
	return s.parts
}

func (s *columnSet) slot(k slotKey) *slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	sl := s.slots[k]
	if sl == nil {
		if s.slots == nil {
			s.slots = map[slotKey]*slot{}
		}
		sl = &slot{}
		s.slots[k] = sl
	}
	return sl
}

// within tells whether the ascending list some is a part of the ascending list
// all.
func within(some, all []int32) bool {
	if len(some) > len(all) {
		return false
	}
	if len(some) == 0 || len(some) == len(all) && &some[0] == &all[0] {
		return true
	}
	i := 0
	for _, r := range some {
		for i < len(all) && all[i] < r {
			i++
		}
		if i == len(all) || all[i] != r {
			return false
		}
	}
	return true
}

// common is the rows that both ascending lists name.
func common(a, b []int32) []int32 {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	if len(a) == len(b) && &a[0] == &b[0] {
		return a
	}
	out := make([]int32, 0, min(len(a), len(b)))
	i := 0
	for _, r := range a {
		for i < len(b) && b[i] < r {
			i++
		}
		if i == len(b) {
			break
		}
		if b[i] == r {
			out = append(out, r)
		}
	}
	return out
}

// gather is a set for some of the rows, in their order.
func (s *columnSet) gather(rows []int32, parts *partition) *columnSet {
	return &columnSet{base: s.base, parts: parts, from: s, at: rows}
}

// Size is about how many bytes of memory the columns take.
func (c *Cache) Size() int {
	c.mu.Lock()
	sets := slices.Clone(c.sets)
	c.mu.Unlock()
	n := 0
	for _, s := range sets {
		n += s.size()
	}
	return n
}

// entrySize is what an entry of a dictionary takes, with its text.
const entrySize = 64

func (s *columnSet) size() int {
	s.mu.Lock()
	narrow := slices.Clone(s.narrow)
	slots, members := slices.Collect(maps.Values(s.slots)), slices.Collect(maps.Values(s.members))
	n := 0
	if s.parts != nil {
		n += 2 * len(s.parts.of)
		for _, p := range s.parts.parts {
			n += 4 * len(p.rows)
		}
	}
	s.mu.Unlock()
	for _, sl := range slots {
		n += sl.size()
	}
	for _, other := range narrow {
		n += other.size() + 4*len(other.at)
	}
	for _, m := range members {
		if m.mu.TryLock() {
			if m.done && m.set != s {
				n += m.set.size() + 32*m.events.Len()
			}
			m.mu.Unlock()
		}
	}
	return n
}

// size is 0 while somebody makes the column.
func (s *slot) size() int {
	if !s.mu.TryLock() {
		return 0
	}
	defer s.mu.Unlock()
	if s.column == nil || s.column.Codes == nil {
		return 0
	}
	return 4*len(s.column.Codes) + entrySize*s.column.Dict.Len()
}
