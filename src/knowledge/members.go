package knowledge

import (
	"slices"
	"sync"

	"riskreplay/src/batch"
)

// membership is the events of a segment that belong to a dataset, as rows of
// their own: a column of the dataset has a cell for each of them and for no
// other event.
type membership struct {
	mu     sync.Mutex
	done   bool
	events *Events
	parts  *partition
	set    *columnSet
	given  map[int]*batch.Column
	// fromStore: the rows came from a store; stored: they were given to one.
	fromStore, stored bool
}

// membership finds the dataset's rows among those of a view of events, once.
func (s *columnSet) membership(d *Dataset, v *View) *membership {
	key := d.Model + "." + d.Name
	s.mu.Lock()
	if s.members == nil {
		s.members = map[string]*membership{}
	}
	m := s.members[key]
	if m == nil {
		m = &membership{}
		s.members[key] = m
	}
	s.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.done {
		if d.expands() || !m.restore(key, v) {
			m.find(d, v)
		}
		if m.set != s {
			m.set.store, m.set.dataset = s.storeOf(), key
		}
		m.done = true
	}
	return m
}

func (m *membership) find(d *Dataset, v *View) {
	m.events, m.parts = v.events, v.parts
	m.set = v.set
	m.gather(d.where.Select(v, v.rows))
	for i, s := range d.steps {
		switch {
		case s.keep != nil:
			m.gather(s.keep.Select(columnsAt{m.scope(d), i}, allRows(m.events.Len())))
		case s.search != nil:
			m.gather(s.search.Select(columnsAt{m.scope(d), i}, allRows(m.events.Len())))
		case s.expand:
			m.expand(d, i)
		}
	}
}

// gather leaves the rows named, in their order.
func (m *membership) gather(rows []int32) {
	m.events, m.parts = m.events.Gather(rows), m.parts.gather(rows)
	m.set = m.set.gather(rows, m.parts)
	for step, c := range m.given {
		m.given[step] = c.Gather(rows)
	}
}

// scope is where steps find the fields of the rows as they are now.
func (m *membership) scope(d *Dataset) *datasetScope {
	v := &View{
		fields: newExtractor(d.base, d, nil), events: m.events, set: m.set,
		parts: m.parts, rows: allRows(m.events.Len()), given: m.given,
	}
	return (&run{view: v}).dataset()
}

// expand makes a row of each value of a field that has several (mvexpand). A row
// without the field stays.
func (m *membership) expand(d *Dataset, level int) {
	c := m.scope(d).field(d.steps[level].field, level, allRows(m.events.Len()))
	if c == nil || c.Codes == nil || !c.Dict.HasMulti() {
		return
	}
	var rows []int32
	out := &batch.Column{Dict: c.Dict}
	for r, code := range c.Codes {
		values := c.Dict.Multi(code)
		if values == nil {
			rows, out.Codes = append(rows, int32(r)), append(out.Codes, code)
			continue
		}
		for _, v := range values {
			rows, out.Codes = append(rows, int32(r)), append(out.Codes, v)
		}
	}
	if len(rows) == m.events.Len() {
		return
	}
	m.gather(rows)
	given := map[int]*batch.Column{level: out}
	for step, c := range m.given {
		given[step] = c
	}
	m.given = given
}

// expands tells whether a dataset makes several rows of an event.
func (d *Dataset) expands() bool {
	return slices.ContainsFunc(d.steps, func(s step) bool { return s.expand })
}

func (s *columnSet) storeOf() Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store
}
