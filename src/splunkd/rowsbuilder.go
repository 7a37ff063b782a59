package splunkd

import (
	"encoding/json"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// The size of a batch of rows: whichever comes first.
const (
	batchRows  = 4096
	batchBytes = 4 << 20
	batchCells = 4 << 20
)

// rowsBuilder collects rows into dictionary columns.
type rowsBuilder struct {
	rows, bytes int
	names       []string
	columns     []*batch.Column
	place       map[string]int
	values      []string // of one cell
	name, text  []byte   // unescaped
}

// full tells that the rows are enough for a batch.
func (b *rowsBuilder) full() bool {
	return b.rows >= batchRows || b.bytes >= batchBytes || b.rows*len(b.columns) >= batchCells
}

// take is the batch so far, nil for no rows; the builder begins anew.
func (b *rowsBuilder) take() *batch.Batch {
	if b.rows == 0 {
		return nil
	}
	out := batch.New(b.rows)
	for i, name := range b.names {
		b.fill(i, b.rows)
		b.columns[i].Codes = b.columns[i].Codes[:b.rows] // without a row that was cut off
		out.Set(name, b.columns[i])
	}
	*b = rowsBuilder{values: b.values[:0], name: b.name, text: b.text}
	return out
}

// fill makes a column as long as rows with absent cells.
func (b *rowsBuilder) fill(i, rows int) {
	c := b.columns[i]
	for len(c.Codes) < rows {
		c.Codes = append(c.Codes, 0)
	}
}

// column finds the column of a field, which is likely to stand at near.
func (b *rowsBuilder) column(name []byte, near int) int {
	if near < len(b.names) && b.names[near] == string(name) {
		return near
	}
	if i, ok := b.place[string(name)]; ok {
		return i
	}
	return b.add(string(name))
}

func (b *rowsBuilder) add(name string) int {
	if b.place == nil {
		b.place = map[string]int{}
	}
	if i, ok := b.place[name]; ok {
		return i
	}
	b.place[name] = len(b.names)
	b.names = append(b.names, name)
	b.columns = append(b.columns, &batch.Column{Dict: batch.NewDict()})
	return len(b.names) - 1
}

// read reads one row, an object. The fields that Splunk announced come first, in
// their order.
func (b *rowsBuilder) read(dec *jsontext.Decoder, fields []string) error {
	if b.rows == 0 {
		for _, f := range fields {
			b.add(f)
		}
	}
	if t, err := dec.ReadToken(); err != nil || t.Kind() != '{' {
		return orMalformed(err)
	}
	for near := 0; dec.PeekKind() != '}'; near++ {
		raw, err := dec.ReadValue()
		if err != nil {
			return err
		}
		b.name, _ = jsontext.AppendUnquote(b.name[:0], raw) // what is no UTF-8 becomes U+FFFD
		near = b.column(b.name, near)
		if near >= maxFields {
			return errFields
		}
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		b.bytes += len(value)
		b.fill(near, b.rows)
		c := b.columns[near]
		c.Codes = append(c.Codes[:b.rows], b.cell(c.Dict, b.names[near], value))
	}
	_, err := dec.ReadToken()
	b.rows++
	return err
}

// cell is the code of a value: a text; a list, which is a multivalue; null, which
// is absent; whatever else stands as it is written.
func (b *rowsBuilder) cell(d *batch.Dict, name string, value jsontext.Value) batch.Code {
	switch value.Kind() {
	case 'n':
		return 0
	case '"':
		b.text, _ = jsontext.AppendUnquote(b.text[:0], value)
		if name == "_time" {
			b.text = appendEpoch(b.text)
		}
		return d.AddBytes(b.text)
	case '[':
		return b.list(d, name, value)
	}
	return d.AddBytes(value)
}

func (b *rowsBuilder) list(d *batch.Dict, name string, value jsontext.Value) batch.Code {
	list, err := elements(value)
	if err != nil {
		return d.AddBytes(value)
	}
	codes := make([]batch.Code, 0, len(list))
	for _, v := range list {
		if v.Kind() == '[' || v.Kind() == '{' {
			codes = append(codes, d.AddBytes(v))
		} else if c := b.cell(d, name, v); c != 0 {
			codes = append(codes, c)
		}
	}
	return d.AddCodes(codes)
}

// elements are the values of a list.
func elements(list jsontext.Value) ([]jsontext.Value, error) {
	var raw []json.RawMessage
	err := json.Unmarshal(list, &raw)
	out := make([]jsontext.Value, len(raw))
	for i, v := range raw {
		out[i] = jsontext.Value(v)
	}
	return out, err
}

// appendEpoch turns a time as Splunk writes _time, 2026-01-15T12:20:00.250+00:00,
// into epoch seconds; any other text stays.
func appendEpoch(text []byte) []byte {
	if len(text) < 11 || text[4] != '-' {
		return text
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999-0700"} {
		if t, err := time.Parse(layout, string(text)); err == nil && t.Year() >= 1700 && t.Year() <= 2255 {
			return event.At(t).Append(text[:0])
		}
	}
	return text
}
