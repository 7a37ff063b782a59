package hec

import (
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/event"
)

// refusal says which object of a body is at fault, counted from 0, and why.
type refusal struct {
	code   Code
	number int
}

func (r *refusal) Error() string { return r.code.Text() }

// errStray ends the reading of a body at an object with a key that no envelope
// has: those before it are taken, and nobody is told of the rest.
var errStray = errors.New("a key that no envelope has")

// decoder reads the envelopes of a body: objects one behind the other, with or
// without blanks between, or arrays of them.
type decoder struct {
	json   *jsontext.Decoder
	base   event.Event // what holds where the envelope says nothing
	limits limits
	allow  func(index string) bool
	texts  arena
	names  interner

	count   int // objects read or begun
	skipped int // those with fields and no event
	wrong   Code

	// One envelope:
	event     event.Event
	has       bool // it has an event that is not null
	hasFields bool
}

type limits struct{ event, fields int }

func newDecoder(r io.Reader, base event.Event, l limits, allow func(string) bool) *decoder {
	return &decoder{
		json: jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
		base: base, limits: l, allow: allow, names: interner{},
	}
}

// next gives the next event. The error is io.EOF at the end, errStray, a
// *refusal, or what reading the body gave.
func (d *decoder) next() (event.Event, error) {
	for {
		if err := d.open(); err != nil {
			return event.Event{}, err
		}
		if err := d.envelope(); err != nil {
			return event.Event{}, err
		}
		d.count++
		if d.has {
			return d.event, nil
		}
		d.skipped++
	}
}

// open reads up to and with the next object's brace.
func (d *decoder) open() error {
	for {
		kind := d.json.PeekKind()
		switch {
		case kind == '{', kind == '[' && d.json.StackDepth() == 0, kind == ']':
		case kind != 0:
			return d.refuse(CodeInvalidFormat)
		}
		if _, err := d.json.ReadToken(); err == io.EOF {
			return err
		} else if err != nil {
			return d.refuse(CodeInvalidFormat)
		}
		if kind == '{' {
			return nil
		}
	}
}

func (d *decoder) refuse(c Code) error { return &refusal{code: c, number: d.count} }

// envelope reads one object behind its brace.
func (d *decoder) envelope() error {
	d.event, d.has, d.hasFields, d.wrong = d.base, false, false, CodeSuccess
	stray := false
	for d.json.PeekKind() != '}' {
		key, err := d.json.ReadValue()
		if err != nil {
			return d.refuse(CodeInvalidFormat)
		}
		known, err := d.member(keyOf(key))
		if err != nil {
			return d.refuse(CodeInvalidFormat)
		}
		stray = stray || !known
	}
	if _, err := d.json.ReadToken(); err != nil {
		return d.refuse(CodeInvalidFormat)
	}
	switch {
	case stray:
		return errStray
	case d.wrong != CodeSuccess:
		return d.refuse(d.wrong)
	case !d.has && !d.hasFields:
		return d.refuse(CodeEventRequired)
	case d.has && !d.allow(d.event.Index):
		return d.refuse(CodeIncorrectIndex)
	}
	return nil
}

// keyOf is a key without its quotes and escapes; "" for what is no key of an
// envelope.
func keyOf(quoted jsontext.Value) string {
	switch string(quoted) {
	case `"time"`:
		return "time"
	case `"event"`:
		return "event"
	case `"host"`:
		return "host"
	case `"source"`:
		return "source"
	case `"sourcetype"`:
		return "sourcetype"
	case `"index"`:
		return "index"
	case `"fields"`:
		return "fields"
	case `"channel"`:
		return "channel"
	}
	return ""
}

// member reads the value of a key. The error is one of JSON or of the body; what
// else is wrong goes to d.wrong, the first thing counts.
func (d *decoder) member(key string) (known bool, err error) {
	if key == "fields" {
		d.hasFields = true
		return true, d.readFields()
	}
	value, err := d.json.ReadValue()
	if err != nil {
		return false, err
	}
	switch key {
	case "event":
		d.setEvent(value)
	case "time":
		d.setTime(value)
	case "host":
		d.setName(&d.event.Host, value)
	case "source":
		d.setName(&d.event.Source, value)
	case "sourcetype":
		d.setName(&d.event.Sourcetype, value)
	case "index":
		d.setName(&d.event.Index, value)
	case "channel":
	default:
		return false, nil
	}
	return true, nil
}

func (d *decoder) fault(c Code) {
	if d.wrong == CodeSuccess {
		d.wrong = c
	}
}

func (d *decoder) setEvent(value jsontext.Value) {
	d.has = value.Kind() != 'n'
	switch {
	case !d.has:
	case len(value) > d.limits.event:
		d.fault(CodeInvalidFormat)
	case value.Kind() != '"':
		d.event.Raw = d.texts.clone(value)
	case len(value) == 2:
		d.fault(CodeEventBlank)
	default:
		d.event.Raw = d.texts.unquote(value)
	}
}

func (d *decoder) setTime(value jsontext.Value) {
	if value.Kind() == 'n' {
		return
	}
	t, ok := parseTime(string(trimQuotes(value)))
	if !ok {
		d.fault(CodeInvalidFormat)
		return
	}
	d.event.Time = t
}

// setName sets a text; null and "" leave what holds without one.
func (d *decoder) setName(name *string, value jsontext.Value) {
	switch {
	case value.Kind() == 'n', string(value) == `""`:
	case value.Kind() != '"':
		d.fault(CodeInvalidFormat)
	default:
		*name = d.names.get(value)
	}
}

func trimQuotes(value jsontext.Value) jsontext.Value {
	if value.Kind() == '"' {
		return value[1 : len(value)-1]
	}
	return value
}
