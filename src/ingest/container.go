package ingest

import (
	"bytes"
	"compress/bzip2"
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
	is    func(head []byte) bool // instead of magic
	// open unpacks what path holds, read the members of an archive; when both are
	// nil we cannot, and hint says what to do.
	open func(path string, r io.Reader) (io.Reader, func(), error)
	read func(w *reading, s *stream, depth int)
	name string
	hint string
	// log tells what is no real container: a log in a form of its own. Nothing in
	// it is no error.
	log bool
}

// reporting is what open gives when it goes on behind what is wrong.
type reporting interface{ Problems() diag.List }

// containers are tried in this order; init fills it, for a container may hold
// another.
var containers []container

func init() {
	containers = []container{
		{magic: "\x1f\x8b", open: openGzip, name: "gzip"},
		{magic: "\x28\xb5\x2f\xfd", open: openZstd, name: "zstd"},
		{magic: "BZh", is: isBzip2, open: openBzip2, name: "bzip2"},
		{magic: "PK\x03\x04", read: readZip, name: "a zip archive"},
		{magic: "PK\x05\x06", read: readZip, name: "a zip archive"},
		{is: isTar, read: readTar, name: "a tar archive"},
		{magic: "ElfFile\x00", open: openEvtx, name: "binary Windows event log (.evtx)", log: true},
		{magic: "\xfd7zXZ\x00", name: "xz", hint: "unpack it first: unxz FILE"},
		{magic: "7z\xbc\xaf\x27\x1c", name: "a 7z archive", hint: "unpack it first: 7z x FILE"},
		{magic: "Rar!\x1a\x07", name: "a rar archive", hint: "unpack it first: unrar x FILE"},
		{magic: "SQLite format 3\x00", name: "an SQLite database"},
		{magic: "\xd4\xc3\xb2\xa1", name: "a capture of network packets"},
		{magic: "\x0a\x0d\x0d\x0a", is: isPcapng, name: "a capture of network packets"},
		{magic: "\x89PNG\r\n", name: "a picture"},
		{magic: "PAR1", name: "a Parquet file"},
		{is: isMP4, name: "a film"},
	}
}

// unpack opens the containers that a text lies in, and reads it.
func (w *reading) unpack(s *stream, depth int) {
	for ; ; depth++ {
		c := containerOf(s.head())
		switch {
		case c == nil:
			w.text(s)
			return
		case c.open == nil && c.read == nil:
			w.problems.add("member", *s.wrong("it is "+c.name, c.hint))
			return
		case depth >= w.o.MaxDepth && !c.log:
			w.problems.add("member", *s.wrong(fmt.Sprintf("more than %d containers lie one inside the other", w.o.MaxDepth), ""))
			return
		case c.read != nil:
			c.read(w, s, depth+1)
			return
		}
		if m := w.through(s, c); m != nil {
			w.problems.add("empty", *m)
			return
		}
	}
}

// through unpacks one container.
func (w *reading) through(s *stream, c *container) *diag.Message {
	r, stop, err := c.open(s.path, s.Reader)
	if err != nil {
		return s.wrong("it begins as "+c.name+", and is not: "+err.Error(), "")
	}
	s.closes = append(s.closes, stop)
	s.through(&metered{w.ctx, r, &w.budget})
	if r, ok := r.(reporting); ok {
		s.reports = append(s.reports, r)
	}
	if len(s.head()) == 0 {
		return s.nothing(c)
	}
	return nil
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
	if c.log {
		m.Severity = diag.Warning
		m.Text = "there is nothing in the " + c.name + " " + strconv.Quote(s.path)
	}
	return m
}

func containerOf(head []byte) *container {
	for i, c := range containers {
		if bytes.HasPrefix(head, []byte(c.magic)) && (c.is == nil || c.is(head)) {
			return &containers[i]
		}
	}
	return nil
}

// isBzip2 tells a bzip2 file from a text that begins with its letters: its size
// follows, and then the first block or the end.
func isBzip2(head []byte) bool {
	return len(head) >= 10 && head[3]-'1' < 9 && (string(head[4:10]) == "1AY&SY" || string(head[4:10]) == "\x17\x72\x45\x38\x50\x90")
}

// isPcapng tells a capture from a text that begins with blank lines.
func isPcapng(head []byte) bool {
	return len(head) >= 12 && (string(head[8:12]) == "\x4d\x3c\x2b\x1a" || string(head[8:12]) == "\x1a\x2b\x3c\x4d")
}

// isMP4 tells a film by its first box, which follows its length.
func isMP4(head []byte) bool {
	return len(head) >= 12 && head[0] == 0 && head[1] == 0 && string(head[4:8]) == "ftyp"
}

func openBzip2(_ string, r io.Reader) (io.Reader, func(), error) {
	return bzip2.NewReader(r), func() {}, nil
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
