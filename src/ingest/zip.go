package ingest

import (
	"archive/zip"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// directoryEntry is how many bytes of a zip's list of files are taken for one
// file: 46 and its name.
const directoryEntry = 128

// readZip reads the members of a zip archive, in the order of its list.
func readZip(w *reading, s *stream, depth int) {
	at, size, done, err := w.randomAccess(s)
	if err != nil {
		w.problems.add("read", s.readMessage(err))
		return
	}
	defer done()
	list := &directory{r: at, left: 1<<17 + directoryEntry*int64(w.o.MaxEntries)}
	z, err := zip.NewReader(list, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are made safe
		w.problems.add("member", *s.wrong("it begins as a zip archive, and is not: "+err.Error(), ""))
		return
	}
	list.left = -1
	register(z)
	if len(z.File) == 0 {
		w.problems.add("member", *s.wrong("there is nothing in the zip archive", ""))
	}
	for _, f := range z.File {
		mode := f.Mode()
		var body io.ReadCloser
		more := w.member(s, member{
			name: f.Name, size: int64(f.UncompressedSize64), folder: mode.IsDir(), link: !mode.IsRegular(),
			open: func() (_ io.Reader, err error) {
				body, err = openMember(f)
				return body, err
			},
		}, depth)
		if body != nil {
			_ = body.Close() // only read
		}
		if !more {
			return
		}
	}
}

// openMember opens a file of a zip archive, or says in plain words why it cannot
// be.
func openMember(f *zip.File) (io.ReadCloser, error) {
	const encrypted = 1
	if f.Flags&encrypted != 0 {
		return nil, errors.New("it is encrypted: unpack the archive with its password first")
	}
	r, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, fmt.Errorf("it is packed by a method that is not known (number %d): unpack the archive first", f.Method)
	}
	return r, err
}

// register adds the methods of packing beside zip's own.
func register(z *zip.Reader) {
	const bzip2Method, zstdMethod = 12, 93
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	z.RegisterDecompressor(bzip2Method, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
	z.RegisterDecompressor(zstdMethod, zstd.ZipDecompressor(zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow)))
}

// randomAccess gives what lies in s for reading anywhere in it: the file itself,
// or a temporary copy of what comes out of another container. done removes it.
func (w *reading) randomAccess(s *stream) (at io.ReaderAt, size int64, done func(), err error) {
	if s.regular != nil {
		return s.regular, s.size, func() {}, nil
	}
	spool, err := os.CreateTemp("", "riskreplay-*.zip")
	if err != nil {
		return nil, 0, nil, err
	}
	// Where a file that is open can be removed, nothing is left by a kill.
	gone := os.Remove(spool.Name()) == nil
	done = func() {
		_ = spool.Close() // nobody reads it any more
		if !gone {
			_ = os.Remove(spool.Name())
		}
	}
	size, err = io.Copy(spool, &metered{w.ctx, s.Reader, &w.budget})
	if err != nil {
		done()
		return nil, 0, nil, err
	}
	return spool, size, done, nil
}
