package index

import (
	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/knowledge"
)

// segment is a closed list of events. It is immutable but for the cache of what
// searches computed of it, which looks after itself.
type segment struct {
	knowledge.Events
	first, last event.Time // of the events' times
	bytes       int        // of the raw events
	cache       knowledge.Cache
	stored      *stored // not nil: the events are in a file
}

// builder is a segment in the making.
type builder struct {
	raw                             [][]byte
	times                           []event.Time
	host, source, sourcetype, index metadata
	indexed                         map[int32][]event.Field
	bytes                           int
}

func (b *builder) add(e *event.Event) {
	if e.Fields != nil {
		if b.indexed == nil {
			b.indexed = map[int32][]event.Field{}
		}
		b.indexed[int32(len(b.raw))] = e.Fields
	}
	b.raw = append(b.raw, e.Raw)
	b.times = append(b.times, e.Time)
	b.host.add(e.Host)
	b.source.add(e.Source)
	b.sourcetype.add(e.Sourcetype)
	b.index.add(e.Index)
	b.bytes += len(e.Raw)
}

// close makes the segment; the builder is not used again. A builder without
// events has none.
func (b *builder) close() *segment {
	if len(b.raw) == 0 {
		return nil
	}
	s := &segment{bytes: b.bytes, Events: knowledge.Events{
		Raw: b.raw, Times: b.times, Indexed: b.indexed,
		Host: b.host.column(), Source: b.source.column(),
		Sourcetype: b.sourcetype.column(), Index: b.index.column(),
	}}
	s.first, s.last = b.times[0], b.times[0]
	for _, t := range b.times {
		s.first, s.last = min(s.first, t), max(s.last, t)
	}
	return s
}

// addAll adds the events of a segment.
func (b *builder) addAll(s *segment) {
	from := int32(len(b.raw))
	for row, fields := range s.Indexed {
		if b.indexed == nil {
			b.indexed = map[int32][]event.Field{}
		}
		b.indexed[from+row] = fields
	}
	b.raw = append(b.raw, s.Raw...)
	b.times = append(b.times, s.Times...)
	b.host.addAll(s.Host)
	b.source.addAll(s.Source)
	b.sourcetype.addAll(s.Sourcetype)
	b.index.addAll(s.Index)
	b.bytes += s.bytes
}

// metadata is a column of texts that nearly always repeat.
type metadata struct {
	dict  *batch.Dict
	codes []batch.Code
	last  string
	code  batch.Code
}

func (m *metadata) add(text string) {
	if m.dict == nil {
		m.dict = batch.NewDict()
		m.last, m.code = text, m.dict.AddShared(text)
	}
	if text != m.last {
		m.last, m.code = text, m.dict.AddShared(text)
	}
	m.codes = append(m.codes, m.code)
}

func (m *metadata) addAll(c *batch.Column) {
	if m.dict == nil {
		m.dict = batch.NewDict()
	}
	to := batch.NewTranslator(m.dict).From(c.Dict)
	for _, code := range c.Codes {
		m.codes = append(m.codes, to.Code(code))
	}
	if n := len(m.codes); n > 0 {
		m.code = m.codes[n-1]
		m.last = m.dict.Text(m.code)
	}
}

func (m *metadata) column() *batch.Column { return &batch.Column{Dict: m.dict, Codes: m.codes} }
