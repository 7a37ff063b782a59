package batch

import "riskreplay/src/event"

// Column is one field over the rows of a batch, in one of three forms: codes of
// a dictionary (any field), times (_time, never null), or bytes (_raw). Who does
// not care asks IsNull, Text, Values and Num, or takes Coded. A Column is not
// written to once it is in a batch.
type Column struct {
	Dict  *Dict
	Codes []Code
	Times []event.Time
	Bytes [][]byte
}

// Nulls is a column of n absent cells.
func Nulls(n int) *Column { return &Column{Dict: NewDict(), Codes: make([]Code, n)} }

// Constant is a column of n cells that hold one text.
func Constant(text string, n int) *Column {
	c := &Column{Dict: NewDict(), Codes: make([]Code, n)}
	code := c.Dict.Add(text)
	for i := range c.Codes {
		c.Codes[i] = code
	}
	return c
}

// Texts is a column with one text a row.
func Texts(texts ...string) *Column {
	c := &Column{Dict: NewDict(), Codes: make([]Code, len(texts))}
	for i, t := range texts {
		c.Codes[i] = c.Dict.Add(t)
	}
	return c
}

// Len is the number of rows.
func (c *Column) Len() int {
	switch {
	case c.Times != nil:
		return len(c.Times)
	case c.Bytes != nil:
		return len(c.Bytes)
	}
	return len(c.Codes)
}

// IsNull tells whether the cell is absent.
func (c *Column) IsNull(row int) bool {
	if c.Codes != nil {
		return c.Codes[row] == 0
	}
	return c.Bytes != nil && c.Bytes[row] == nil
}

// Text is the cell as text: "" for null, multivalues joined by newlines.
func (c *Column) Text(row int) string {
	switch {
	case c.Times != nil:
		return c.Times[row].String()
	case c.Bytes != nil:
		return string(c.Bytes[row])
	}
	return c.Dict.texts[c.Codes[row]]
}

// Values is the cell's values as texts, none for null.
func (c *Column) Values(row int) []string {
	if c.IsNull(row) {
		return nil
	}
	if c.Codes == nil {
		return []string{c.Text(row)}
	}
	return c.Dict.Values(c.Codes[row])
}

// Num is the number in the cell, if it is one.
func (c *Column) Num(row int) (float64, bool) {
	switch {
	case c.Times != nil:
		return c.Times[row].Seconds(), true
	case c.Bytes != nil:
		return Number(string(c.Bytes[row]))
	}
	return c.Dict.Num(c.Codes[row])
}

// Time is the cell as a time, exact to the nanosecond where the text is.
func (c *Column) Time(row int) (event.Time, bool) {
	if c.Times != nil {
		return c.Times[row], true
	}
	if c.IsNull(row) {
		return 0, false
	}
	if t, ok := event.ParseTime(c.Text(row)); ok {
		return t, true
	}
	f, ok := c.Num(row)
	return event.Time(f * 1e9), ok && f > -9e9 && f < 9e9
}

// Coded is the column in dictionary form: itself, or made now.
func (c *Column) Coded() *Column {
	if c.Codes != nil || c.Len() == 0 {
		return c
	}
	out := &Column{Dict: NewDict(), Codes: make([]Code, c.Len())}
	for i := range out.Codes {
		switch {
		case c.Times != nil:
			if i > 0 && c.Times[i] == c.Times[i-1] {
				out.Codes[i] = out.Codes[i-1]
				continue
			}
			var text [32]byte
			out.Codes[i] = out.Dict.AddBytes(c.Times[i].Append(text[:0]))
		case c.Bytes[i] != nil:
			out.Codes[i] = out.Dict.AddBytes(c.Bytes[i])
		}
	}
	return out
}

// Gather is the column of the rows named, in their order. The dictionary is
// shared.
func (c *Column) Gather(rows []int32) *Column {
	out := &Column{Dict: c.Dict}
	switch {
	case c.Times != nil:
		out.Times = make([]event.Time, len(rows))
		for i, r := range rows {
			out.Times[i] = c.Times[r]
		}
	case c.Bytes != nil:
		out.Bytes = make([][]byte, len(rows))
		for i, r := range rows {
			out.Bytes[i] = c.Bytes[r]
		}
	default:
		out.Codes = make([]Code, len(rows))
		for i, r := range rows {
			out.Codes[i] = c.Codes[r]
		}
	}
	return out
}

// Slice is rows from:to, sharing memory.
func (c *Column) Slice(from, to int) *Column {
	out := &Column{Dict: c.Dict}
	switch {
	case c.Times != nil:
		out.Times = c.Times[from:to]
	case c.Bytes != nil:
		out.Bytes = c.Bytes[from:to]
	default:
		out.Codes = c.Codes[from:to]
	}
	return out
}
