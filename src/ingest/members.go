package ingest

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// members reads JSON objects member by member, without allocating.
type members struct {
	dec *jsontext.Decoder
	buf bytes.Buffer
}

// each reads the object that text begins with and calls found with each of its
// members, the key in its quotes and the value as it stands, both pieces of text.
// n is the object's length or, with an error, how much of it was read. found
// ends the reading of the members, not of the object, by returning false.
func (m *members) each(text []byte, found func(key, value []byte) bool) (n int, err error) {
	m.buf = *bytes.NewBuffer(text)
	if m.dec == nil {
		m.dec = jsontext.NewDecoder(&m.buf, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	} else {
		m.dec.Reset(&m.buf, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	}
	if _, err := m.dec.ReadToken(); err != nil { // {
		return m.stopped(err)
	}
	for more := true; m.dec.PeekKind() != '}'; {
		key, err := m.dec.ReadValue()
		if err != nil {
			return m.stopped(err)
		}
		value, err := m.dec.ReadValue()
		if err != nil {
			return m.stopped(err)
		}
		more = more && found(key, value)
	}
	if _, err := m.dec.ReadToken(); err != nil { // }
		return m.stopped(err)
	}
	return int(m.dec.InputOffset()), nil
}

// stopped tells how far reading came, and what is wrong without the place.
func (m *members) stopped(err error) (int, error) {
	var wrong *jsontext.SyntacticError
	if errors.As(err, &wrong) {
		return int(wrong.ByteOffset), wrong.Err
	}
	return int(m.dec.InputOffset()), err
}

// why is what is wrong with an object, for people.
func why(err error) string {
	if cutOff(err) {
		return "it is cut off"
	}
	return err.Error()
}

// cutOff tells that an object has no end.
func cutOff(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) }
