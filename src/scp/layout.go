package scp

import "slices"

// layout is the columns that rows have while nothing is declared: those of the
// input, then the ones declared, in the order they were.
type layout struct {
	base *Header // nil until a row is copied
	tail []place
	// over are the columns of base that fields stand in, by position.
	over []place
}

// place is a column that a field stands in: its value, or its several values.
type place struct {
	field Field
	multi bool
	at    int32 // in base; -1 in the tail
}

// outField is a declared field and where its two columns are: a position in
// base, inTail, or nowhere yet.
type outField struct {
	name         string
	plain, multi int32
	// tail is the column in the tail that has its value, none when it is elsewhere.
	tail       int
	wantsMulti bool
}

const (
	inTail  = -1
	nowhere = -2
)

// width is the number of columns.
func (l *layout) width() int {
	n := len(l.tail)
	if l.base != nil {
		n += len(l.base.names)
	}
	return n
}

// base makes the columns of copied rows those of the header.
func (w *Writer) base(h *Header) {
	if w.layout.base == h {
		return
	}
	w.cut()
	w.layout = layout{base: h}
	for f := range w.fields {
		w.fields[f].plain, w.fields[f].multi, w.fields[f].tail = nowhere, nowhere, nowhere
		w.place(Field(f))
	}
}

// cut ends the rows of one layout. The row that is being written is one of the
// next.
func (w *Writer) cut() {
	w.current.takeBack(&w.store)
	if !w.current.open {
		w.store.cut(w.layout, len(w.store.buf))
		return
	}
	w.store.cut(w.layout, w.current.start)
	w.current.start = 0
}

// place finds the columns of a field, or appends one.
func (w *Writer) place(f Field) {
	o := &w.fields[f]
	if h := w.layout.base; h != nil {
		if at, ok := h.index[o.name]; ok {
			o.plain, o.multi = at, nowhere
			w.cover(place{f, false, at})
			if h.multi[at] >= 0 {
				o.multi = h.multi[at]
				w.cover(place{f, true, o.multi})
			}
		}
	}
	if o.plain == nowhere {
		w.cut()
		o.plain, o.tail = inTail, len(w.layout.tail)
		w.layout.tail = append(w.layout.tail, place{f, false, inTail})
	}
	if o.wantsMulti {
		w.placeMulti(f)
	}
}

// placeMulti sees to it that the field has a column for several values.
func (w *Writer) placeMulti(f Field) {
	o := &w.fields[f]
	o.wantsMulti = true
	if o.multi != nowhere {
		return
	}
	w.cut()
	o.multi = inTail
	w.layout.tail = append(w.layout.tail, place{f, true, inTail})
}

// cover notes that a field stands in a column of the input.
func (w *Writer) cover(p place) {
	i, _ := slices.BinarySearchFunc(w.layout.over, p.at, func(o place, at int32) int { return int(o.at - at) })
	w.layout.over = slices.Insert(slices.Clip(w.layout.over), i, p)
}
