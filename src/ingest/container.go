package ingest

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"riskreplay/src/diag"
	"riskreplay/src/evtx"
)

// container is a kind of file that holds another, told by its first bytes.
type container struct {
	magic string
	// open unpacks what path holds; nil when we cannot, and then hint says what to
	// do.
	open func(path string, r io.Reader) (io.Reader, func(), error)
	name string
	hint string
	// mayBeEmpty tells that nothing in it is no error.
	mayBeEmpty bool
}

// reporting is what open gives when it goes on behind what is wrong.
type reporting interface{ Problems() diag.List }

var containers = []container{
	{magic: "\x1f\x8b", open: openGzip, name: "gzip"},
	{magic: "\x28\xb5\x2f\xfd", open: openZstd, name: "zstd"},
	{magic: "PK\x03\x04", name: "a zip archive", hint: "unpack it first: unzip FILE"},
	{magic: "BZh", name: "bzip2", hint: "unpack it first: bunzip2 FILE"},
	{magic: "\xfd7zXZ\x00", name: "xz", hint: "unpack it first: unxz FILE"},
	{magic: "ElfFile\x00", open: openEvtx, name: "binary Windows event log (.evtx)", mayBeEmpty: true},
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
		r, stop, err := c.open(s.path, s.Reader)
		if err != nil {
			return s.wrong("it begins as "+c.name+", and is not: "+err.Error(), "")
		}
		s.closes = append(s.closes, stop)
		s.through(&limited{r: r, left: limit})
		if r, ok := r.(reporting); ok {
			s.reports = append(s.reports, r)
		}
		if len(s.head()) == 0 {
			return s.nothing(c)
		}
	}
}

// nothing says that a container is empty, or why nothing comes out of it.
func (s *stream) nothing(c *container) *diag.Message {
	if _, err := s.Peek(1); err != io.EOF {
		m := s.readMessage(err)
		return &m
	}
	if len(s.problems()) > 0 {
		return nil // they say why
	}
	m := s.wrong("there is nothing in the "+c.name+" file", "")
	if c.mayBeEmpty {
		m.Severity = diag.Warning
		m.Text = "there is nothing in the " + c.name + " " + strconv.Quote(s.path)
	}
	return m
}

func containerOf(head []byte) *container {
	for i, c := range containers {
		if bytes.HasPrefix(head, []byte(c.magic)) {
			return &containers[i]
		}
	}
	return nil
}

func openGzip(_ string, r io.Reader) (io.Reader, func(), error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	return z, func() { _ = z.Close() }, nil
}

// maxWindow is how much memory one zstd file may make us hold.
const maxWindow = 128 << 20

func openZstd(_ string, r io.Reader) (io.Reader, func(), error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, nil, err
	}
	return z, z.Close, nil
}

// openEvtx gives a log as Windows event XML.
func openEvtx(path string, r io.Reader) (io.Reader, func(), error) {
	return evtx.NewText(path, r, evtx.Options{}), func() {}, nil
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
