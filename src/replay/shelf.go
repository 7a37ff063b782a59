package replay

import (
	"fmt"
	"io"
	"os"

	"riskreplay/src/diag"
)

// shelves keep the bytes of events that wait to be sorted when memory has no room
// for them: in temporary files, each used again when nothing in it waits any more.
type shelves struct {
	current *shelf
	empty   []*shelf
	all     []*shelf
}

// shelfBytes is how large a file gets.
const shelfBytes = 32 << 20

// shelf is one file. What was put last is not written yet.
type shelf struct {
	file    *os.File
	written int64
	tail    []byte // behind what is written
	waiting int
}

// tailBytes is how much is written at a time.
const tailBytes = 256 << 10

// place is where the bytes of an event lie; of one in memory shelf is nil.
type place struct {
	shelf *shelf
	at    int64
	size  int
}

// put puts bytes away.
func (s *shelves) put(raw []byte) (place, error) {
	c := s.current
	if c == nil || c.written+int64(len(c.tail)) >= shelfBytes {
		var err error
		if c, err = s.next(); err != nil {
			return place{}, shelfProblem(err)
		}
		s.current = c
	}
	p := place{c, c.written + int64(len(c.tail)), len(raw)}
	c.tail = append(c.tail, raw...)
	c.waiting++
	if len(c.tail) >= tailBytes {
		if _, err := c.file.WriteAt(c.tail, c.written); err != nil {
			return place{}, shelfProblem(err)
		}
		c.written += int64(len(c.tail))
		c.tail = c.tail[:0]
	}
	return p, nil
}

// next is an empty shelf that is not the one in use.
func (s *shelves) next() (*shelf, error) {
	if n := len(s.empty); n > 0 {
		c := s.empty[n-1]
		s.empty = s.empty[:n-1]
		return c, nil
	}
	file, err := os.CreateTemp("", "riskreplay-order-")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(file.Name()) // where an open file cannot go, close removes it
	c := &shelf{file: file}
	s.all = append(s.all, c)
	return c, nil
}

// take gives bytes back, each once.
func (s *shelves) take(p place) ([]byte, error) {
	out, c := make([]byte, p.size), p.shelf
	if p.at >= c.written {
		copy(out, c.tail[p.at-c.written:])
	} else if _, err := c.file.ReadAt(out, p.at); err != nil && err != io.EOF {
		return nil, shelfProblem(err)
	}
	if c.waiting--; c.waiting == 0 {
		c.written, c.tail = 0, c.tail[:0]
		if c != s.current {
			s.empty = append(s.empty, c)
		}
	}
	return out, nil
}

func (s *shelves) close() {
	for _, c := range s.all {
		_ = c.file.Close() // nothing in it is wanted any more
		_ = os.Remove(c.file.Name())
	}
}

func shelfProblem(err error) error {
	return diag.Message{
		Text: fmt.Sprintf("cannot keep events to be sorted in %q: %v", os.TempDir(), err), Cause: err,
		Hint: "--order time holds 65,536 events; set TMPDIR to a folder with room for them",
	}
}
