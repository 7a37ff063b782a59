package ingest

import (
	"riskreplay/src/event"
	"riskreplay/src/winevent"
)

// describe is an event that came inside something else (an envelope, a search
// result), with what its own content and the input's options say. The time that
// came with it, when own is set, goes before the content's. inside is room to
// read JSON in.
func (r *reader) describe(start int, raw []byte, when event.Time, own bool, inside *jsonObject) event.Event {
	pick := func(t event.Time, found bool) event.Time {
		if own {
			t, found = when, true
		}
		return r.time(t, found, start)
	}
	switch text := raw[skipBlanks(raw, 0):]; {
	case isEventTag(text):
		head := winevent.System(raw)
		return r.meta.xml(raw, pick(head.Time, head.Timed), head.Channel, head.Computer)
	case isClassic(text):
		c := readClassic(raw)
		return r.meta.classic(raw, pick(c.when, c.timed), c.log, c.computer)
	case len(text) > 0 && text[0] == '{':
		if _, err := inside.read(text); err == nil {
			return r.meta.json(raw, pick(inside.when, inside.timed()), inside.falcon(), inside.computer)
		}
	}
	return r.meta.other(raw, pick(textTime(raw, r.o.Now)))
}

// found is what stands beside an event in its file: "" is nothing.
type found struct{ host, source, sourcetype, index string }

// lay lays what was found over an event; what the input gives stays.
func (f *found) lay(e *event.Event, given Metadata) {
	if given.Host == "" {
		e.Host = or(f.host, e.Host)
	}
	if given.Source == "" {
		e.Source = or(f.source, e.Source)
	}
	if given.Sourcetype == "" {
		e.Sourcetype = or(f.sourcetype, e.Sourcetype)
	}
	if given.Index == "" {
		e.Index = or(f.index, e.Index)
	}
}

// set takes the value of a key that names one of them.
func (f *found) set(m *metadata, key string, value []byte) {
	switch key {
	case "host":
		f.host = m.hosts.get("", value)
	case "source":
		f.source = m.sources.get("", value)
	case "sourcetype":
		f.sourcetype = m.types.get("", value)
	case "index":
		f.index = m.indexes.get("", value)
	}
}
