package knowledge

import (
	"slices"
	"strings"

	"riskreplay/src/batch"
)

// Store is where columns of one Events, made with one state of knowledge, lie
// outside memory. It is asked for what is not in a Cache. dataset is "" for
// columns of all events, else Model.Name: then a column has a cell for each event
// of the dataset.
type Store interface {
	// Rows are the events of a dataset, ascending.
	Rows(dataset string) ([]int32, bool)
	// Column is a field's column; nil and true when no row has the field.
	Column(dataset, field string) (*batch.Column, bool)
}

// Kept is what a Cache holds of one dataset, or of all events, for a Store.
type Kept struct {
	Dataset string
	Rows    []int32 // nil for all events
	Fields  []string
	Columns []*batch.Column // nil when no row has the field
}

// UseStore lets the cache look into a store for columns made with b.
func (c *Cache) UseStore(b *Base, s Store) {
	set := c.set(b.hash)
	set.mu.Lock()
	defer set.mu.Unlock()
	if set.store == nil {
		set.store = s
	}
}

// Stored tells whether the cache has a store for columns made with b.
func (c *Cache) Stored(b *Base) bool {
	set := c.set(b.hash)
	set.mu.Lock()
	defer set.mu.Unlock()
	return set.store != nil
}

// Unstored is the columns made with b that came from no store, each once: only
// those that are made of all rows, and have no multivalues.
func (c *Cache) Unstored(b *Base) []Kept {
	set := c.set(b.hash)
	set.mu.Lock()
	members := make(map[string]*membership, len(set.members))
	for name, m := range set.members {
		members[name] = m
	}
	set.mu.Unlock()
	var out []Kept
	if all := (Kept{}); all.take(set, eventField) {
		out = append(out, all)
	}
	for name, m := range members {
		if k, ok := m.unstored(name, set); ok {
			out = append(out, k)
		}
	}
	return out
}

// unstored is the dataset's part. The rows go with every part, so that each can be
// read alone.
func (m *membership) unstored(name string, all *columnSet) (Kept, bool) {
	if !m.mu.TryLock() {
		return Kept{}, false
	}
	defer m.mu.Unlock()
	if !m.done || m.given != nil || m.set == all {
		return Kept{}, false
	}
	k := Kept{Dataset: name, Rows: m.set.at}
	for s := m.set.from; s != all; s = s.from {
		rows := make([]int32, len(k.Rows))
		for i, r := range k.Rows {
			rows[i] = s.at[r]
		}
		k.Rows = rows
	}
	some := k.take(m.set, datasetField)
	fresh := !m.fromStore && !m.stored
	m.stored = true
	return k, some || fresh
}

// take adds the columns of a kind that are stored nowhere yet.
func (k *Kept) take(s *columnSet, kind slotKind) bool {
	s.mu.Lock()
	type named struct {
		name string
		slot *slot
	}
	var list []named
	for key, sl := range s.slots {
		if key.kind == kind && !isClass(key.field) {
			list = append(list, named{key.field, sl})
		}
	}
	s.mu.Unlock()
	slices.SortFunc(list, func(a, b named) int { return strings.Compare(a.name, b.name) })
	for _, x := range list {
		if c, ok := x.slot.unstored(); ok {
			k.Fields, k.Columns = append(k.Fields, x.name), append(k.Columns, c)
		}
	}
	return len(k.Fields) > 0
}

func (s *slot) unstored() (*batch.Column, bool) {
	if !s.mu.TryLock() {
		return nil, false
	}
	defer s.mu.Unlock()
	if !s.known || s.rows != nil || s.stored {
		return nil, false
	}
	if c := s.column; c != nil && (c.Codes == nil || c.Dict.HasMulti()) {
		return nil, false
	}
	s.stored = true
	return s.column, true
}

// fromStore is a column of the view from a store. Who asks has locked its slot.
func (v *View) fromStore(inner string, s *slot) (*batch.Column, bool) {
	if v.wide != nil || isClass(inner) {
		return nil, false
	}
	v.set.mu.Lock()
	store, dataset := v.set.store, v.set.dataset
	v.set.mu.Unlock()
	if store == nil || (dataset != "") != (v.fields.dataset != nil) {
		return nil, false
	}
	c, ok := store.Column(dataset, inner)
	if !ok || c != nil && c.Len() != len(v.rows) {
		return nil, false
	}
	s.stored = true
	return c, true
}

// restore finds the dataset's rows in a store.
func (m *membership) restore(name string, v *View) bool {
	v.set.mu.Lock()
	store := v.set.store
	v.set.mu.Unlock()
	if store == nil {
		return false
	}
	rows, ok := store.Rows(name)
	if !ok || len(rows) > 0 && int(rows[len(rows)-1]) >= len(v.rows) {
		return false
	}
	m.events, m.parts, m.set = v.events, v.parts, v.set
	m.gather(rows)
	m.fromStore = true
	return true
}
