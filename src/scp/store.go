package scp

// blockSize is how much of a reply is kept in one piece of memory. A reply is a
// list of them: it grows without being copied.
const blockSize = 128 << 10

// store holds the rows written, in blocks of one layout each.
type store struct {
	buf    []byte
	pieces []piece
}

// piece is rows of one layout.
type piece struct {
	data   []byte
	layout layout
}

// open is the block that the next row is appended to.
func (s *store) open() []byte {
	if s.buf == nil {
		s.buf = make([]byte, 0, blockSize)
	}
	return s.buf
}

// close takes the block back with one row more.
func (s *store) close(b []byte, l layout) {
	s.buf = b
	if len(b) > blockSize-blockSize/16 {
		s.cut(l)
	}
}

// cut ends the block: what follows has another layout, or is another block.
func (s *store) cut(l layout) {
	if len(s.buf) > 0 {
		s.pieces = append(s.pieces, piece{data: s.buf, layout: l})
		s.buf = nil
	}
}
