package results

import (
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/batch"
)

// WriteJSON writes one object a line: fields in column order, every value a
// string as Splunk's output_mode=json has it, a multivalue an array of strings,
// absent fields left out. Bytes that are no UTF-8 become U+FFFD.
func WriteJSON(w io.Writer, b *batch.Batch) error {
	names := make([][]byte, len(b.Names))
	for i, n := range b.Names {
		names[i] = append(quote(nil, n), ':')
	}
	var line []byte
	for r := range b.Len {
		line = append(line[:0], '{')
		for i, c := range b.Columns {
			if c.IsNull(r) {
				continue
			}
			if len(line) > 1 {
				line = append(line, ',')
			}
			line = appendCell(append(line, names[i]...), c, r)
		}
		if _, err := w.Write(append(line, '}', '\n')); err != nil {
			return err
		}
	}
	return nil
}

func appendCell(line []byte, c *batch.Column, row int) []byte {
	values := c.Values(row)
	if len(values) == 1 {
		return quote(line, values[0])
	}
	line = append(line, '[')
	for i, v := range values {
		if i > 0 {
			line = append(line, ',')
		}
		line = quote(line, v)
	}
	return append(line, ']')
}

// quote appends a JSON string. The error of AppendQuote tells of invalid UTF-8,
// which it has replaced.
func quote(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}
