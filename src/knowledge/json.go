package knowledge

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonFields finds the fields of events that are JSON, named as Splunk names
// them:
//
//	{"a": {"b": 1}, "c": [2, 3], "d": [{"e": "x"}]}
//
//	a.b = 1     c{} = 2, 3     d{}.e = x
//
// null is the text null, true and false are texts, a number stays as written.
type jsonFields struct {
	pass *pass
	// prefixes are the beginnings of the names wanted: what lies elsewhere is
	// skipped. Nil when all fields are wanted.
	prefixes map[string]bool
	path     []byte
	decoder  jsontext.Decoder
	reader   bytes.Reader
}

func newJSONFields(p *pass) *jsonFields {
	j := &jsonFields{pass: p}
	if p.open {
		return j
	}
	j.prefixes = map[string]bool{"": true} // a member without a name adds nothing to a path
	for _, name := range p.names {
		for i := range name {
			if name[i] == '.' || name[i] == '{' {
				j.prefixes[name[:i]] = true
			}
		}
		j.prefixes[strings.TrimSuffix(name, "{}")] = true
		j.prefixes[name] = true
	}
	return j
}

// extract tells whether the event is one JSON object or array and nothing else.
func (j *jsonFields) extract(raw []byte) bool {
	text := bytes.TrimSpace(raw)
	if len(text) < 2 || !(text[0] == '{' && text[len(text)-1] == '}' || text[0] == '[' && text[len(text)-1] == ']') {
		return false
	}
	if !jsontext.Value(text).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) {
		return false
	}
	j.reader.Reset(text)
	j.decoder.Reset(&j.reader, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	j.pass.begin(true)
	j.path = j.path[:0]
	return j.value() == nil
}

// value reads the next value, whose name is the path.
func (j *jsonFields) value() error {
	switch j.decoder.PeekKind() {
	case '{':
		return j.object()
	case '[':
		return j.array()
	}
	i := j.pass.index(j.path)
	if i < 0 {
		return j.decoder.SkipValue()
	}
	v, err := j.decoder.ReadValue()
	if err != nil {
		return err
	}
	if v.Kind() == '"' {
		// Bytes that are no UTF-8 are written as U+FFFD; the error says that there
		// were some.
		v, _ = jsontext.AppendUnquote(nil, v)
	}
	j.pass.putEmpty(i, v)
	return nil
}

func (j *jsonFields) object() error {
	if _, err := j.decoder.ReadToken(); err != nil {
		return err
	}
	n := len(j.path)
	for j.decoder.PeekKind() != '}' {
		name, err := j.decoder.ReadToken()
		if err != nil {
			return err
		}
		if n > 0 {
			j.path = append(j.path, '.')
		}
		j.path = append(j.path, name.String()...)
		if err := j.member(); err != nil {
			return err
		}
		j.path = j.path[:n]
	}
	_, err := j.decoder.ReadToken()
	return err
}

// member reads the value at the path, or skips it when nothing of it is wanted.
func (j *jsonFields) member() error {
	if j.prefixes != nil && !j.prefixes[string(j.path)] {
		return j.decoder.SkipValue()
	}
	return j.value()
}

func (j *jsonFields) array() error {
	if _, err := j.decoder.ReadToken(); err != nil {
		return err
	}
	n := len(j.path)
	j.path = append(j.path, "{}"...)
	for j.decoder.PeekKind() != ']' {
		if err := j.member(); err != nil {
			return err
		}
	}
	j.path = j.path[:n]
	_, err := j.decoder.ReadToken()
	return err
}
