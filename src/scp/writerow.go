package scp

// current is the row being written: the row it copies, and what is set, as
// cells in text.
type current struct {
	open  bool
	in    *Rows // nil for a new row
	text  []byte
	slots []slot
	list  []byte // the values of a multivalue, joined by LF
	multi []byte // the same as $a$;$b$
	n     int
	field Field
	over  bool // a column of the input is set
}

// slot is what a row has for a field.
type slot struct {
	set          bool
	plain, multi span // of current.text
}

// slot is where the current row's value of a field goes.
func (w *Writer) slot(f Field) *slot {
	for len(w.current.slots) < len(w.fields) {
		w.current.slots = append(w.current.slots, slot{})
	}
	s := &w.current.slots[f]
	s.set = true
	if w.fields[f].plain >= 0 {
		w.current.over = true
	}
	return s
}

// keep copies a cell as it was written.
func (w *Writer) keep(cell []byte) span {
	from := len(w.current.text)
	w.current.text = append(w.current.text, cell...)
	return span{from, len(w.current.text)}
}

func (w *Writer) startList(f Field) {
	c := &w.current
	c.field, c.n, c.list, c.multi = f, 0, c.list[:0], c.multi[:0]
}

func (w *Writer) addToList(value []byte) {
	c := &w.current
	if c.n > 0 {
		c.list = append(c.list, '\n')
	}
	c.list = append(c.list, value...)
	c.multi = appendMulti(c.multi, value, c.n == 0)
	c.n++
}

func (w *Writer) endList(f Field) {
	c := &w.current
	if c.n == 0 {
		w.SetNull(f)
		return
	}
	w.SetBytes(f, c.list)
	if c.n == 1 {
		return
	}
	w.placeMulti(f)
	from := len(c.text)
	c.text = appendCell(c.text, c.multi)
	c.slots[f].multi = span{from, len(c.text)}
}

// end writes the current row, if there is one.
func (w *Writer) end() {
	c := &w.current
	if !c.open {
		c.reset()
		return
	}
	b := w.store.open()
	from := len(b)
	if w.layout.base != nil {
		b = w.appendBase(b)
	}
	for i, p := range w.layout.tail {
		if i > 0 || w.layout.base != nil {
			b = append(b, ',')
		}
		if int(p.field) < len(c.slots) {
			b = append(b, c.cell(c.slots[p.field], p.multi)...)
		}
	}
	c.reset()
	width := w.layout.width()
	if width == 0 {
		return // a row without columns is none
	}
	if width == 1 && len(b) == from {
		b = append(b, '"', '"') // an empty line would be no row
	}
	w.rows++
	w.store.close(append(b, '\n'), w.layout)
}

func (c *current) reset() {
	c.open, c.in, c.over, c.text = false, nil, false, c.text[:0]
	for i := range c.slots {
		c.slots[i] = slot{}
	}
}

func (c *current) cell(s slot, multi bool) []byte {
	if multi {
		return c.text[s.multi.start:s.multi.end]
	}
	return c.text[s.plain.start:s.plain.end]
}

// appendBase writes the columns of the input: as they were, but for those set.
func (w *Writer) appendBase(b []byte) []byte {
	c := &w.current
	if c.in != nil && !c.over {
		return append(b, c.in.Raw()...)
	}
	at := int32(0) // the next column to be written
	for _, p := range w.layout.over {
		if int(p.field) >= len(c.slots) || !c.slots[p.field].set {
			continue
		}
		b = w.appendAsWas(b, at, p.at)
		if p.at > 0 {
			b = append(b, ',')
		}
		b = append(b, c.cell(c.slots[p.field], p.multi)...)
		at = p.at + 1
	}
	return w.appendAsWas(b, at, int32(len(w.layout.base.names)))
}

// appendAsWas writes the columns [from, to) of the input, with the comma before
// each but the first of the row.
func (w *Writer) appendAsWas(b []byte, from, to int32) []byte {
	if from == to {
		return b
	}
	in := w.current.in
	if in == nil {
		for at := from; at < to; at++ {
			if at > 0 {
				b = append(b, ',')
			}
		}
		return b
	}
	if from > 0 {
		b = append(b, ',')
	}
	return append(b, in.body[in.scanner.cells[from].start:in.scanner.cells[to-1].end]...)
}
