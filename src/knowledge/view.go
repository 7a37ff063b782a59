package knowledge

import (
	"slices"
	"sync"

	"riskreplay/src/batch"
)

// View is a segment's events, or those of them that belong to a dataset, as
// columns that are made when somebody asks for them. It implements eval.Columns.
// What is made of all rows is kept in the Cache it was opened with; what is asked
// for a few rows is made for these alone. A View is safe for concurrent use.
type View struct {
	fields *Extractor
	events *Events
	set    *columnSet
	parts  *partition
	rows   []int32
	// given are columns that the making of a dataset's rows came with, by step.
	given map[int]*batch.Column

	// A narrow view holds some rows of another.
	wide *View
	at   []int32 // its rows in wide

	mu   sync.Mutex
	near *View // the last narrow view
}

// Events are the rows of the view as they arrived.
func (v *View) Events() *Events { return v.events }

// Rows is all rows, ascending.
func (v *View) Rows() []int32 { return v.rows }

// Cost tells what it takes to get a field: nothing for one that is there, little
// for an EventCode, which stands at the beginning, more for other fields, much
// for event types and tags, which ask many fields.
func (v *View) Cost(name string) int {
	inner, ok := v.fields.inner(name)
	switch {
	case !ok || isMeta(inner):
		return 0
	case v.made(inner):
		return 0
	case inner == "EventCode":
		return 1
	case isClass(inner):
		return 100
	}
	return 10
}

// made tells whether the field's column is there.
func (v *View) made(inner string) bool {
	s := v.set.slot(v.key(inner))
	if !s.mu.TryLock() {
		return false
	}
	defer s.mu.Unlock()
	return s.known
}

func (v *View) key(inner string) slotKey {
	if v.fields.dataset != nil {
		return slotKey{kind: datasetField, field: inner}
	}
	return slotKey{kind: eventField, field: inner}
}

// few is below how many rows it never pays to make a field for some of them.
const few = 256

// Column is the field's cells, valid in the rows named; nil when none of them has
// the field, or the view has no such field.
func (v *View) Column(name string, rows []int32) *batch.Column {
	inner, ok := v.fields.inner(name)
	if !ok {
		return nil
	}
	return v.inRows(inner, rows, v.fields.filter, func(n *View) *batch.Column {
		return spread(n.whole(inner, v.fields.filter), n.at, len(v.rows))
	})
}

// inRows is a field's column of all rows, or, when few rows are asked for and it
// is not there, what some makes of the view of these rows.
func (v *View) inRows(inner string, rows []int32, along *wish, some func(*View) *batch.Column) *batch.Column {
	if c := v.events.meta(inner, rows); c != nil && inner != "sourcetype" {
		return c
	}
	if v.narrows(inner, rows) {
		return some(v.narrow(rows))
	}
	return v.whole(inner, along)
}

// fetchCost is how many rows are read to get one whose bytes must be fetched: they
// lie in pages.
const fetchCost = 16

// narrows decides whether a field is made for some rows alone: it is not there,
// and all that was made so is less than making it for all.
func (v *View) narrows(inner string, rows []int32) bool {
	n := len(rows)
	if v.wide != nil || len(v.rows) < few {
		return false
	}
	s := v.set.slot(v.key(inner))
	if !s.mu.TryLock() {
		return false // somebody makes it for all rows
	}
	defer s.mu.Unlock()
	if s.known {
		return false
	}
	if v.events.Fetch != nil && v.set.narrowed(rows) != nil {
		return true
	}
	if v.events.Fetch != nil {
		n *= fetchCost
	}
	if s.outside+n > len(v.rows)/2 {
		return false
	}
	s.outside += n
	return true
}

// narrow is the view of some rows; that of the rows asked for last is kept.
func (v *View) narrow(rows []int32) *View {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.near != nil && slices.Equal(v.near.at, rows) {
		return v.near
	}
	n := &View{
		fields: v.fields, events: v.events.Gather(rows), parts: v.parts.gather(rows),
		rows: allRows(len(rows)), wide: v, at: rows,
	}
	n.set = v.set.gather(rows, n.parts)
	if v.events.Fetch != nil {
		n.set = v.set.keepNarrowed(n.set)
	}
	for step, c := range v.given {
		if n.given == nil {
			n.given = map[int]*batch.Column{}
		}
		n.given[step] = c.Gather(rows)
	}
	v.near = n
	return n
}

// whole is the field's column for all rows, made now if it is not there. Fields
// in along are extracted in the same pass where the pass reads their events.
func (v *View) whole(inner string, along *wish) *batch.Column {
	s := v.set.slot(v.key(inner))
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.known {
		c, ok := v.fromWide(inner)
		if !ok {
			c, ok = v.fromStore(inner, s)
		}
		if !ok {
			c = v.compute(inner, along)
		}
		s.keep(c, nil)
	}
	return s.column
}

// fromWide takes the column of a narrow view from the wide one, if it is there.
func (v *View) fromWide(inner string) (*batch.Column, bool) {
	if v.wide == nil {
		return nil, false
	}
	s := v.wide.set.slot(v.wide.key(inner))
	if !s.mu.TryLock() {
		return nil, false
	}
	defer s.mu.Unlock()
	if !s.known || s.column == nil {
		return nil, s.known
	}
	return s.column.Gather(v.at), true
}

func (v *View) compute(inner string, along *wish) *batch.Column {
	run := &run{view: v, along: along}
	if v.fields.dataset != nil {
		return run.dataset().field(inner, v.fields.dataset.top(), v.rows)
	}
	return run.event(inner, v.rows)
}

// Batch is the fields wanted, in the rows named and in their order: each field in
// its place, those of a wildcard in byte order at the wildcard's place. A field
// that no row has is left out.
func (v *View) Batch(rows []int32) *batch.Batch {
	if v.fields.Open() && len(rows) < len(v.rows) {
		// Which fields there are must be found out, and all of them made: for these
		// rows alone.
		n := v.narrow(rows)
		return n.Batch(n.rows)
	}
	out := batch.New(len(rows))
	along := v.fields.wanted()
	for _, w := range v.names() {
		c := v.inRows(w.inner, rows, along, func(n *View) *batch.Column {
			return n.whole(w.inner, along)
		})
		if c != nil && c.Len() == len(v.rows) && (len(rows) != len(v.rows) || !slices.Equal(rows, v.rows)) {
			c = c.Gather(rows)
		}
		if c != nil && !empty(c) {
			out.Set(w.outer, c)
		}
	}
	return out
}

// empty tells whether no row has the field.
func empty(c *batch.Column) bool {
	if c.Codes == nil {
		return c.Len() == 0
	}
	return !slices.ContainsFunc(c.Codes, func(code batch.Code) bool { return code != 0 })
}
