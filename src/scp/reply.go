package scp

import (
	"fmt"
	"io"
	"slices"
)

// reply is the rows of one reply, ready to be written: their number of bytes is
// known, and every row has the columns of the header.
type reply struct {
	header []byte
	pieces []kept
	length int64
	rows   int
}

// newReply puts together what writers wrote, in their order. Rows that were
// written before a column was known get it as null.
func newReply(s *spill, writers []*Writer) (*reply, error) {
	r := &reply{}
	u := union{index: map[string]int{}}
	for _, w := range writers {
		r.rows += w.rows
		for _, p := range w.store.pieces {
			u.add(p.layout, w.fields)
		}
	}
	for _, w := range writers {
		for _, p := range w.store.pieces {
			k := p.kept
			if m := u.mapping(p.layout, w.fields); m != nil {
				var err error
				if k, err = u.rewrite(s, k, m, p.layout.base); err != nil {
					return nil, err
				}
			}
			r.pieces = append(r.pieces, k)
			r.length += int64(k.length)
		}
	}
	if len(r.pieces) > 0 {
		r.header = u.header()
		r.length += int64(len(r.header))
	}
	return r, nil
}

// smallWrite is how much of a reply is put together for one write. What is
// larger is written as it is.
const smallWrite = 64 << 10

// write writes what comes before the rows, the rows, and gives their memory
// back.
func (r *reply) write(w io.Writer, head []byte, s *spill) (err error) {
	head = append(head, r.header...)
	flush := func() {
		if err == nil && len(head) > 0 {
			_, err = w.Write(head)
		}
		head = head[:0]
	}
	for _, k := range r.pieces {
		switch {
		case err != nil:
		case k.data != nil && len(head)+k.length <= smallWrite:
			head = append(head, k.data...)
		default:
			if flush(); err == nil {
				err = s.writeTo(w, k)
			}
		}
		s.drop(k)
	}
	flush()
	return err
}

// union is the columns of all rows of a reply: those of inputs first.
type union struct {
	base  *Header // the first input's, whose columns keep their places
	names []string
	index map[string]int
	tail  []string // columns that no input had, behind the others
}

// add takes the columns of a layout in.
func (u *union) add(l layout, fields []outField) {
	if l.base != nil && u.base == nil {
		u.base = l.base
		u.names = slices.Clone(l.base.names)
		for i, name := range u.names {
			if _, twice := u.index[name]; !twice {
				u.index[name] = i
			}
		}
	}
	if l.base != nil && l.base != u.base {
		for _, name := range l.base.names {
			if _, known := u.index[name]; !known {
				u.index[name] = len(u.names)
				u.names = append(u.names, name)
			}
		}
	}
	for _, name := range l.tailNames(fields) {
		if !slices.Contains(u.tail, name) {
			u.tail = append(u.tail, name)
		}
	}
}

// all is the columns in order.
func (u *union) all() []string {
	out := slices.Clone(u.names)
	for _, name := range u.tail {
		if _, known := u.index[name]; !known {
			out = append(out, name)
		}
	}
	return out
}

// mapping tells for each column of the reply which column of the layout it is,
// -1 for none. It is nil when they are the same.
func (u *union) mapping(l layout, fields []outField) []int {
	all, tail := u.all(), l.tailNames(fields)
	n := 0
	at := map[string]int{}
	if l.base != nil {
		n = len(l.base.names)
	}
	if l.base == u.base && n+len(tail) == len(all) && slices.Equal(all[n:], tail) {
		return nil
	}
	if l.base != nil {
		for i, name := range l.base.names {
			if _, twice := at[name]; !twice {
				at[name] = i
			}
		}
	}
	for i, name := range tail {
		at[name] = n + i
	}
	m := make([]int, len(all))
	for i, name := range all {
		m[i] = -1
		if j, ok := at[name]; ok {
			m[i] = j
		}
		if l.base != nil && l.base == u.base && i < n {
			m[i] = i // two columns of one name are kept
		}
	}
	return m
}

// rewrite gives rows the columns of the reply.
func (u *union) rewrite(s *spill, c kept, mapping []int, base *Header) (kept, error) {
	old, err := s.load(c, nil)
	if err != nil {
		return c, err
	}
	b := make([]byte, 0, len(old)+len(old)/4)
	scanner := rowScanner{lenient: base != nil && base.lenient}
	for at := 0; at < len(old); {
		next, err := scanner.scan(old, at)
		if err != nil {
			return c, fmt.Errorf("cannot write a row again: %w", err)
		}
		for i, from := range mapping {
			if i > 0 {
				b = append(b, ',')
			}
			if from >= 0 {
				cell := scanner.cells[from]
				b = append(b, old[cell.start:cell.end]...)
			}
		}
		b = append(b, '\n')
		at = next
	}
	s.drop(c)
	return s.keep(b)
}

// header is the line with the names.
func (u *union) header() []byte {
	var b []byte
	from := 0
	if u.base != nil {
		b = append(b, u.base.raw...)
		from = len(u.base.names)
	}
	for i, name := range u.all()[from:] {
		if i > 0 || from > 0 {
			b = append(b, ',')
		}
		b = appendCell(b, raw(name))
	}
	return append(b, '\n')
}

// tailNames are the columns behind those of the input.
func (l *layout) tailNames(fields []outField) []string {
	out := make([]string, len(l.tail))
	for i, p := range l.tail {
		out[i] = fields[p.field].name
		if p.multi {
			out[i] = multiPrefix + out[i]
		}
	}
	return out
}
