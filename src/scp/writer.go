package scp

import (
	"errors"
	"strconv"
)

// Writer takes the rows that a command returns. A row begins with Copy or New,
// gets its fields by Set and its kin, and ends where the next one begins or the
// call returns:
//
//	score := out.Field("risk_score")
//	for in.Next() {
//		out.Copy(in)              // all fields of the input, unchanged
//		out.Set(score, "64")      // and one more
//	}
//
// Copy takes the bytes of the row as they are: nothing is parsed again or
// quoted again. Several Copy of one row make several rows of it; no Copy drops
// it. Fields may be declared at any time: rows written before have null there.
//
// Everything given to a Writer is copied before the call returns.
type Writer struct {
	fields   []outField
	byName   map[string]Field
	layout   layout
	current  current
	store    store
	messages *Messages
	selected bool // rows are merged by _chunked_idx: none may be made anew
	copied   int  // the last row copied, counted from 1
	rows     int
	room     int // rows that a chunk may have, 0 when nobody said
	err      error
}

// What a command may not do, two of them in the selected fields mode.
var (
	errNoRow         = errors.New("a field is set before a row was begun")
	errNewSelected   = errors.New("a command that names its fields cannot return new rows: splunkd merges by " + chunkedIndex)
	errTwiceSelected = errors.New("a command that names its fields cannot return a row twice: splunkd merges by " + chunkedIndex)
)

// Field is a field of the output, as Writer.Field declared it.
type Field int32

// Field declares a field of the output. New ones come after those of the input,
// in the order declared; one that the input has stays in its place. Declaring
// one again gives the same Field.
func (w *Writer) Field(name string) Field {
	if f, ok := w.byName[name]; ok {
		return f
	}
	if w.byName == nil {
		w.byName = map[string]Field{}
	}
	f := Field(len(w.fields))
	w.byName[name] = f
	w.fields = append(w.fields, outField{name: name, plain: nowhere, multi: nowhere, tail: nowhere})
	w.place(f)
	return f
}

// MultiField declares a field that often has several values, so that the column
// for them is there from the first row on. Any field may be given several.
func (w *Writer) MultiField(name string) Field {
	f := w.Field(name)
	w.placeMulti(f)
	return f
}

// Copy begins a row with all fields of the current row of in. Fields keep their
// values unless they are set; declared ones that the input lacks are null.
func (w *Writer) Copy(in *Rows) {
	w.end()
	w.base(in.header)
	if w.selected {
		if in.read <= w.copied {
			w.fail(errTwiceSelected)
			return
		}
		w.copied = in.read
	}
	w.current.copy(w, in)
}

// New begins a row in which every field is null.
func (w *Writer) New() {
	w.end()
	if w.selected {
		w.fail(errNewSelected)
		return
	}
	w.current.open, w.current.start = true, len(w.store.open())
}

// Set gives the row's field a text; the empty text is not null.
func (w *Writer) Set(f Field, value string) { w.SetBytes(f, raw(value)) }

// SetBytes is Set for bytes, which need not be UTF-8.
func (w *Writer) SetBytes(f Field, value []byte) {
	s := w.slot(f)
	if w.inOrder(f) {
		b := w.upTo(w.fields[f].tail)
		from := len(b)
		w.store.buf = appendCell(b, value)
		s.plain, s.multi, s.direct = span{start: from, end: len(w.store.buf)}, span{}, true
		return
	}
	from := len(w.current.text)
	w.current.text = appendCell(w.current.text, value)
	s.plain, s.multi = w.text(from), span{}
}

// SetInt gives the row's field a whole number.
func (w *Writer) SetInt(f Field, n int64) {
	s := w.slot(f)
	from := len(w.current.text)
	if n < 0 {
		w.current.text = append(strconv.AppendInt(append(w.current.text, '"'), n, 10), '"')
	} else {
		w.current.text = strconv.AppendInt(w.current.text, n, 10)
	}
	s.plain, s.multi = w.text(from), span{}
}

// text is the range of what was written since a place.
func (w *Writer) text(from int) span { return span{start: from, end: len(w.current.text)} }

// SetNull takes the field's value away.
func (w *Writer) SetNull(f Field) {
	s := w.slot(f)
	s.plain, s.multi = span{}, span{}
}

// SetColumn gives the field the value, or the values, of a column of the row
// copied, or of any current row, as they were written.
func (w *Writer) SetColumn(f Field, in *Rows, c Column) {
	s := w.slot(f)
	s.plain, s.multi = span{}, span{}
	if c.plain == 0 {
		return
	}
	s.plain = w.keep(in.cell(c.plain))
	if c.multi != 0 {
		if multi := in.cell(c.multi); len(multi) > 0 {
			w.placeMulti(f)
			s.multi = w.keep(multi)
		}
	}
}

// SetValues gives the field several values: none make it null, one a plain
// value.
func (w *Writer) SetValues(f Field, values ...string) {
	w.startList()
	for _, v := range values {
		w.addToList(raw(v))
	}
	w.endList(f)
}

// SetList is SetValues for bytes.
func (w *Writer) SetList(f Field, values [][]byte) {
	w.startList()
	for _, v := range values {
		w.addToList(v)
	}
	w.endList(f)
}

// Messages are what the user of the search is told.
func (w *Writer) Messages() *Messages { return w.messages }

// Full tells that the chunk has as many rows as splunkd takes.
func (w *Writer) Full() bool {
	rows := w.rows
	if w.current.open {
		rows++
	}
	return w.room > 0 && rows >= w.room
}

// flush ends what is being written.
func (w *Writer) flush() error {
	w.end()
	w.cut()
	if w.err == nil {
		w.err = w.store.err
	}
	return w.err
}

// fail notes what a command did wrong; the first mistake ends the search.
func (w *Writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}
