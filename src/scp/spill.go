package scp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// defaultMemory is how many bytes of rows a command keeps in memory.
const defaultMemory = 512 << 20

// spill keeps bytes in memory up to a budget, and what is more in one temporary
// file. Safe for concurrent use.
type spill struct {
	budget int64
	dir    string // "" is the system's
	blocks *buffers

	mu     sync.Mutex
	held   int64
	file   *os.File
	length int64  // of the file
	live   int64  // bytes of it that are in use
	name   string // of a file that could not be removed while it is open
}

// kept is bytes that are kept: in memory, or in the file.
type kept struct {
	data   []byte
	offset int64
	length int
}

func newSpill(budget int64, dir string) *spill {
	if budget <= 0 {
		budget = defaultMemory
	}
	return &spill{budget: budget, dir: dir, blocks: &buffers{size: blockSize}}
}

// keep takes bytes over; they belong to the spill until drop.
func (s *spill) keep(b []byte) (kept, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := kept{data: b, length: len(b)}
	if s.held+int64(len(b)) <= s.budget {
		s.held += int64(len(b))
		return c, nil
	}
	if s.file == nil {
		if err := s.create(); err != nil {
			return c, err
		}
	}
	n, err := s.file.WriteAt(b, s.length)
	if err != nil {
		return c, fmt.Errorf("cannot keep rows on disk: %w", err)
	}
	c.data, c.offset = nil, s.length
	s.length += int64(n)
	s.live += int64(n)
	s.blocks.put(b)
	return c, nil
}

// create makes the file and takes its name away at once, so that nothing is left
// behind when the process is killed. Where an open file cannot be removed (on
// Windows) that is done at the end.
func (s *spill) create() error {
	f, err := os.CreateTemp(s.dir, "scp-*")
	if err != nil && s.dir != "" {
		f, err = os.CreateTemp("", "scp-*")
	}
	if err != nil {
		return fmt.Errorf("cannot keep rows on disk: %w", err)
	}
	if os.Remove(f.Name()) != nil {
		s.name = f.Name()
	}
	s.file = f
	return nil
}

// drop gives memory back, and the file's room when nothing in it is in use.
func (s *spill) drop(c kept) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.data != nil {
		s.held -= int64(c.length)
		s.blocks.put(c.data)
		return
	}
	if s.live -= int64(c.length); s.live == 0 {
		s.length = 0
	}
}

// load gives the bytes of what is kept, in the buffer when they are on disk.
func (s *spill) load(c kept, buf []byte) ([]byte, error) {
	if c.data != nil {
		return c.data, nil
	}
	if cap(buf) < c.length {
		buf = make([]byte, c.length)
	}
	buf = buf[:c.length]
	if err := s.readAt(buf, c.offset); err != nil {
		return nil, err
	}
	return buf, nil
}

func (s *spill) readAt(b []byte, offset int64) error {
	if n, err := s.file.ReadAt(b, offset); n < len(b) {
		return fmt.Errorf("cannot read rows kept on disk: %w", err)
	}
	return nil
}

// writeTo writes the bytes of what is kept.
func (s *spill) writeTo(w io.Writer, c kept) error {
	if c.data != nil {
		_, err := w.Write(c.data)
		return err
	}
	_, err := io.Copy(w, io.NewSectionReader(s.file, c.offset, int64(c.length)))
	return err
}

// close removes the file.
func (s *spill) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	s.file = nil
	return err
}
