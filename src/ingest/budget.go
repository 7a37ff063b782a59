package ingest

import (
	"context"
	"errors"
	"io"
)

// ratioFree is how much may come out of a file whatever its size: what is small
// and says the same thing over and over is packed very well.
const ratioFree = 256 << 20

// budget is what the containers of one file may still give, all of them together.
type budget struct {
	left    int64 // bytes
	entries int   // members
	// most is left by the file's own size; it is checked like left.
	most int64
	// spent is why nothing more comes out, once that is so.
	spent error
}

var (
	errTooLong    = errors.New("more comes out of it than the limit allows")
	errBomb       = errors.New("it unpacks to far more than logs do: it may be made to fill the memory")
	errTooMany    = errors.New("more files lie in it than the limit allows")
	errTooManyZip = errors.New("its list of files is longer than the limit allows")
)

// newBudget is the budget of a file of some size; -1 is not known.
func newBudget(o Options, size int64) budget {
	b := budget{left: o.MaxUnpacked, entries: o.MaxEntries, most: o.MaxUnpacked}
	if size >= 0 && size < (o.MaxUnpacked-ratioFree)/int64(o.MaxRatio) {
		b.most = ratioFree + size*int64(o.MaxRatio)
	}
	return b
}

// take spends n bytes.
func (b *budget) take(n int) {
	b.left -= int64(n)
	b.most -= int64(n)
}

// room is how many of n bytes may still be read; 0 when none, and then over says
// why.
func (b *budget) room(n int) int { return int(max(0, min(int64(n), b.left, b.most))) }

func (b *budget) over() error {
	if b.spent == nil {
		if b.spent = errTooLong; b.most < b.left {
			b.spent = errBomb
		}
	}
	return b.spent
}

// enter counts a member.
func (b *budget) enter() error {
	if b.entries--; b.entries < 0 && b.spent == nil {
		b.spent = errTooMany
	}
	return b.spent
}

// metered is what comes out of a container: it ends with an error where the
// budget does, and with ctx.
type metered struct {
	ctx context.Context
	r   io.Reader
	b   *budget
}

func (m *metered) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	if m.b.spent != nil {
		return 0, m.b.spent
	}
	room := m.b.room(len(p))
	if room == 0 && len(p) > 0 {
		var one [1]byte
		if n, err := m.r.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, m.b.over()
	}
	n, err := m.r.Read(p[:room])
	m.b.take(n)
	return n, err
}

// directory bounds what is read of a zip's list of files.
type directory struct {
	r    io.ReaderAt
	left int64 // -1 is no bound
}

func (d *directory) ReadAt(p []byte, off int64) (int, error) {
	if d.left >= 0 {
		if d.left -= int64(len(p)); d.left < 0 {
			return 0, errTooManyZip
		}
	}
	return d.r.ReadAt(p, off)
}
