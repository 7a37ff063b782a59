package scp

// blockSize is how much of a reply is kept in one piece of memory. A reply is a
// list of them: it grows without being copied.
const blockSize = 128 << 10

// store holds the rows written, in blocks of one layout each.
type store struct {
	spill  *spill
	buf    []byte
	pieces []piece
	err    error
}

// piece is rows of one layout.
type piece struct {
	kept
	layout layout
}

// open is the block that the next row is appended to.
func (s *store) open() []byte {
	if s.buf == nil {
		s.buf = s.spill.blocks.get()
	}
	return s.buf
}

// close takes the block back with one row more.
func (s *store) close(b []byte, l layout) {
	s.buf = b
	if len(b) > blockSize-blockSize/16 {
		s.cut(l, len(b))
	}
}

// cut ends the block before a place: what follows has another layout, or is
// another block.
func (s *store) cut(l layout, end int) {
	if end == 0 {
		return
	}
	whole, rest := s.buf[:end], s.buf[end:]
	s.buf = nil
	if len(rest) > 0 {
		s.buf = append(s.spill.blocks.get(), rest...)
	}
	k, err := s.spill.keep(whole)
	if err != nil && s.err == nil {
		s.err = err
	}
	s.pieces = append(s.pieces, piece{k, l})
}
