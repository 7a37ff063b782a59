package replay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"strconv"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/ingest"
)

// ErrChanged is the cause of errors about a file that is not as the plan found it.
var ErrChanged = errors.New("the file is not as the plan found it")

func changed(path, how string) error {
	return diag.Message{
		Text: "cannot replay " + strconv.Quote(path) + ": " + how, Cause: ErrChanged,
		Hint: "make a new plan for what the file holds now, or restore the file",
	}
}

// counted hashes and counts what is written to it.
type counted struct {
	hash hash.Hash
	n    int64
}

func (c *counted) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return c.hash.Write(p)
}

// looksUnchanged asks what costs nothing: the size and, where the plan was made by
// this process, when the file was written.
func (f *File) looksUnchanged() error {
	info, err := os.Stat(f.Path)
	if err != nil {
		return cannotRead(f.Path, err)
	}
	if info.Size() != f.Size {
		return changed(f.Path, fmt.Sprintf("it has %d bytes, and had %d when the plan was made", info.Size(), f.Size))
	}
	if !f.mtime.IsZero() && !info.ModTime().Equal(f.mtime) {
		return changed(f.Path, "it was written to after the plan was made")
	}
	return nil
}

// isUnchanged reads the file and compares its hash.
func (f *File) isUnchanged(ctx context.Context) error {
	if err := f.looksUnchanged(); err != nil {
		return err
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return cannotRead(f.Path, err)
	}
	defer func() { _ = file.Close() }() // only read
	sum := &counted{hash: sha256.New()}
	if _, err := io.Copy(sum, contextReader{ctx, file}); err != nil {
		return cannotRead(f.Path, err)
	}
	return f.compare(sum)
}

func (f *File) compare(sum *counted) error {
	if sum.n != f.Size {
		return changed(f.Path, fmt.Sprintf("it had %d bytes when it was read, and %d when the plan was made", sum.n, f.Size))
	}
	if got := hex.EncodeToString(sum.hash.Sum(nil)); got != f.SHA256 {
		return changed(f.Path, "its content is another one (sha256 "+got[:12]+"..., in the plan "+f.SHA256[:min(12, len(f.SHA256))]+"...)")
	}
	return nil
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func cannotRead(path string, err error) error {
	var p *fs.PathError
	cause := err.Error()
	if errors.As(err, &p) {
		cause = p.Err.Error()
	}
	return diag.Message{Text: "cannot read " + strconv.Quote(path) + ": " + cause, Cause: err}
}

// read reads a file again and gives its blocks. The last one is given when the
// whole file is known to be as planned: what stands at the end of a file that was
// cut off is sent to nobody.
func (f *File) read(ctx context.Context, now event.Time, block int, emit func(ingest.Block) error) error {
	if err := f.looksUnchanged(); err != nil {
		return err
	}
	sum := &counted{hash: sha256.New()}
	var held ingest.Block
	var events int64
	var stopped error
	_ = ingest.Read(ctx, f.input(), readOptions(now, sum, block), func(b ingest.Block) error {
		give := held
		held, events = b, events+int64(len(b.Events))
		switch {
		case events > f.Events:
			stopped = changed(f.Path, "it holds more events than when the plan was made")
		case len(give.Events) > 0:
			stopped = emit(give)
		}
		return stopped
	}) // the plan told what is wrong with it, and it is the same file, or an error below
	switch {
	case stopped != nil:
		return stopped
	case ctx.Err() != nil:
		return ctx.Err()
	}
	if err := f.compare(sum); err != nil {
		return err
	}
	if events != f.Events {
		return changed(f.Path, fmt.Sprintf("it holds %d events, and held %d when the plan was made", events, f.Events))
	}
	return emit(held)
}
