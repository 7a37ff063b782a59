package knowledge

import "riskreplay/src/batch"

// run is the making of one column. It keeps what it made on the way.
type run struct {
	view  *View
	along *wish // fields to extract in the same pass
	parts []*partScope
	data  *datasetScope
}

// event is a field of events, valid in rows.
func (r *run) event(name string, rows []int32) *batch.Column {
	if isClass(name) {
		return r.view.fields.base.class(r, name)
	}
	parts := r.view.parts.parts
	if r.parts == nil {
		r.parts = make([]*partScope, len(parts))
		for i := range parts {
			r.parts[i] = &partScope{run: r, part: &parts[i], held: held{}}
		}
	}
	if len(parts) == 1 {
		return r.parts[0].field(name, levels, rows)
	}
	pieces := make([]piece, 0, len(parts))
	for i := range parts {
		if in := common(rows, parts[i].rows); len(in) > 0 {
			pieces = append(pieces, piece{in, r.parts[i].field(name, levels, in)})
		}
	}
	return join(pieces, rows, len(r.view.rows))
}

// kept is a field of events for all rows, from the cache or made for it.
func (r *run) kept(name string) *batch.Column {
	s := r.view.set.slot(slotKey{kind: eventField, field: name})
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.known {
		s.keep(r.event(name, r.view.rows), nil)
	}
	return s.column
}

// field is a field of events, kept when all rows are asked for.
func (r *run) field(name string, rows []int32) *batch.Column {
	if isMeta(name) && name != "sourcetype" {
		return r.view.events.meta(name, rows)
	}
	if len(rows) == len(r.view.rows) || isClass(name) {
		return r.kept(name)
	}
	s := r.view.set.slot(slotKey{kind: eventField, field: name})
	if s.mu.TryLock() {
		known, c := s.known, s.column
		s.mu.Unlock()
		if known {
			return c
		}
	}
	return r.event(name, rows)
}

// held are columns that a node gave, each with the rows it is valid in.
type held map[node][]piece

func (h held) column(n node, s scope, rows []int32) *batch.Column {
	for _, p := range h[n] {
		if within(rows, p.rows) {
			return p.column
		}
	}
	c := n.column(s, rows)
	h[n] = append(h[n], piece{rows, c})
	return c
}

// partScope is where definitions of a part's rules find fields.
type partScope struct {
	*run
	part *part
	held held
}

func (s *partScope) len() int { return len(s.view.rows) }

func (s *partScope) field(name string, level int, rows []int32) *batch.Column {
	n := s.part.rules.definition(name, level)
	switch {
	case n == nil && name == "sourcetype" && s.part.rules.sourcetype != "":
		return batch.Constant(s.part.rules.sourcetype, s.len())
	case n == nil && isMeta(name):
		return s.view.events.meta(name, rows)
	case n == nil:
		return s.extracted(name, rows)
	}
	return s.held.column(n, s, rows)
}

// extracted is what the rules' extractions give for a field. Fields that the
// view's user will ask for next are extracted in the same pass.
func (s *partScope) extracted(name string, rows []int32) *batch.Column {
	own := s.slot(name)
	own.mu.Lock()
	defer own.mu.Unlock()
	if own.has(rows) || s.inherit(own, name) {
		return own.column
	}
	if s.allThere() {
		return nil
	}
	names, slots := s.gatherWith(name, own, rows)
	columns := s.part.rules.extract.columns(s.view.events, rows, names)
	valid := rows
	if len(rows) == len(s.part.rows) {
		valid = nil
	}
	for i, o := range slots {
		o.keep(columns[i], valid)
		if o != own {
			o.mu.Unlock()
		}
	}
	return columns[0]
}

// gatherWith is a field and those to extract along with it, with their slots; the
// others' are locked. A field that stands at the beginning of an event goes
// alone: it often decides that nothing else of the event is needed.
func (s *partScope) gatherWith(name string, own *slot, rows []int32) ([]string, []*slot) {
	names, slots := []string{name}, []*slot{own}
	if s.part.rules.extract.early(name) {
		return names, slots
	}
	for _, other := range s.view.fields.leaves(s.part.rules, s.along) {
		if other == name {
			continue
		}
		if o := s.slot(other); o.mu.TryLock() {
			if o.has(rows) || s.inherit(o, other) {
				o.mu.Unlock()
				continue
			}
			names, slots = append(names, other), append(slots, o)
		}
	}
	return names, slots
}

// inherit takes an extracted field from the columns that the view's rows were
// chosen from, if it is there for all of them.
func (s *partScope) inherit(into *slot, name string) bool {
	set := s.view.set
	if set.from == nil {
		return false
	}
	o := set.from.slot(slotKey{kind: extractedField, rules: s.part.rules.id, field: name})
	if !o.mu.TryLock() {
		return false
	}
	defer o.mu.Unlock()
	if !o.known || o.rows != nil {
		return false
	}
	c := o.column
	if c != nil {
		c = c.Gather(set.at)
	}
	into.keep(c, nil)
	return true
}

// allThere tells whether every field was extracted already, so that one that is
// not there is in no row.
func (s *partScope) allThere() bool {
	every := s.view.set.slot(slotKey{kind: everyField, rules: s.part.rules.id})
	if !every.mu.TryLock() {
		return false
	}
	defer every.mu.Unlock()
	return every.known
}

func (s *partScope) slot(field string) *slot {
	return s.view.set.slot(slotKey{kind: extractedField, rules: s.part.rules.id, field: field})
}

// dataset is where definitions of the view's dataset find fields.
func (r *run) dataset() *datasetScope {
	if r.data == nil {
		r.data = &datasetScope{run: r, dataset: r.view.fields.dataset, held: held{}}
	}
	return r.data
}

type datasetScope struct {
	*run
	dataset *Dataset
	held    held
}

func (s *datasetScope) len() int { return len(s.view.rows) }

func (s *datasetScope) field(name string, level int, rows []int32) *batch.Column {
	n := s.dataset.definition(name, level)
	if n == nil {
		return s.run.field(name, rows)
	}
	return s.held.column(n, s, rows)
}
