package scp

// current is the row being written. The bytes of the row it copies stand at the
// end of the store's block already, from start on. Behind them stand the first
// columns of the tail, as long as they are set in their order; what is set
// otherwise is cells in text.
type current struct {
	open   bool
	start  int
	copied bool   // it copies a row
	rowEnd int    // where the row copied ends in the block
	ready  int    // columns of the tail that stand behind it
	mixed  bool   // something was set out of order
	cells  []span // of the row copied, counted from start; empty when nobody asked
	over   bool   // a column of the input is set
	text   []byte
	slots  []slot
	list   []byte // the values of a multivalue, joined by LF
	multi  []byte // the same as $a$;$b$
	n      int
}

// slot is what a row has for a field.
type slot struct {
	set          bool
	direct       bool // plain is a range of the block
	plain, multi span // of current.text
}

// slot is where the current row's value of a field goes.
func (w *Writer) slot(f Field) *slot {
	if !w.current.open {
		w.fail(errNoRow)
	}
	for len(w.current.slots) < len(w.fields) {
		w.current.slots = append(w.current.slots, slot{})
	}
	c, o := &w.current, &w.fields[f]
	if c.ready > 0 && o.tail < c.ready {
		c.takeBack(&w.store)
	}
	s := &c.slots[f]
	s.set = true
	if o.plain >= 0 {
		c.over = true
	}
	return s
}

// inOrder tells whether the field's column can be written behind the row now,
// with those before it as they are.
func (w *Writer) inOrder(f Field) bool {
	c := &w.current
	return c.copied && !c.mixed && !c.over && w.fields[f].tail >= c.ready
}

// upTo is the block with the columns of the tail before one, and its comma; that
// one counts as written.
func (w *Writer) upTo(column int) []byte {
	c := &w.current
	b := append(c.appendTail(w.store.buf, w.layout.tail[c.ready:column]), ',')
	c.ready = column + 1
	return b
}

// appendTail writes columns of the tail behind a row.
func (c *current) appendTail(b []byte, tail []place) []byte {
	for _, p := range tail {
		b = append(b, ',')
		if int(p.field) < len(c.slots) {
			b = append(b, c.cell(c.slots[p.field], p.multi)...)
		}
	}
	return b
}

// takeBack makes cells in text of the columns behind the row: the rest of it is
// not set in order.
func (c *current) takeBack(s *store) {
	if c.ready == 0 {
		return
	}
	c.mixed = true
	for i := range c.slots {
		if p := &c.slots[i].plain; c.slots[i].direct {
			from := len(c.text)
			c.text = append(c.text, s.buf[p.start:p.end]...)
			*p, c.slots[i].direct = span{start: from, end: len(c.text)}, false
		}
	}
	s.buf, c.ready = s.buf[:c.rowEnd], 0
}

// keep copies a cell as it was written.
func (w *Writer) keep(cell []byte) span {
	from := len(w.current.text)
	w.current.text = append(w.current.text, cell...)
	return w.text(from)
}

func (w *Writer) startList() {
	c := &w.current
	c.n, c.list, c.multi = 0, c.list[:0], c.multi[:0]
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
	c.slots[f].multi = w.text(from)
}

// copy begins a row with the bytes of another.
func (c *current) copy(w *Writer, in *Rows) {
	b := w.store.open()
	c.open, c.copied, c.start = true, true, len(b)
	w.store.buf = append(b, in.Raw()...)
	c.rowEnd = len(w.store.buf)
	c.cells = c.cells[:0]
	if len(w.layout.over) > 0 {
		for _, s := range in.scanner.cells {
			c.cells = append(c.cells, span{start: s.start - in.from, end: s.end - in.from})
		}
	}
}

// end finishes the current row, if there is one.
func (w *Writer) end() {
	c := &w.current
	if !c.open {
		c.reset()
		return
	}
	b := w.store.open()
	switch {
	case c.over:
		b = w.replace(b)
	case !c.copied && w.layout.base != nil:
		b = appendCommas(b, len(w.layout.base.names)-1)
	}
	from := c.start
	b = c.appendTail(b, w.layout.tail[c.ready:])
	if w.layout.base == nil && len(w.layout.tail) > 0 {
		b = append(b[:from], b[from+1:]...) // no comma before the first column
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
	c.open, c.copied, c.over, c.mixed, c.ready, c.text = false, false, false, false, 0, c.text[:0]
	clear(c.slots)
}

func (c *current) cell(s slot, multi bool) []byte {
	if multi {
		return c.text[s.multi.start:s.multi.end]
	}
	return c.text[s.plain.start:s.plain.end]
}

// replace writes the columns of the input again, with those that are set.
func (w *Writer) replace(b []byte) []byte {
	c := &w.current
	from := len(c.text)
	c.text = append(c.text, b[c.start:]...) // the row as it was
	row := c.text[from:]
	b = b[:c.start]
	if c.copied && len(c.cells) == 0 {
		s := rowScanner{lenient: w.layout.base.lenient}
		if _, err := s.scan(row, 0); err != nil {
			w.fail(err) // it was scanned before
			return b
		}
		c.cells = append(c.cells, s.cells...)
	}
	at := 0 // the next column to be written
	for _, p := range w.layout.over {
		if int(p.field) >= len(c.slots) || !c.slots[p.field].set {
			continue
		}
		b = c.appendAsWas(b, row, at, int(p.at))
		if p.at > 0 {
			b = append(b, ',')
		}
		b = append(b, c.cell(c.slots[p.field], p.multi)...)
		at = int(p.at) + 1
	}
	return c.appendAsWas(b, row, at, len(w.layout.base.names))
}

// appendAsWas writes the columns [from, to) of the row copied, or of a new one,
// with the comma before each but the first.
func (c *current) appendAsWas(b, row []byte, from, to int) []byte {
	if from == to {
		return b
	}
	if from > 0 {
		b = append(b, ',')
	}
	if !c.copied {
		return appendCommas(b, to-from-1)
	}
	return append(b, row[c.cells[from].start:c.cells[to-1].end]...)
}

func appendCommas(b []byte, n int) []byte {
	for range n {
		b = append(b, ',')
	}
	return b
}
