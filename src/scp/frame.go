package scp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// magic begins every chunk.
const magic = "chunked 1.0,"

// What can be wrong with a chunk.
var (
	ErrMagic     = errors.New(`a chunk does not begin with "chunked 1.0,"`)
	ErrLength    = errors.New("a length is not a number")
	ErrTooLarge  = errors.New("a length is over the limit")
	ErrTruncated = errors.New("the stream ended inside a chunk")
	ErrMetadata  = errors.New("the metadata is not what it must be")
)

// FrameError says what is wrong with which chunk.
type FrameError struct {
	// Chunk is counted from 1.
	Chunk int
	// Err is ErrMagic, ErrLength, ErrTooLarge, ErrTruncated, ErrMetadata or what
	// reading gave.
	Err error
	// Detail is what was found, "" when there is nothing more to say.
	Detail string
}

// Error is a sentence for the user of a search.
func (e *FrameError) Error() string {
	s := fmt.Sprintf("cannot read chunk %d: %v", e.Chunk, e.Err)
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Unwrap gives the reason.
func (e *FrameError) Unwrap() error { return e.Err }

// Limits bound what is taken from the other side. Zero takes the default.
type Limits struct {
	// Metadata is the most bytes of metadata: 16 MiB.
	Metadata int64
	// Body is the most bytes of a body: 64 GiB.
	Body int64
	// Row is the most bytes of one row: 1 GiB.
	Row int64
}

func (l Limits) withDefaults() Limits {
	if l.Metadata <= 0 {
		l.Metadata = 16 << 20
	}
	if l.Body <= 0 {
		l.Body = 64 << 30
	}
	if l.Row <= 0 {
		l.Row = 1 << 30
	}
	return l
}

// frames reads chunks. A body is read through itself, as far as the length says.
type frames struct {
	r      *bufio.Reader
	limits Limits
	chunk  int
	left   int64 // of the body
}

// ioBuffer holds a whole chunk header and small chunks; larger reads go around
// it.
const ioBuffer = 64 << 10

func newFrames(r io.Reader, limits Limits) *frames {
	return &frames{r: bufio.NewReaderSize(r, ioBuffer), limits: limits.withDefaults()}
}

// next reads a chunk up to its body; what was left of the body before is passed
// over. io.EOF is an end between chunks.
func (f *frames) next() (metadata []byte, err error) {
	if _, err := io.Copy(io.Discard, f); err != nil {
		return nil, err
	}
	f.chunk++
	meta, body, err := f.header()
	if err != nil {
		if err != io.EOF {
			err = f.failed(err, "")
		}
		return nil, err
	}
	if meta > f.limits.Metadata {
		return nil, f.failed(ErrTooLarge, fmt.Sprintf("%d bytes of metadata", meta))
	}
	if body > f.limits.Body {
		return nil, f.failed(ErrTooLarge, fmt.Sprintf("%d bytes of body", body))
	}
	var b bytes.Buffer // grows by what comes, not by what is promised
	if n, err := io.CopyN(&b, f.r, meta); err != nil {
		return nil, f.failed(ended(err), fmt.Sprintf("%d of %d bytes of metadata", n, meta))
	}
	f.left = body
	return b.Bytes(), nil
}

func (f *frames) failed(err error, detail string) error {
	f.left = 0
	var fe *FrameError
	if errors.As(err, &fe) {
		fe.Chunk = f.chunk
		return fe
	}
	return &FrameError{Chunk: f.chunk, Err: err, Detail: detail}
}

func ended(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTruncated
	}
	return err
}

// header reads the line with the lengths, byte by byte: something that is no
// chunk is refused at its first wrong byte, and not when its line ends. Blanks
// and a CR, which other implementations write, are taken.
func (f *frames) header() (meta, body int64, err error) {
	for i := range len(magic) {
		c, err := f.r.ReadByte()
		if err != nil {
			if i > 0 {
				err = ended(err)
			}
			return 0, 0, err
		}
		if c != magic[i] {
			return 0, 0, &FrameError{Err: ErrMagic, Detail: "found " + strconv.Quote(magic[:i]+string(rune(c)))}
		}
	}
	if meta, err = f.length(','); err != nil {
		return 0, 0, err
	}
	body, err = f.length('\n')
	return meta, body, err
}

// length reads a number up to the byte that ends it.
func (f *frames) length(end byte) (int64, error) {
	var n int64
	for digits, blanks := 0, 0; ; {
		c, err := f.r.ReadByte()
		switch {
		case err != nil:
			return 0, ended(err)
		case c == end && digits > 0:
			return n, nil
		case c >= '0' && c <= '9' && (digits == 0 || blanks == 0):
			if n > (math.MaxInt64-9)/10 {
				return 0, ErrTooLarge
			}
			n, digits, blanks = n*10+int64(c-'0'), digits+1, 0
		case (c == ' ' || c == '\t' || c == '\r') && blanks < 16:
			blanks++
		default:
			return 0, &FrameError{Err: ErrLength, Detail: "found " + strconv.QuoteRune(rune(c))}
		}
	}
}

// Read reads the body.
func (f *frames) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > f.left {
		p = p[:f.left]
	}
	n, err := f.r.Read(p)
	f.left -= int64(n)
	if err != nil && f.left > 0 {
		left := f.left
		return n, f.failed(ended(err), fmt.Sprintf("%d bytes of the body are missing", left))
	}
	return n, nil
}

// appendFrame writes the line with the lengths.
func appendFrame(b []byte, meta int, body int64) []byte {
	b = append(b, magic...)
	b = strconv.AppendInt(b, int64(meta), 10)
	b = append(b, ',')
	b = strconv.AppendInt(b, body, 10)
	return append(b, '\n')
}
