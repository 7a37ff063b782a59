package ingest

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// hecFormat is envelopes of the HTTP Event Collector, as its /event takes them.
// What an envelope says goes before what the input gives.
var hecFormat = format{name: "hec", open: func(*reader, []byte) breaker { return newValues(&envelopes{}, false) }}

// envelopes makes an event of each envelope.
type envelopes struct {
	members members
	nested  members // for fields
	inside  jsonObject

	// One envelope:
	event  event.Event
	raw    []byte // the event as JSON; nil when there is none
	time   []byte
	wrong  error
	fields []event.Field
	odd    string // a key that no envelope has
}

var envelopeKeys = []string{"time", "host", "source", "sourcetype", "index", "event", "fields", "channel"}

func (h *envelopes) object(r *reader, start int, text []byte) (int, error) {
	h.event, h.raw, h.time, h.wrong, h.fields, h.odd = event.Event{}, nil, nil, nil, nil, ""
	n, err := h.members.each(text, func(key, value []byte) bool { return h.member(r, key, value) })
	if err != nil {
		return n, err
	}
	h.add(r, start, n)
	return n, nil
}

// add adds the envelope's event, or says why it has none.
func (h *envelopes) add(r *reader, start, n int) {
	raw, err := h.payload()
	if h.wrong == nil {
		h.wrong = err
	}
	if h.wrong != nil {
		h.refuse(r, start, start+n, start, h.wrong)
		return
	}
	if h.odd != "" {
		r.problems.add("key", diag.Message{
			Severity: diag.Warning,
			Text:     fmt.Sprintf("an envelope has no key %q: it is ignored", h.odd),
			Place:    r.place(start, start+n),
			Hint:     diag.DidYouMean(h.odd, envelopeKeys),
		})
	}
	own, ok := jsonTime(h.time)
	e := r.describe(start, raw, own, ok, &h.inside)
	e.Fields = h.fields
	e.Host = or(h.event.Host, e.Host)
	e.Source = or(h.event.Source, e.Source)
	e.Sourcetype = or(h.event.Sourcetype, e.Sourcetype)
	e.Index = or(h.event.Index, e.Index)
	r.add(start, e)
}

// payload is the event's bytes.
func (h *envelopes) payload() ([]byte, error) {
	switch {
	case h.raw == nil || string(h.raw) == "null":
		return nil, errors.New("the envelope has no event")
	case string(h.raw) == `""`:
		return nil, errors.New("the envelope's event is blank")
	case h.raw[0] != '"':
		return h.raw[:len(h.raw):len(h.raw)], nil
	}
	if text := inner(h.raw); text != nil {
		return text[:len(text):len(text)], nil
	}
	return jsontext.AppendUnquote(nil, h.raw)
}

// member takes one key of an envelope.
func (h *envelopes) member(r *reader, key, value []byte) bool {
	switch name := string(inner(key)); name {
	case "event":
		h.raw = value
	case "time":
		if h.time = value; string(value) == "null" {
			h.time = nil
		} else if _, ok := jsonTime(value); !ok {
			h.wrong = fmt.Errorf("the envelope's time %s is no number of seconds", value)
		}
	case "host":
		h.event.Host = h.text(&r.meta.hosts, name, value)
	case "source":
		h.event.Source = h.text(&r.meta.sources, name, value)
	case "sourcetype":
		h.event.Sourcetype = h.text(&r.meta.types, name, value)
	case "index":
		h.event.Index = h.text(&r.meta.indexes, name, value)
	case "fields":
		if err := h.readFields(value); err != nil {
			h.wrong = err
		}
	case "channel":
	default:
		h.odd = string(key[1 : len(key)-1])
	}
	return true
}

// text is the string of a key; null and "" are not given.
func (h *envelopes) text(in *interner, key string, value []byte) string {
	switch {
	case string(value) == "null" || string(value) == `""`:
		return ""
	case value[0] != '"':
		h.wrong = fmt.Errorf("the envelope's %s is no text", key)
		return ""
	}
	if plain := inner(value); plain != nil {
		return in.get("", plain)
	}
	return h.unquoted(value)
}

func (h *envelopes) unquoted(value []byte) string {
	text, err := jsontext.AppendUnquote(nil, value)
	if err != nil && len(text) == 0 {
		h.wrong = err
	}
	return string(text)
}

// readFields reads the indexed fields: a flat object, whose lists are fields
// with several values.
func (h *envelopes) readFields(object []byte) error {
	if object[0] != '{' {
		return errors.New("the envelope's fields are no object")
	}
	var wrong error
	_, err := h.nested.each(object, func(key, value []byte) bool {
		if err := h.field(h.unquoted(key), value); err != nil {
			wrong = err
		}
		return wrong == nil
	})
	if wrong != nil {
		return wrong
	}
	return err
}

// field adds the values of one indexed field.
func (h *envelopes) field(name string, value []byte) error {
	switch value[0] {
	case '{':
		return fmt.Errorf("the indexed field %q is an object: it must be flat", name)
	case 'n': // null
	case '"':
		h.fields = append(h.fields, event.Field{Name: name, Value: h.unquoted(value)})
	case '[':
		return h.list(name, value)
	default:
		h.fields = append(h.fields, event.Field{Name: name, Value: string(value)})
	}
	return nil
}

// list adds each value of a list.
func (h *envelopes) list(name string, list []byte) error {
	d := jsontext.NewDecoder(bytes.NewBuffer(list), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if _, err := d.ReadToken(); err != nil { // [
		return err
	}
	for d.PeekKind() != ']' {
		value, err := d.ReadValue()
		if err != nil {
			return err
		}
		if value[0] == '[' {
			return fmt.Errorf("the indexed field %q is a list of lists: it must be flat", name)
		}
		if err := h.field(name, value); err != nil {
			return err
		}
	}
	return nil
}

func (h *envelopes) broken(r *reader, start, end, errAt int, err error) {
	if err == nil {
		err = errors.New("it does not begin with {")
	}
	h.refuse(r, start, end, errAt, err)
}

// refuse says that there is no event in data[start:end]; errAt is where that
// shows.
func (h *envelopes) refuse(r *reader, start, end, errAt int, err error) {
	m := diag.Message{Text: "cannot read the envelope: " + why(err), Cause: err}
	if !r.problems.full("envelope") {
		m.Place = r.place(start, end)
		if errAt > start && errAt <= end {
			m.Place = r.place(errAt, errAt+1)
		}
	}
	r.problems.add("envelope", m)
}
