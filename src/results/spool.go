package results

import (
	"fmt"
	"io"
	"iter"
	"os"
	"sync"

	"riskreplay/src/batch"
)

// Spool keeps the rows of a search until they are asked for: in memory up to a size,
// in a file beyond it. Rows may be read while others are added.
//
//	s := results.NewSpool(dir, 1<<20)
//	err := s.Add(b)
//	for b, err := range s.Rows(offset, count) { ... }
//	err = s.Close() // the file is gone
type Spool struct {
	dir    string
	memory int64

	mu     sync.RWMutex
	blocks []block
	rows   int
	size   int64
	held   int64 // bytes in memory
	file   *os.File
	length int64 // of the file
	closed bool
}

// block is some rows: in memory, or at a place of the file.
type block struct {
	first, rows int
	data        []byte
	at          int64
	length      int
}

// blockRows is how many rows are packed together: what is read for one of them.
const blockRows = 4096

// NewSpool keeps so many bytes in memory, and more in a file in dir.
func NewSpool(dir string, memory int64) *Spool { return &Spool{dir: dir, memory: memory} }

// Add keeps rows. An error is about the file; rows that were added before are there.
func (s *Spool) Add(b *batch.Batch) error {
	for from := 0; from < b.Len; from += blockRows {
		part := b
		if to := min(b.Len, from+blockRows); from > 0 || to < b.Len {
			part = b.Slice(from, to)
		}
		if err := s.add(part.Len, pack(part)); err != nil {
			return fmt.Errorf("cannot keep the rows of a search: %w", err)
		}
	}
	return nil
}

func (s *Spool) add(rows int, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return os.ErrClosed
	}
	b := block{first: s.rows, rows: rows, length: len(data)}
	if s.held+int64(len(data)) <= s.memory {
		b.data = data
		s.held += int64(len(data))
	} else if err := s.write(&b, data); err != nil {
		return err
	}
	s.blocks = append(s.blocks, b)
	s.rows += rows
	s.size += int64(len(data))
	return nil
}

// write puts a block at the file's end; what a failed write leaves there is written
// over.
func (s *Spool) write(b *block, data []byte) error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "rows-*")
		if err != nil {
			return err
		}
		s.file = f
	}
	if _, err := s.file.WriteAt(data, s.length); err != nil {
		return err
	}
	b.at = s.length
	s.length += int64(len(data))
	return nil
}

// Len is the number of rows, Size their bytes as they are kept.
func (s *Spool) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.rows
}

// Size is the bytes that the rows take, OnDisk those of them in a file.
func (s *Spool) Size() (all, onDisk int64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.size, s.length
}

// Rows gives count rows from offset on, as far as there are any; count 0 is all that
// are there now.
func (s *Spool) Rows(offset, count int) iter.Seq2[*batch.Batch, error] {
	return func(yield func(*batch.Batch, error) bool) {
		s.mu.RLock()
		blocks := s.blocks[:len(s.blocks):len(s.blocks)]
		s.mu.RUnlock()
		left := count
		if count <= 0 {
			left = -1
		}
		for _, at := range blocks {
			if left == 0 {
				return
			}
			if at.first+at.rows <= offset {
				continue
			}
			b, err := s.read(at)
			if err != nil {
				yield(nil, fmt.Errorf("cannot read the rows of a search: %w", err))
				return
			}
			from, to := max(0, offset-at.first), at.rows
			if left > 0 {
				to = min(to, from+left)
				left -= to - from
			}
			if from > 0 || to < at.rows {
				b = b.Slice(from, to)
			}
			if !yield(b, nil) {
				return
			}
		}
	}
}

func (s *Spool) read(b block) (*batch.Batch, error) {
	data := b.data
	if data == nil {
		data = make([]byte, b.length)
		if _, err := s.file.ReadAt(data, b.at); err != nil && err != io.EOF {
			return nil, err
		}
	}
	return unpack(data)
}

// Close drops the rows and the file; reading that is under way ends with an error.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed, s.blocks = true, nil
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if gone := os.Remove(s.file.Name()); err == nil {
		err = gone
	}
	return err
}
