// Package spill is the memory that a search may hold, and the disk behind it.
//
// A Budget belongs to one search; its operators share it. Each operator counts what
// it holds in an Account, which tells it when the search holds too much: then it
// writes rows out and lets go of them.
//
//	budget := spill.New(512<<20, "")
//	defer budget.Close()
//	rows := budget.Buffer()     // rows in the order they came
//	err := rows.Add(b)          // in memory, or on disk
//	err = rows.Each(ctx, emit)
//
// Three shapes are enough for all operators:
//
//   - Buffer keeps rows in order;
//   - Sorter gives them in another order: sorted runs, merged 32 at a time;
//   - Partitions deals them out by the hash of some fields, so that what belongs
//     together can be worked on one part at a time.
//
// What comes out is the same, to the row and its order, whether rows went over the
// disk or not. All rows of a search are in one file, in a folder that its owner
// alone may enter (mode 0700), which is made when it is first needed and is gone
// when the Budget is closed. Where the system allows it the file has no name from
// the start, so that nothing stays even of a process that was killed. Rows are
// written as blocks of dictionary columns, compressed; a block has the values that
// its own rows hold and no others.
//
// A nil Budget has no limit, and neither has one of limit 0.
package spill

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"riskreplay/src/diag"
)

// Budget is the memory of one search. Accounts may be used by several goroutines,
// one each; all else is for one.
type Budget struct {
	limit  int64
	parent string
	used   atomic.Int64

	mu     sync.Mutex
	dir    string
	file   *os.File
	end    int64
	closed bool
}

// New is a budget of that many bytes, 0 for no limit. Files go to a folder made in
// dir; "" is the system's folder for temporary files.
func New(limit int64, dir string) *Budget { return &Budget{limit: limit, parent: dir} }

// Limit is the bytes that may be held, 0 for no limit.
func (b *Budget) Limit() int64 {
	if b == nil {
		return 0
	}
	return b.limit
}

// Written is how many bytes were written to disk so far.
func (b *Budget) Written() int64 {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.end
}

// Close removes what is on disk. It may be called more than once.
func (b *Budget) Close() error {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if b.file == nil {
		return nil
	}
	err := b.file.Close()
	b.file = nil
	return errors.Join(err, os.RemoveAll(b.dir))
}

// open makes the folder and the file.
func (b *Budget) open() error {
	switch {
	case b.closed:
		return errors.New("cannot write rows to disk: the search has ended")
	case b.file != nil:
		return nil
	}
	dir, err := os.MkdirTemp(b.parent, "riskreplay-")
	if err != nil {
		return b.problem("make", err)
	}
	f, err := os.OpenFile(dir+string(os.PathSeparator)+"rows", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return errors.Join(b.problem("write to", err), os.RemoveAll(dir))
	}
	_ = os.Remove(f.Name()) // where that cannot be done while it is open, Close does it
	b.dir, b.file = dir, f
	return nil
}

// write appends a block to the file and gives its place.
func (b *Budget) write(data []byte) (at int64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.open(); err != nil {
		return 0, err
	}
	if _, err := b.file.WriteAt(data, b.end); err != nil {
		return 0, b.problem("write to", err)
	}
	at = b.end
	b.end += int64(len(data))
	return at, nil
}

func (b *Budget) read(at int64, data []byte) error {
	b.mu.Lock()
	f := b.file
	b.mu.Unlock()
	if f == nil {
		return errors.New("cannot read rows back from disk: the search has ended")
	}
	if _, err := f.ReadAt(data, at); err != nil {
		return b.problem("read", err)
	}
	return nil
}

// problem is what went wrong with the folder, and what to do about it.
func (b *Budget) problem(what string, err error) error {
	dir := b.parent
	if dir == "" {
		dir = os.TempDir()
	}
	cause := err
	var path *os.PathError
	if errors.As(err, &path) {
		cause = path.Err
	}
	hint := "the search holds more than its memory: give it more, or another folder for temporary files (TMPDIR)"
	if errors.Is(err, syscall.ENOSPC) {
		hint = "the search holds more than its memory: make room there, or give it more memory, or another folder for temporary files (TMPDIR)"
	}
	return diag.Message{Text: fmt.Sprintf("cannot %s the temporary folder in %q: %v", what, dir, cause), Hint: hint, Cause: err}
}
