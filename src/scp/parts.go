package scp

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// partSize is how much of a body is handed over at once: it stays in a
// processor's cache, and the next part is read while it is worked on.
const partSize = 128 << 10

// parts cuts a body into parts of whole rows while it arrives, so that the body
// as a whole is never held.
//
// Where rows end is known without parsing them: every quote opens or closes, so
// that a line end after an even number of quotes ends a row. In a body where
// this is not so (a quote inside an unquoted field) a part before the first
// wrong border cannot be parsed, which ends the search.
type parts struct {
	src     io.Reader
	limit   int64 // of a row
	pool    *buffers
	lenient bool
	known   *Header // of the chunk before

	header *Header
	buf    []byte // what was read and not handed over
	seen   int    // quotes of buf[:seen] are counted
	odd    bool   // their number is odd
	ended  bool
}

// next gives rows without their number, or io.EOF. The bytes are the caller's,
// to be given back to the pool.
func (p *parts) next() ([]byte, error) {
	for {
		if err := p.fill(); err != nil {
			return nil, err
		}
		if p.header == nil {
			if len(p.buf) == 0 {
				return nil, io.EOF
			}
			ok, err := p.readHeader()
			if err != nil {
				return nil, err
			}
			if !ok {
				continue // the header is longer than what was read so far
			}
		}
		if p.ended {
			rest := p.buf
			p.buf = nil
			if len(rest) == 0 {
				p.pool.put(rest)
				return nil, io.EOF
			}
			return rest, nil
		}
		if end := p.border(); end > 0 {
			return p.cut(end), nil
		}
	}
}

// fill reads until the buffer is full; one that holds no whole row grows.
func (p *parts) fill() error {
	if p.buf == nil && !p.ended {
		p.buf = p.pool.get()
	}
	if len(p.buf) == cap(p.buf) && !p.ended {
		if int64(len(p.buf)) > p.limit {
			return fmt.Errorf("%w: a row of more than %d bytes", ErrTooLarge, p.limit)
		}
		grown := make([]byte, len(p.buf), 2*cap(p.buf))
		copy(grown, p.buf)
		p.buf = grown
	}
	for len(p.buf) < cap(p.buf) && !p.ended {
		n, err := p.src.Read(p.buf[len(p.buf):cap(p.buf)])
		p.buf = p.buf[:len(p.buf)+n]
		if err == io.EOF {
			p.ended = true
		} else if err != nil {
			return err
		}
	}
	return nil
}

// readHeader takes the header off the buffer; ok is false when its end is not
// there yet.
func (p *parts) readHeader() (ok bool, err error) {
	if h := p.known; h != nil && len(p.buf) > len(h.raw) && p.buf[len(h.raw)] == '\n' && bytes.HasPrefix(p.buf, h.raw) {
		p.header = h
		p.drop(len(h.raw) + 1)
		return true, nil
	}
	if p.lenient {
		p.drop(len(p.buf) - len(bytes.TrimPrefix(p.buf, []byte("\ufeff"))))
	}
	end := firstRow(p.buf)
	if end < 0 {
		if !p.ended {
			return false, nil
		}
		end = len(p.buf)
	}
	line := bytes.TrimSuffix(bytes.TrimSuffix(p.buf[:end], []byte("\n")), []byte("\r"))
	if p.known != nil && bytes.Equal(p.known.raw, line) {
		p.header = p.known
	} else if p.header, err = newHeader(line, p.lenient); err != nil {
		return false, fmt.Errorf("cannot read the header of the results: %w", err)
	}
	p.drop(end)
	return true, nil
}

// drop takes bytes off the front, quotes and all.
func (p *parts) drop(n int) {
	p.buf = p.buf[:copy(p.buf, p.buf[n:])]
	p.seen, p.odd = 0, false
}

// border is the end of the last whole row, or 0.
func (p *parts) border() int {
	if p.lenient {
		return scannedBorder(p.buf)
	}
	if bytes.Count(p.buf[p.seen:], quote)%2 == 1 {
		p.odd = !p.odd
	}
	p.seen = len(p.buf)
	odd := p.odd
	for end := len(p.buf); ; {
		i := bytes.LastIndexByte(p.buf[:end], '\n')
		if i < 0 {
			return 0
		}
		if bytes.Count(p.buf[i+1:end], quote)%2 == 1 {
			odd = !odd
		}
		if !odd {
			return i + 1
		}
		end = i
	}
}

// scannedBorder is border for rows whose quotes prove nothing: they are parsed.
func scannedBorder(b []byte) int {
	s := rowScanner{lenient: true}
	for at := 0; ; {
		next, err := s.scan(b, at)
		if err != nil || next == at || b[next-1] != '\n' || s.cells[len(s.cells)-1].end == next {
			return at
		}
		at = next
	}
}

var quote = []byte{'"'}

// cut hands over the whole rows and keeps the rest.
func (p *parts) cut(end int) []byte {
	rows := p.buf[:end]
	rest := p.pool.get()
	p.buf = append(rest, p.buf[end:]...)
	p.seen, p.odd = 0, false
	return rows
}

// firstRow is where the first row ends, behind its line end, or -1.
func firstRow(b []byte) int {
	odd := false
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return -1
		}
		if bytes.Count(b[at:at+i], quote)%2 == 1 {
			odd = !odd
		}
		at += i + 1
		if !odd {
			return at
		}
	}
}

// buffers lends pieces of memory of one size.
type buffers struct {
	mu   sync.Mutex
	size int
	free [][]byte
}

func (b *buffers) get() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.free); n > 0 {
		f := b.free[n-1]
		b.free = b.free[:n-1]
		return f[:0]
	}
	return make([]byte, 0, b.size)
}

// put takes a piece back. One that grew is left to the collector.
func (b *buffers) put(f []byte) {
	if cap(f) != b.size {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.free = append(b.free, f)
}
