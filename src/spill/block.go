package spill

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"github.com/klauspost/compress/s2"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// The forms of a column in a block.
const (
	formCodes byte = iota
	formTimes
	formBytes
)

// encode is a batch as a block: how many rows and columns, then each column with
// its name, the values that its cells hold, and the cells.
func encode(b *batch.Batch) []byte {
	out := binary.AppendUvarint(nil, uint64(b.Len))
	out = binary.AppendUvarint(out, uint64(len(b.Columns)))
	for i, c := range b.Columns {
		out = appendText(out, b.Names[i])
		switch {
		case c.Times != nil:
			out = append(out, formTimes)
			last := event.Time(0)
			for _, t := range c.Times {
				out = binary.AppendVarint(out, int64(t-last))
				last = t
			}
		case c.Bytes != nil:
			out = append(out, formBytes)
			for _, raw := range c.Bytes {
				if raw == nil {
					out = append(out, 0)
					continue
				}
				out = append(binary.AppendUvarint(out, uint64(len(raw))+1), raw...)
			}
		default:
			out = appendCodes(append(out, formCodes), c)
		}
	}
	return s2.Encode(nil, out)
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendCodes(dst []byte, c *batch.Column) []byte {
	l := newLocals(c)
	cells := make([]uint32, len(c.Codes))
	for i, code := range c.Codes {
		cells[i] = l.of(code)
	}
	dst = binary.AppendUvarint(dst, uint64(len(l.list)))
	for _, code := range l.list {
		values := c.Dict.Multi(code)
		if values == nil {
			text := c.Dict.Text(code)
			dst = append(binary.AppendUvarint(dst, uint64(len(text))<<1), text...)
			continue
		}
		dst = binary.AppendUvarint(dst, uint64(len(values))<<1|1)
		for _, v := range values {
			dst = binary.AppendUvarint(dst, uint64(l.of(v)))
		}
	}
	for _, code := range cells {
		dst = binary.AppendUvarint(dst, uint64(code))
	}
	return dst
}

// locals numbers the entries of a dictionary that a column's cells hold, from 1 on;
// 0 is null. The values of a multivalue stand before it.
type locals struct {
	dict  *batch.Dict
	list  []batch.Code
	dense []uint32
	few   map[batch.Code]uint32 // where the dictionary is much larger than the column
}

func newLocals(c *batch.Column) *locals {
	l := &locals{dict: c.Dict}
	switch {
	case c.Dict == nil:
	case c.Dict.Len() > 8*len(c.Codes):
		l.few = make(map[batch.Code]uint32, len(c.Codes))
	default:
		l.dense = make([]uint32, c.Dict.Len())
	}
	return l
}

func (l *locals) of(code batch.Code) uint32 {
	if code == 0 {
		return 0
	}
	if l.dense != nil {
		if n := l.dense[code]; n != 0 {
			return n
		}
	} else if n := l.few[code]; n != 0 {
		return n
	}
	for _, v := range l.dict.Multi(code) {
		l.of(v)
	}
	l.list = append(l.list, code)
	n := uint32(len(l.list))
	if l.dense != nil {
		l.dense[code] = n
	} else {
		l.few[code] = n
	}
	return n
}

// compact is the batch with dictionaries that have what its cells hold and no more.
func compact(b *batch.Batch) *batch.Batch {
	out := &batch.Batch{Len: b.Len, Names: b.Names, Columns: make([]*batch.Column, len(b.Columns))}
	for i, c := range b.Columns {
		if c.Codes == nil || c.Dict == nil {
			out.Columns[i] = c
			continue
		}
		l := newLocals(c)
		col := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, len(c.Codes))}
		for r, code := range c.Codes {
			col.Codes[r] = l.of(code)
		}
		for _, code := range l.list {
			if values := c.Dict.Multi(code); values != nil {
				own := make([]batch.Code, len(values))
				for i, v := range values {
					own[i] = l.of(v)
				}
				col.Dict.AddCodes(own)
				continue
			}
			col.Dict.AddShared(c.Dict.Text(code))
		}
		out.Columns[i] = col
	}
	return out
}

var errBlock = errors.New("cannot read rows back from disk: they are not what was written")

// decode is the batch of a block. Its texts point into the block.
func decode(data []byte) (*batch.Batch, error) {
	plain, err := s2.Decode(nil, data)
	if err != nil {
		return nil, errBlock
	}
	r := &reader{data: plain}
	rows, columns := r.number(len(plain)*8+1<<20), r.number(len(plain))
	b := batch.New(rows)
	for range columns {
		name := r.text(r.number(len(r.data)))
		c := r.column(rows)
		if r.bad {
			return nil, errBlock
		}
		b.Set(name, c)
	}
	return b, nil
}

// reader reads a block; bad is set when there is less than there should be.
type reader struct {
	data []byte
	bad  bool
}

func (r *reader) number(most int) int {
	n, size := binary.Uvarint(r.data)
	if size <= 0 || n > uint64(most) {
		r.bad, r.data = true, nil
		return 0
	}
	r.data = r.data[size:]
	return int(n)
}

func (r *reader) text(n int) string {
	if n > len(r.data) {
		r.bad, r.data = true, nil
		return ""
	}
	s := r.data[:n]
	r.data = r.data[n:]
	return unsafe.String(unsafe.SliceData(s), n)
}

func (r *reader) column(rows int) *batch.Column {
	form := byte(255)
	if len(r.data) > 0 {
		form, r.data = r.data[0], r.data[1:]
	}
	switch form {
	case formTimes:
		c, last := &batch.Column{Times: make([]event.Time, rows)}, event.Time(0)
		for i := range c.Times {
			d, size := binary.Varint(r.data)
			if size <= 0 {
				r.bad = true
				return nil
			}
			r.data = r.data[size:]
			last += event.Time(d)
			c.Times[i] = last
		}
		return c
	case formBytes:
		c := &batch.Column{Bytes: make([][]byte, rows)}
		for i := range c.Bytes {
			if n := r.number(len(r.data)); n > 0 {
				text := r.text(n - 1)
				c.Bytes[i] = unsafe.Slice(unsafe.StringData(text), len(text))
				if len(text) == 0 {
					c.Bytes[i] = []byte{}
				}
			}
		}
		return c
	case formCodes:
		return r.codes(rows)
	}
	r.bad = true
	return nil
}

func (r *reader) codes(rows int) *batch.Column {
	n := r.number(len(r.data))
	d, codes := batch.NewDict(), make([]batch.Code, n+1)
	for i := 1; i <= n && !r.bad; i++ {
		head := r.number(2*len(r.data) + 1)
		if head&1 == 0 {
			codes[i] = d.AddShared(r.text(head >> 1))
			continue
		}
		values := make([]batch.Code, head>>1)
		for v := range values {
			values[v] = codes[r.number(i-1)]
		}
		codes[i] = d.AddCodes(values)
	}
	c := &batch.Column{Dict: d, Codes: make([]batch.Code, rows)}
	for i := range c.Codes {
		c.Codes[i] = codes[r.number(n)]
	}
	return c
}
