package evtx

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"

	"riskreplay/src/diag"
)

var le = binary.LittleEndian

const (
	fileHeaderSize = 128
	fileBlockSize  = 4096
	chunkSize      = 65536
	dirtyFlag      = 1
)

// file is a log while it is read.
type file struct {
	r        io.Reader
	maxXML   int
	problems problems

	begun  bool
	offset int64 // of what comes next
	// chunks is how many chunks the header counts, those behind are remains; it
	// is not told by a log that was not closed.
	chunks int
	closed bool
	behind int // chunks behind the end that hold records

	buf [chunkSize]byte
	out []byte // the text of one event
	scratch
}

func newFile(name string, r io.Reader, o Options) *file {
	if o.MaxXML <= 0 {
		o.MaxXML = 4 << 20
	}
	return &file{r: r, maxXML: o.MaxXML, problems: problems{text: &diag.Text{Name: name}}}
}

// next reads the header, or one chunk; false when reading is to end.
func (f *file) next(ctx context.Context, emit func(Record) error) bool {
	if err := ctx.Err(); err != nil {
		f.stopped(err)
		return false
	}
	if !f.begun {
		f.begun = true
		return f.header()
	}
	data, err := f.fill(f.buf[:])
	at := f.offset
	f.offset += int64(len(data))
	if len(data) > 0 {
		cut := len(data) < chunkSize
		if cut && (err == nil || errors.Is(err, io.EOF)) {
			f.problems.lost("cut", "the file is cut off at offset %#x, inside a chunk", f.offset)
		}
		if stop := f.chunk(data, at, emit); stop != nil {
			f.stopped(stop)
			return false
		}
	}
	if err == nil {
		return true
	}
	if !errors.Is(err, io.EOF) {
		f.unreadable(err)
	}
	f.finish()
	return false
}

// fill reads until buf is full; the error says why it is not.
func (f *file) fill(buf []byte) ([]byte, error) {
	n := 0
	for idle := 0; n < len(buf); {
		m, err := f.r.Read(buf[n:])
		if n += m; err != nil && n < len(buf) {
			return buf[:n], err
		}
		if m > 0 {
			idle = 0
		} else if idle++; idle > 100 {
			return buf[:n], io.ErrNoProgress
		}
	}
	return buf, nil
}

// header reads the file's header; false when this is no log.
func (f *file) header() bool {
	head, err := f.fill(f.buf[:fileBlockSize])
	f.offset = int64(len(head))
	if err != nil && !errors.Is(err, io.EOF) {
		f.unreadable(err)
		return false
	}
	if !Is(head) {
		f.problems.lost("header", "this is no Windows event log (.evtx): it does not begin with ElfFile")
		return false
	}
	if len(head) < fileBlockSize {
		f.problems.lost("cut", "the file is cut off at offset %#x, inside its header", len(head))
		return false
	}
	f.closed = le.Uint32(head[120:])&dirtyFlag == 0
	f.chunks = int(le.Uint16(head[42:]))
	if sum := crc32.ChecksumIEEE(head[:120]); sum != le.Uint32(head[124:]) {
		f.closed = false
		f.problems.odd("header", "the checksum of the file's header is wrong: all chunks are read")
	}
	if le.Uint64(head[16:]) >= math.MaxUint16 {
		f.closed = false // the count is too small a number for such a file
	}
	if major := le.Uint16(head[38:]); major != 3 {
		f.problems.odd("version", "the format's version is %d.%d, known is 3: it is read as 3", major, le.Uint16(head[36:]))
	}
	return f.skipBlock(int(le.Uint16(head[40:])))
}

// skipBlock goes to where the first chunk begins.
func (f *file) skipBlock(size int) bool {
	if size <= fileBlockSize {
		return true
	}
	skipped, err := f.fill(f.buf[:size-fileBlockSize])
	f.offset += int64(len(skipped))
	if err != nil {
		f.problems.lost("cut", "the file is cut off at offset %#x, inside its header", f.offset)
	}
	return err == nil
}

// finish says what is known only at the end.
func (f *file) finish() {
	if f.behind > 0 {
		f.problems.odd("behind", "%d chunks behind the end of the log hold old records: they are not read", f.behind)
	}
}

func (f *file) unreadable(err error) {
	f.problems.add("read", diag.Message{Text: "the rest of the file cannot be read: " + err.Error(), Cause: err})
}

func (f *file) stopped(err error) {
	f.problems.add("stop", diag.Message{Text: "reading was stopped: " + err.Error(), Cause: err})
}
