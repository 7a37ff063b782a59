package scp

import (
	"bytes"
	"fmt"
	"unsafe"
)

// Table is rows as a host has them: names, and cells column by column. A cell is
// the values of a field in a row: none for null, one, or several.
type Table struct {
	Fields []string
	// Cells has for each field a cell for each row. Cells may share memory.
	Cells [][][]string
	// Rows is their number; a table without fields may have some.
	Rows int
}

// Column gives the cells of a field, nil when the table has no such field.
func (t *Table) Column(field string) [][]string {
	for i, f := range t.Fields {
		if f == field {
			return t.Cells[i]
		}
	}
	return nil
}

// check tells whether every column has as many cells as there are rows.
func (t *Table) check() error {
	if len(t.Fields) != len(t.Cells) {
		return fmt.Errorf("cannot send rows: %d fields and %d columns of cells", len(t.Fields), len(t.Cells))
	}
	for i, cells := range t.Cells {
		if len(cells) != t.Rows {
			return fmt.Errorf("cannot send rows: the field %q has %d cells for %d rows", t.Fields[i], len(cells), t.Rows)
		}
	}
	return nil
}

// Slice is the rows [from, to); it shares the cells.
func (t *Table) Slice(from, to int) Table {
	out := Table{Fields: t.Fields, Rows: to - from, Cells: make([][][]string, len(t.Cells))}
	for i, cells := range t.Cells {
		out.Cells[i] = cells[from:to]
	}
	return out
}

// AppendCSV writes the rows as splunkd does: all plain columns, then an __mv_
// column for each of them; quoted if and only if a byte is outside [A-Za-z0-9];
// LF line ends. An empty text is written as "", null as nothing.
func (t *Table) AppendCSV(b []byte) []byte {
	for i, name := range t.Fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCell(b, raw(name))
	}
	for _, name := range t.Fields {
		b = append(b, ',')
		b = appendCell(b, raw(multiPrefix+name))
	}
	if len(t.Fields) == 0 {
		return b
	}
	b = append(b, '\n')
	var scratch []byte
	for r := range t.Rows {
		for i, cells := range t.Cells {
			if i > 0 {
				b = append(b, ',')
			}
			b, scratch = appendPlain(b, scratch, cells[r])
		}
		for _, cells := range t.Cells {
			b = append(b, ',')
			b, scratch = appendSeveral(b, scratch, cells[r])
		}
		b = append(b, '\n')
	}
	return b
}

// appendPlain writes the plain column of a cell: several values joined by LF.
func appendPlain(b, scratch []byte, values []string) (out, again []byte) {
	switch len(values) {
	case 0:
		return b, scratch
	case 1:
		return appendCell(b, raw(values[0])), scratch
	}
	scratch = scratch[:0]
	for i, v := range values {
		if i > 0 {
			scratch = append(scratch, '\n')
		}
		scratch = append(scratch, v...)
	}
	return appendCell(b, scratch), scratch
}

// appendSeveral writes the __mv_ column of a cell, empty for a single value.
func appendSeveral(b, scratch []byte, values []string) (out, again []byte) {
	if len(values) < 2 {
		return b, scratch
	}
	scratch = scratch[:0]
	for i, v := range values {
		scratch = appendMulti(scratch, raw(v), i == 0)
	}
	return appendCell(b, scratch), scratch
}

// ParseCSV reads rows in the dialect, and as others write it: CRLF line ends, any
// quoting, __mv_ columns anywhere, for some fields, or for none. Those whose
// field is not there are fields themselves. The body belongs to the table
// afterwards: cells are views into it.
func ParseCSV(body []byte) (Table, error) {
	var t Table
	if len(body) == 0 {
		return t, nil
	}
	end := firstRow(body)
	if end < 0 {
		end = len(body)
	}
	line := body[:end]
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	h, err := newHeader(line, true)
	if err != nil {
		return t, fmt.Errorf("cannot read the header of the results: %w", err)
	}
	t.Fields = h.Fields()
	t.Cells = make([][][]string, len(t.Fields))
	columns := make([]Column, len(t.Fields))
	rows := min(bytes.Count(body, []byte("\n")), len(body)/len(h.names)) // at most
	for i, f := range t.Fields {
		columns[i] = h.Column(f)
		t.Cells[i] = make([][]string, 0, rows)
	}
	in := newRows(h, body[end:])
	var slab []string // cells share allocations
	for in.Next() {
		for i, c := range columns {
			var cell []string
			if !in.Null(c) {
				from := len(slab)
				for _, v := range in.Values(c) {
					if len(slab) == cap(slab) {
						slab, from = append(make([]string, 0, max(1024, 2*(len(slab)-from))), slab[from:]...), 0
					}
					slab = append(slab, view(v, body))
				}
				cell = slab[from:len(slab):len(slab)]
			}
			t.Cells[i] = append(t.Cells[i], cell)
		}
		t.Rows++
	}
	return t, in.err
}

// view is a value as text: without a copy when it is a part of the body.
func view(v, body []byte) string {
	if len(v) == 0 {
		return ""
	}
	if at := uintptr(unsafe.Pointer(&v[0])) - uintptr(unsafe.Pointer(&body[0])); at < uintptr(len(body)) {
		return unsafe.String(&v[0], len(v))
	}
	return string(v)
}
