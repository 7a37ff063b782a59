package ingest

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/event"
)

// splunkFormat is events as a Splunk's search gives them in JSON: its export
// ({"preview":false,"result":{"_raw":...}} on lines), its results
// ({"results":[{"_raw":...}]}), or the results alone.
var splunkFormat = format{name: "splunk", sniff: sniffSplunk, open: func(*reader, []byte) breaker { return newValues(&results{}, true) }}

// sniffSplunk tells a first object that holds _raw, itself or in its result.
func sniffSplunk(head []byte) bool {
	text := firstObject(head)
	if text == nil {
		return false
	}
	var s results
	_, _ = s.members.each(text, s.member) // what is cut off may be enough
	return s.raw != nil || bytes.HasPrefix(s.result, []byte("{")) && bytes.Contains(s.result, []byte(`"_raw"`))
}

// results makes an event of each result.
type results struct {
	members, nested members
	inside          jsonObject

	// One object:
	meta     *metadata
	result   []byte // the object under "result"
	preview  bool
	raw      []byte // as JSON; nil when there is none
	when     event.Time
	timed    bool
	found    found
	unquoted []byte
}

func (s *results) object(r *reader, start int, text []byte) (int, error) {
	s.clear(&r.meta)
	n, err := s.members.each(text, s.member)
	if err != nil {
		return n, err
	}
	row := text[:n:n]
	if s.result != nil && s.result[0] == '{' {
		row = s.result
		s.clear(&r.meta)
		_, _ = s.nested.each(row, s.member) // it was read once without an error
	} else if s.preview && s.raw == nil {
		return n, nil // a line about the search
	}
	raw := row[:len(row):len(row)]
	if s.raw != nil {
		if raw, err = contentOf(s.raw); err != nil {
			return n, err
		}
	}
	e := r.describe(start, raw, s.when, s.timed, &s.inside)
	s.found.lay(&e, r.meta.given)
	r.add(start, e)
	return n, nil
}

func (s *results) clear(m *metadata) {
	s.meta, s.result, s.preview, s.raw, s.timed, s.found = m, nil, false, nil, false, found{}
}

func (s *results) member(key, value []byte) bool {
	switch name := string(inner(key)); name {
	case "result":
		s.result = value
	case "preview":
		s.preview = true
	case "_raw":
		if value[0] == '"' && len(value) > 2 {
			s.raw = value
		}
	case "_time":
		s.when, s.timed = jsonTime(value)
	case "host", "source", "sourcetype", "index":
		if text := inner(value); text != nil {
			s.set(name, text)
		} else if value[0] == '"' {
			s.unquoted, _ = jsontext.AppendUnquote(s.unquoted[:0], value)
			s.set(name, s.unquoted)
		}
	}
	return true
}

func (s *results) set(name string, value []byte) {
	if s.meta != nil {
		s.found.set(s.meta, name, value)
	}
}

func (s *results) broken(r *reader, start, end, errAt int, err error) {
	(&jsonEvents{}).broken(r, start, end, errAt, err)
}

// contentOf is what a JSON string holds: a piece of it when it has no escapes.
func contentOf(quoted []byte) ([]byte, error) {
	if text := inner(quoted); text != nil {
		return text[:len(text):len(text)], nil
	}
	text, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil && !errors.As(err, new(*jsontext.SyntacticError)) {
		return nil, err
	}
	return text[:len(text):len(text)], nil
}
