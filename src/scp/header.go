package scp

import (
	"bytes"
	"strings"
)

// multiPrefix begins the name of the column with a field's several values.
const multiPrefix = "__mv_"

// chunkedIndex numbers the rows of a chunk in the selected fields mode.
const chunkedIndex = "_chunked_idx"

// Header is the first row of a chunk: the names of the columns. It is immutable.
// Chunks may have different ones; two chunks with the same header line have the
// same *Header, so that a command may keep what it looked up.
type Header struct {
	raw   []byte   // as received, without the line's end
	names []string // of all columns, also the __mv_ ones
	index map[string]int32
	multi []int32 // for each column the one with its several values, or -1
	at    int32   // the column _chunked_idx, or -1
	// lenient: rows come from somebody else than splunkd, and a quote inside an
	// unquoted field is text.
	lenient bool
}

// Column is a field's place in rows. The zero Column is a field that is not
// there: its values are null.
type Column struct{ plain, multi int32 } // counted from 1

// OK tells whether the field is there.
func (c Column) OK() bool { return c.plain != 0 }

// Column finds a field.
func (h *Header) Column(field string) Column {
	i, ok := h.index[field]
	if !ok {
		return Column{}
	}
	return Column{plain: i + 1, multi: h.multi[i] + 1}
}

// Fields are the fields in their order, each once, without the __mv_ columns.
func (h *Header) Fields() []string {
	var out []string
	for i, name := range h.names {
		if h.index[name] == int32(i) && !h.isMulti(i) {
			out = append(out, name)
		}
	}
	return out
}

// isMulti tells whether a column holds the several values of another.
func (h *Header) isMulti(i int) bool {
	plain, ok := strings.CutPrefix(h.names[i], multiPrefix)
	if !ok {
		return false
	}
	at, ok := h.index[plain]
	return ok && h.multi[at] == int32(i)
}

// newHeader reads a header line, which it copies.
func newHeader(line []byte, lenient bool) (*Header, error) {
	h := &Header{raw: bytes.Clone(line), index: map[string]int32{}, at: -1, lenient: lenient}
	var s rowScanner
	s.lenient = lenient
	if _, err := s.scan(h.raw, 0); err != nil {
		return nil, err
	}
	for _, c := range s.cells {
		name, _ := unquote(h.raw[c.start:c.end], nil)
		h.names = append(h.names, string(name))
	}
	h.link()
	return h, nil
}

// link finds which column belongs to which. Of two columns with one name the
// first counts.
func (h *Header) link() {
	for i, name := range h.names {
		if _, twice := h.index[name]; !twice {
			h.index[name] = int32(i)
		}
	}
	h.multi = make([]int32, len(h.names))
	for i, name := range h.names {
		h.multi[i] = -1
		if at, ok := h.index[multiPrefix+name]; ok {
			h.multi[i] = at
		}
	}
	if at, ok := h.index[chunkedIndex]; ok {
		h.at = at
	}
}
