package knowledge

import (
	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// Events is rows of events as an index holds them: everything that was known
// when they arrived. It is read-only; the slices are as long as each other.
type Events struct {
	Raw   [][]byte
	Times []event.Time
	// Metadata in dictionary form.
	Host, Source, Sourcetype, Index *batch.Column
	// Indexed are the fields that came beside an event, by row. Nil for nearly
	// all events.
	Indexed map[int32][]event.Field
}

// Len is the number of rows.
func (e *Events) Len() int { return len(e.Raw) }

// Gather is the rows named, in their order; a row may be named twice.
func (e *Events) Gather(rows []int32) *Events {
	out := &Events{
		Raw:        make([][]byte, len(rows)),
		Times:      make([]event.Time, len(rows)),
		Host:       e.Host.Gather(rows),
		Source:     e.Source.Gather(rows),
		Sourcetype: e.Sourcetype.Gather(rows),
		Index:      e.Index.Gather(rows),
	}
	for i, r := range rows {
		out.Raw[i] = e.Raw[r]
		out.Times[i] = e.Times[r]
	}
	if e.Indexed == nil {
		return out
	}
	for i, r := range rows {
		if fields, ok := e.Indexed[r]; ok {
			if out.Indexed == nil {
				out.Indexed = map[int32][]event.Field{}
			}
			out.Indexed[int32(i)] = fields
		}
	}
	return out
}

// meta is the column of a field that every event has, nil for other names.
func (e *Events) meta(name string) *batch.Column {
	switch name {
	case "_time":
		return &batch.Column{Times: e.Times}
	case "_raw":
		return &batch.Column{Bytes: e.Raw}
	case "host":
		return e.Host
	case "source":
		return e.Source
	case "sourcetype":
		return e.Sourcetype
	case "index":
		return e.Index
	}
	return nil
}

// isMeta tells whether every event has the field.
func isMeta(name string) bool {
	switch name {
	case "_time", "_raw", "host", "source", "sourcetype", "index":
		return true
	}
	return false
}
