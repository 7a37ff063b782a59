package scp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Rows are some rows of a chunk, read one after the other:
//
//	user := in.Column("user")
//	for in.Next() {
//		name := in.Value(user)
//		...
//	}
//
// What is read are views into what was received. They hold until the next Next;
// who keeps one copies it. A malformed row ends Next; the program, not the
// command, asks for the error.
type Rows struct {
	header  *Header
	body    []byte
	pos     int // where the next row begins
	from    int // where the current row begins
	to      int // where it ends, without the line's end
	read    int // rows so far
	scanner rowScanner
	scratch []byte
	list    [][]byte
	err     error
}

// newRows are the rows of a body without its header.
func newRows(h *Header, body []byte) *Rows {
	r := &Rows{}
	r.reset(h, body)
	return r
}

// reset makes r the rows of another body.
func (r *Rows) reset(h *Header, body []byte) {
	*r = Rows{header: h, body: body, scanner: r.scanner, scratch: r.scratch, list: r.list}
	r.scanner.lenient = h.lenient
}

// Header is the chunk's.
func (r *Rows) Header() *Header { return r.header }

// Column finds a field in the chunk's header.
func (r *Rows) Column(field string) Column { return r.header.Column(field) }

// Next goes to the next row, and tells whether there is one.
func (r *Rows) Next() bool {
	r.scratch, r.list = r.scratch[:0], r.list[:0]
	for r.err == nil && r.pos < len(r.body) {
		r.from = r.pos
		next, err := r.scanner.scan(r.body, r.pos)
		if err != nil {
			r.err = &RowError{Row: r.read + 1, Err: err}
			return false
		}
		r.pos = next
		r.to = r.scanner.cells[len(r.scanner.cells)-1].end
		if n := len(r.scanner.cells); n != len(r.header.names) {
			if n == 1 && r.from == r.to {
				continue // an empty line has no data
			}
			r.err = &RowError{Row: r.read + 1, Err: fmt.Errorf("%w: it has %d, the header %d", ErrRagged, n, len(r.header.names))}
			return false
		}
		r.read++
		return true
	}
	return false
}

// Raw is the row as it was received, without the line's end.
func (r *Rows) Raw() []byte { return r.body[r.from:r.to] }

// Value is a field's value; of a multivalue it is the values joined by LF. It is
// nil when the field is null, and empty but not nil for an empty text.
func (r *Rows) Value(c Column) []byte {
	if c.plain == 0 {
		return nil
	}
	cell := r.scanner.cells[c.plain-1]
	b := r.body[cell.start:cell.end]
	if len(b) == 0 {
		return nil
	}
	if b[0] != '"' {
		return b
	}
	b = b[1 : len(b)-1]
	if cell.doubled {
		b, r.scratch = undouble(b, r.scratch)
	}
	return b
}

// Null tells whether a field has no value at all.
func (r *Rows) Null(c Column) bool {
	return c.plain == 0 || len(r.cell(c.plain)) == 0 && len(r.Values(c)) == 0
}

// Multi tells whether a field has several values (or a list of one).
func (r *Rows) Multi(c Column) bool {
	if c.multi == 0 {
		return false
	}
	cell := r.cell(c.multi)
	return len(cell) > 0 && string(cell) != `""`
}

// Values are a field's values: none when it is null, one, or those of a
// multivalue. The slice too holds only until the next Next.
func (r *Rows) Values(c Column) [][]byte {
	start := len(r.list)
	if r.Multi(c) {
		if r.multivalue(c) {
			return r.list[start:]
		}
		r.list = r.list[:start] // malformed: the plain column is what there is
	}
	v := r.Value(c)
	if v == nil {
		return nil
	}
	r.list = append(r.list, v)
	return r.list[start:]
}

func (r *Rows) multivalue(c Column) (ok bool) {
	var text, value []byte
	text, r.scratch = unquote(r.cell(c.multi), r.scratch)
	for len(text) > 0 {
		value, text, r.scratch, ok = nextMulti(text, r.scratch)
		if !ok {
			return false
		}
		r.list = append(r.list, value)
	}
	return true
}

// cell is a cell as written; columns are counted from 1.
func (r *Rows) cell(column int32) []byte {
	c := r.scanner.cells[column-1]
	return r.body[c.start:c.end]
}

// RowError says which row of a chunk, counted from 1, cannot be read.
type RowError struct {
	Row int
	Err error
}

// Error names the row.
func (e *RowError) Error() string { return fmt.Sprintf("cannot read row %d: %v", e.Row, e.Err) }

// Unwrap gives ErrRagged, ErrUnterminated or ErrQuote.
func (e *RowError) Unwrap() error { return e.Err }

// What can be wrong with a row.
var (
	ErrRagged       = errors.New("its number of fields is not the header's")
	ErrUnterminated = errors.New("a quoted field does not end")
	ErrQuote        = errors.New("a quote stands in a field that is not quoted, or text after a closing one")
)

// rowScanner finds the cells of a row.
type rowScanner struct {
	cells []span
	// lenient takes a quote inside an unquoted field as text.
	lenient bool
}

// span is a half open range of bytes; of a quoted cell it knows whether quotes
// are doubled in it.
type span struct {
	start, end int
	doubled    bool
}

// scan fills cells with those of the row that begins at pos, and gives the
// place of the next row. The last cell ends where the row does.
func (s *rowScanner) scan(b []byte, pos int) (next int, err error) {
	cells := s.cells[:0]
	i := pos
	for {
		if len(b)-i >= 8 && binary.NativeEndian.Uint64(b[i:]) == eightCommas { // __mv_ columns are empty, most often
			for range 8 {
				cells = append(cells, span{start: i, end: i})
				i++
			}
		}
		start := i
		if i < len(b) && b[i] == '"' {
			var doubled bool
			if i, doubled, err = endOfQuoted(b, i); err != nil {
				return 0, err
			}
			cells = append(cells, span{start, i, doubled})
		} else {
			for i < len(b) && !stops[b[i]] {
				i++
			}
			if i < len(b) && b[i] == '"' {
				if !s.lenient {
					return 0, ErrQuote
				}
				for i < len(b) && b[i] != ',' && b[i] != '\n' {
					i++
				}
			}
			cells = append(cells, span{start: start, end: i})
			if i > start && (i == len(b) || b[i] == '\n') && b[i-1] == '\r' {
				cells[len(cells)-1].end--
			}
		}
		if i == len(b) {
			break
		}
		c := b[i]
		i++
		if c == ',' {
			continue
		}
		if c == '\n' || c == '\r' && (i == len(b) || b[i] == '\n') {
			if c == '\r' && i < len(b) {
				i++
			}
			break
		}
		return 0, ErrQuote
	}
	s.cells = cells
	return i, nil
}

// eightCommas are as many empty cells.
const eightCommas = 0x2c2c2c2c2c2c2c2c

// stops are the bytes that an unquoted field cannot be scanned over.
var stops = [256]bool{',': true, '\n': true, '"': true}

// endOfQuoted is where the quoted field at i ends: behind its closing quote.
func endOfQuoted(b []byte, i int) (end int, doubled bool, err error) {
	i++
	for {
		j := bytes.IndexByte(b[i:], '"')
		if j < 0 {
			return 0, false, ErrUnterminated
		}
		i += j + 1
		if i == len(b) || b[i] != '"' {
			return i, doubled, nil
		}
		doubled = true
		i++
	}
}
