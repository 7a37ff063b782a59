package knowledge

import (
	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// Events is rows of events as an index holds them: everything that was known
// when they arrived. It is read-only; the slices are as long as each other.
type Events struct {
	// Raw is the events' bytes; nil when they are not in memory and Fetch reads
	// them.
	Raw [][]byte
	// Fetch gives the bytes of rows, in the order in which they are named.
	Fetch func(rows []int32) [][]byte
	Times []event.Time
	// Metadata in dictionary form.
	Host, Source, Sourcetype, Index *batch.Column
	// Indexed are the fields that came beside an event, by row. Nil for nearly
	// all events.
	Indexed map[int32][]event.Field

	at []int32 // the rows as Fetch knows them; nil when they are the same
}

// Len is the number of rows.
func (e *Events) Len() int { return len(e.Times) }

// fetch is Fetch for rows of gathered events too.
func (e *Events) fetch(rows []int32) [][]byte {
	if e.at == nil {
		return e.Fetch(rows)
	}
	asked := make([]int32, len(rows))
	for i, r := range rows {
		asked[i] = e.at[r]
	}
	return e.Fetch(asked)
}

// Gather is the rows named, in their order; a row may be named twice.
func (e *Events) Gather(rows []int32) *Events {
	out := &Events{
		Times:      make([]event.Time, len(rows)),
		Host:       e.Host.Gather(rows),
		Source:     e.Source.Gather(rows),
		Sourcetype: e.Sourcetype.Gather(rows),
		Index:      e.Index.Gather(rows),
	}
	for i, r := range rows {
		out.Times[i] = e.Times[r]
	}
	out.gatherRaw(e, rows)
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

func (e *Events) gatherRaw(from *Events, rows []int32) {
	if from.Raw != nil {
		e.Raw = make([][]byte, len(rows))
		for i, r := range rows {
			e.Raw[i] = from.Raw[r]
		}
		return
	}
	e.Fetch, e.at = from.Fetch, make([]int32, len(rows))
	for i, r := range rows {
		e.at[i] = r
		if from.at != nil {
			e.at[i] = from.at[r]
		}
	}
}

// meta is the column of a field that every event has, valid in the rows named; nil
// for other names.
func (e *Events) meta(name string, rows []int32) *batch.Column {
	switch name {
	case "_time":
		return &batch.Column{Times: e.Times}
	case "_raw":
		if e.Raw != nil || e.Fetch == nil {
			return &batch.Column{Bytes: e.Raw}
		}
		out := make([][]byte, e.Len())
		for i, raw := range e.fetch(rows) {
			out[rows[i]] = raw
		}
		return &batch.Column{Bytes: out}
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
