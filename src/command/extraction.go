package command

import (
	"unsafe"

	"riskreplay/src/batch"
)

// extraction makes columns of what is read out of the texts of another column,
// each distinct cell once. Rows in which a field is found get it; in the others it
// stays as it was.
//
//	x := newExtraction(b.Len)
//	x.each(column, func(text string) { x.add(x.column("user"), "anna") })
//	b = x.into(b)
type extraction struct {
	rows    int
	columns map[string]*extracted
	order   []*extracted
	touched []*extracted // of the cell at hand
	last    *extracted   // the column asked for last
}

// extracted is one column under construction.
type extracted struct {
	name    string
	dict    *batch.Dict
	codes   []batch.Code
	pending []batch.Code // of the cell at hand
	text    string       // the value added last, and its code
	code    batch.Code
	next    *extracted // the column that was asked for after this one
}

// finding is what a cell gave for one column.
type finding struct {
	column *extracted
	code   batch.Code
}

func newExtraction(rows int) *extraction {
	return &extraction{rows: rows, columns: map[string]*extracted{}}
}

// column is the column of that name. Texts that are alike ask for the same columns
// in the same order, which is tried first.
func (x *extraction) column(name string) *extracted {
	if x.last != nil && x.last.next != nil && x.last.next.name == name {
		x.last = x.last.next
		return x.last
	}
	c := x.columns[name]
	if c == nil {
		c = &extracted{name: string([]byte(name)), dict: batch.NewDict(), codes: make([]batch.Code, x.rows)}
		x.columns[c.name] = c
		x.order = append(x.order, c)
	}
	if x.last != nil {
		x.last.next = c
	}
	x.last = c
	return c
}

// add gives the cell at hand a value; the text is copied.
func (x *extraction) add(c *extracted, value string) {
	if len(c.pending) == 0 {
		x.touched = append(x.touched, c)
	}
	c.pending = append(c.pending, c.codeOf(value))
}

// codeOf finds a value's code; texts that follow each other often have the same.
func (c *extracted) codeOf(value string) batch.Code {
	if c.code != 0 && value == c.text {
		return c.code
	}
	c.code = c.dict.Add(value)
	c.text = c.dict.Text(c.code)
	return c.code
}

// set gives the cell at hand a value, the only one.
func (x *extraction) set(c *extracted, value string) {
	if len(c.pending) > 0 {
		c.pending = append(c.pending[:0], c.codeOf(value))
		return
	}
	x.add(c, value)
}

// discard forgets what the cell at hand gave so far.
func (x *extraction) discard() {
	for _, c := range x.touched {
		c.pending = c.pending[:0]
	}
	x.touched = x.touched[:0]
}

// each calls read with the text of each distinct cell; values of a multivalue come
// one by one. What it adds is for all rows with the cell.
func (x *extraction) each(c *batch.Column, read func(text string)) {
	switch {
	case c == nil:
	case c.Bytes != nil:
		for r, text := range c.Bytes {
			if text == nil {
				continue
			}
			x.last = nil
			read(unsafe.String(unsafe.SliceData(text), len(text)))
			for _, t := range x.touched {
				t.codes[r] = t.dict.AddCodes(t.pending)
				t.pending = t.pending[:0]
			}
			x.touched = x.touched[:0]
		}
	default:
		x.eachCode(c.Coded(), read)
	}
}

func (x *extraction) eachCode(c *batch.Column, read func(text string)) {
	if c.Len() == 0 {
		return
	}
	from := make([]int32, c.Dict.Len()) // where a cell's findings begin, plus one
	var to []int32                      // and end, by cell in the order seen
	var at []finding
	seen := make([]int32, c.Dict.Len())
	for r, code := range c.Codes {
		if code == 0 {
			continue
		}
		if seen[code] == 0 {
			x.last = nil
			if list := c.Dict.Multi(code); list == nil {
				read(c.Dict.Text(code))
			} else {
				for _, v := range list {
					read(c.Dict.Text(v))
				}
			}
			from[code] = int32(len(at))
			for _, t := range x.touched {
				at = append(at, finding{t, t.dict.AddCodes(t.pending)})
				t.pending = t.pending[:0]
			}
			x.touched = x.touched[:0]
			to = append(to, int32(len(at)))
			seen[code] = int32(len(to))
		}
		for _, f := range at[from[code]:to[seen[code]-1]] {
			f.column.codes[r] = f.code
		}
	}
}

// into is the batch with the columns made.
func (x *extraction) into(b *batch.Batch) *batch.Batch {
	for _, c := range x.order {
		b = put(b, c.name, &batch.Column{Dict: c.dict, Codes: c.codes})
	}
	return b
}
