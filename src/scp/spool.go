package scp

import (
	"bytes"
	"iter"
	"sort"
)

// spoolBlock is how many bytes of rows a Spool keeps in one piece.
const spoolBlock = 1 << 20

// Spool keeps rows for a command that needs all of them: in memory up to the
// program's budget, and on disk what is more. Rows keep their order and their
// bytes; those of different chunks may have different headers.
type Spool struct {
	spill  *spill
	blocks []spooled
	buf    []byte
	starts []uint32
	header *Header
	n      int
}

// spooled is rows of one header.
type spooled struct {
	kept
	header *Header
	first  int      // number of its first row
	starts []uint32 // where rows begin
}

// NewSpool is an empty Spool within the budget of the program.
func (i *Info) NewSpool() *Spool {
	if i.spill == nil {
		i.spill = newSpill(0, "")
	}
	return &Spool{spill: i.spill}
}

// Len is the number of rows.
func (s *Spool) Len() int { return s.n }

// Add keeps the current row of in.
func (s *Spool) Add(in *Rows) error {
	row := in.Raw()
	if in.header != s.header || len(s.buf)+len(row) >= spoolBlock {
		if err := s.cut(); err != nil {
			return err
		}
		s.header = in.header
	}
	if s.buf == nil {
		s.buf = make([]byte, 0, max(spoolBlock, len(row)+1))
	}
	s.starts = append(s.starts, uint32(len(s.buf)))
	s.buf = append(append(s.buf, row...), '\n')
	s.n++
	return nil
}

// cut ends a block. The budget counts blocks of memory that are in use, so a
// block is kept at the size it has.
func (s *Spool) cut() error {
	if len(s.starts) == 0 {
		return nil
	}
	k, err := s.spill.keep(bytes.Clone(s.buf))
	if err != nil {
		return err
	}
	s.blocks = append(s.blocks, spooled{k, s.header, s.n - len(s.starts), s.starts})
	s.buf, s.starts = s.buf[:0], nil
	return nil
}

// All gives the rows in their order, in pieces:
//
//	for rows, err := range all.All() {
//		if err != nil {
//			return err
//		}
//		for rows.Next() { ... }
//	}
func (s *Spool) All() iter.Seq2[*Rows, error] {
	return func(yield func(*Rows, error) bool) {
		if err := s.cut(); err != nil {
			yield(nil, err)
			return
		}
		var buf []byte
		for _, b := range s.blocks {
			data, err := s.spill.load(b.kept, buf)
			if b.data == nil {
				buf = data
			}
			if !yield(newRows(b.header, data), err) || err != nil {
				return
			}
		}
	}
}

// Row gives one row, counted from 0; Next was called for it.
func (s *Spool) Row(i int) (*Rows, error) {
	if err := s.cut(); err != nil {
		return nil, err
	}
	b := s.blocks[sort.Search(len(s.blocks), func(k int) bool { return s.blocks[k].first > i })-1]
	at := i - b.first
	from, to := int(b.starts[at]), b.length
	if at+1 < len(b.starts) {
		to = int(b.starts[at+1])
	}
	var body []byte
	if b.data != nil {
		body = b.data[from:to]
	} else {
		body = make([]byte, to-from)
		if err := s.spill.readAt(body, b.offset+int64(from)); err != nil {
			return nil, err
		}
	}
	rows := newRows(b.header, body)
	if !rows.Next() {
		return nil, rows.err
	}
	return rows, nil
}
