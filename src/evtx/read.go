package evtx

import (
	"bytes"
	"context"
	"io"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// Record is one event of a log.
type Record struct {
	// Number is the EventRecordID that the log gave it.
	Number uint64
	// Time is when it was written to the log; 0 when event.Time cannot hold it.
	Time event.Time
	// XML is the event on one line, without a line end. It is valid until emit
	// returns.
	XML []byte
}

// Options are limits; the zero value is right for files from anywhere.
type Options struct {
	// MaxXML is how many bytes the text of one event may have; 0 is 4 MiB. A
	// record that has more is reported, and is not read.
	MaxXML int
}

const magic = "ElfFile\x00"

// Is tells whether a file that begins with head is an .evtx file.
func Is(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }

// Read reads a log from its beginning and calls emit with its records, in the
// order of the file. What is wrong is in the list, in places named name; reading
// goes on behind it. It ends early, with a message that wraps the cause, when
// emit fails, ctx is done or r cannot be read.
func Read(ctx context.Context, name string, r io.Reader, o Options, emit func(Record) error) diag.List {
	f := newFile(name, r, o)
	for f.next(ctx, emit) {
	}
	return f.problems.all()
}

// Text is a log as text: each event a line of its own. (Events may hold line
// ends.)
type Text struct {
	file *file
	buf  []byte
	rest []byte
	done bool
}

// NewText reads a log by the rules of Read.
func NewText(name string, r io.Reader, o Options) *Text {
	return &Text{file: newFile(name, r, o)}
}

// Read gives the next bytes of the text; its only error is io.EOF.
func (t *Text) Read(p []byte) (int, error) {
	for len(t.rest) == 0 {
		if t.done {
			return 0, io.EOF
		}
		t.buf = t.buf[:0]
		t.done = !t.file.next(context.Background(), func(r Record) error {
			t.buf = append(append(t.buf, r.XML...), '\n')
			return nil
		})
		t.rest = t.buf
	}
	n := copy(p, t.rest)
	t.rest = t.rest[n:]
	return n, nil
}

// Problems is what was wrong in what was read so far.
func (t *Text) Problems() diag.List { return t.file.problems.all() }
