package index_test

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"slices"
	"sync"

	"riskreplay/src/index"
)

// forgetful is a disk that forgets everything not synced when it crashes, or
// keeps any prefix of it, with zeros for its end: names in the order in which they
// were changed, contents of each file by themselves.
type forgetful struct {
	mu      sync.Mutex
	names   map[string]*inode // as they are now
	lasting map[string]*inode // as they are after a crash
	pending []func(map[string]*inode)
	held    bool
	// steps counts operations that change something; at the one numbered dies (from
	// 1) everything fails from then on. full fails writes alone.
	steps, dies int
	full        bool
}

type inode struct{ data, synced []byte }

var (
	errDead = errors.New("the machine is down")
	errFull = errors.New("no space left on device")
)

func newForgetful() *forgetful {
	return &forgetful{names: map[string]*inode{}, lasting: map[string]*inode{}}
}

// step is called with the lock held.
func (f *forgetful) step() error {
	f.steps++
	if f.dies > 0 && f.steps >= f.dies {
		return errDead
	}
	return nil
}

func (f *forgetful) change(do func(map[string]*inode)) {
	do(f.names)
	f.pending = append(f.pending, do)
}

// crash is the disk as it comes up again.
func (f *forgetful) crash(rnd *rand.Rand) *forgetful {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := newForgetful()
	for _, do := range f.pending[:rnd.IntN(len(f.pending)+1)] {
		do(f.lasting)
	}
	seen := map[*inode]*inode{}
	for name, n := range f.lasting {
		if seen[n] == nil {
			kept := n.afterCrash(rnd)
			seen[n] = &inode{data: kept, synced: slices.Clone(kept)}
		}
		out.names[name], out.lasting[name] = seen[n], seen[n]
	}
	return out
}

func (n *inode) afterCrash(rnd *rand.Rand) []byte {
	sure := min(len(n.synced), len(n.data))
	switch rnd.IntN(4) {
	case 0:
		return slices.Clone(n.synced)
	case 1:
		return slices.Clone(n.data)
	}
	out := slices.Clone(n.data[:sure+rnd.IntN(len(n.data)-sure+1)])
	if rnd.IntN(3) == 0 && len(out) > sure {
		clear(out[sure+rnd.IntN(len(out)-sure):])
	}
	return out
}

func (f *forgetful) open(name string) (index.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.names[name]
	if n == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &forgetfulFile{f, n}, nil
}

func (f *forgetful) Open(name string) (index.File, error) { return f.open(name) }
func (f *forgetful) Edit(name string) (index.File, error) { return f.open(name) }

func (f *forgetful) Create(name string) (index.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.step(); err != nil {
		return nil, err
	}
	n := &inode{}
	f.change(func(m map[string]*inode) { m[name] = n })
	return &forgetfulFile{f, n}, nil
}

func (f *forgetful) Rename(from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.names[from] == nil {
		return fs.ErrNotExist
	}
	if err := f.step(); err != nil {
		return err
	}
	f.change(func(m map[string]*inode) {
		if m[from] != nil {
			m[to] = m[from]
			delete(m, from)
		}
	})
	return nil
}

func (f *forgetful) Remove(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.names[name] == nil {
		return fs.ErrNotExist
	}
	if err := f.step(); err != nil {
		return err
	}
	f.change(func(m map[string]*inode) { delete(m, name) })
	return nil
}

func (f *forgetful) Names() ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for name := range f.names {
		out = append(out, name)
	}
	slices.Sort(out)
	return out, nil
}

func (f *forgetful) Sync() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.step(); err != nil {
		return err
	}
	for _, do := range f.pending {
		do(f.lasting)
	}
	f.pending = nil
	return nil
}

type heldLock struct{ *forgetful }

func (h heldLock) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.held = false
	return nil
}

func (f *forgetful) Lock(string) (io.Closer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.held {
		return nil, index.ErrLocked
	}
	f.held = true
	return heldLock{f}, nil
}

type forgetfulFile struct {
	disk *forgetful
	*inode
}

func (f *forgetfulFile) ReadAt(p []byte, at int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if at >= int64(len(f.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.data[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Write writes half of it when the machine dies on the way, or the disk is full.
func (f *forgetfulFile) Write(p []byte) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	err := f.disk.step()
	if f.disk.full && err == nil {
		err = errFull
	}
	if err != nil {
		p = p[:len(p)/2]
	}
	f.data = append(f.data, p...)
	return len(p), err
}

func (f *forgetfulFile) Truncate(size int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.disk.step(); err != nil {
		return err
	}
	f.data = f.data[:size:size]
	return nil
}

func (f *forgetfulFile) Sync() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.disk.step(); err != nil {
		return err
	}
	f.synced = slices.Clone(f.data)
	return nil
}

func (f *forgetfulFile) Size() (int64, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	return int64(len(f.data)), nil
}

func (f *forgetfulFile) Close() error { return nil }
