package ingest

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"riskreplay/src/diag"
)

// container is a kind of file that holds another, told by its first bytes.
type container struct {
	magic string
	// open unpacks; nil when we cannot, and then hint says what to do.
	open func(io.Reader) (io.Reader, func(), error)
	name string
	hint string
}

var containers = []container{
	{magic: "\x1f\x8b", open: openGzip, name: "gzip"},
	{magic: "\x28\xb5\x2f\xfd", open: openZstd, name: "zstd"},
	{magic: "PK\x03\x04", name: "a zip archive", hint: "unpack it first: unzip FILE"},
	{magic: "BZh", name: "bzip2", hint: "unpack it first: bunzip2 FILE"},
	{magic: "\xfd7zXZ\x00", name: "xz", hint: "unpack it first: unxz FILE"},
	{magic: "ElfFile\x00", name: "a binary Windows event log (.evtx)", hint: "write it as XML first: wevtutil query-events /logfile:true /format:xml FILE"},
	{magic: "SQLite format 3\x00", name: "an SQLite database"},
}

// maxNesting is how many containers may lie one inside the other.
const maxNesting = 3

// unpack opens the containers that the stream's text lies in. limit is how many
// bytes may come out of each.
func (s *stream) unpack(limit int64) *diag.Message {
	for depth := 0; ; depth++ {
		c := containerOf(s.head())
		switch {
		case c == nil:
			return nil
		case c.open == nil:
			return s.wrong("it is "+c.name, c.hint)
		case depth == maxNesting:
			return s.wrong(fmt.Sprintf("more than %d containers lie one inside the other", maxNesting), "")
		}
		r, stop, err := c.open(s.Reader)
		if err != nil {
			return s.wrong("it begins as "+c.name+", and is not: "+err.Error(), "")
		}
		s.closes = append(s.closes, stop)
		s.through(&limited{r: r, left: limit})
		if len(s.head()) == 0 {
			if _, err := s.Peek(1); err != io.EOF {
				m := s.readMessage(err)
				return &m
			}
			return s.wrong("there is nothing in the "+c.name+" file", "")
		}
	}
}

func containerOf(head []byte) *container {
	for i, c := range containers {
		if bytes.HasPrefix(head, []byte(c.magic)) {
			return &containers[i]
		}
	}
	return nil
}

func openGzip(r io.Reader) (io.Reader, func(), error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	return z, func() { _ = z.Close() }, nil
}

// maxWindow is how much memory one zstd file may make us hold.
const maxWindow = 128 << 20

func openZstd(r io.Reader) (io.Reader, func(), error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, nil, err
	}
	return z, z.Close, nil
}

// limited ends a stream that is too long with an error, where io.LimitReader
// would end it in silence.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		var one [1]byte
		if n, err := l.r.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, errTooLong
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}

var errTooLong = fmt.Errorf("more comes out of it than the limit allows")
