package modinput

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"riskreplay/src/event"
)

// Reader reads a stream of events as XML. What cannot be read is told to Problem
// and passed over; the events beside it come as if nothing was. It is strict
// where splunkd's reader would stop: entities, nesting, characters.
type Reader struct {
	// Problem is told of what cannot be read; nil when nobody is.
	Problem func(*StreamError)
	// MaxEvent bounds the XML of one event: 64 MiB when it is 0.
	MaxEvent int

	in    io.Reader
	buf   []byte
	pos   int   // of the next token
	base  int64 // the offset of buf[0] in the stream
	err   error // of in
	state place
	looks int               // how often much was read in vain
	names map[string]string // strings shared between events
	slab  []byte
	text  []byte // of the element that is open
}

// place is where in the stream the reader is.
type place uint8

const (
	before place = iota
	inside
	after
)

// StreamError is what cannot be read, and where.
type StreamError struct {
	// Offset is in bytes from the start of the stream.
	Offset int64
	Err    error
}

// Error names the offset and the cause.
func (e *StreamError) Error() string {
	return fmt.Sprintf("cannot read the stream of events at byte %d: %v", e.Offset, e.Err)
}

// Unwrap is the cause.
func (e *StreamError) Unwrap() error { return e.Err }

// NewReader reads from r.
func NewReader(r io.Reader) *Reader { return &Reader{in: r, names: map[string]string{}} }

// ErrTruncated is the cause when a stream ends in the middle of an event, or
// without its end.
var ErrTruncated = errors.New("the stream ends in the middle")

// Next gives the next event: io.EOF at the end of the stream, or the error of
// what is read from. The event's bytes are its own.
func (r *Reader) Next() (Event, error) {
	for {
		r.compact()
		r.mark()
		start := r.pos
		t, err := r.token()
		switch {
		case err == nil:
			var e Event
			var ok bool
			if e, ok, err = r.top(t); ok {
				return e, nil
			}
		case errors.Is(err, errEnd):
			return Event{}, r.end()
		}
		if err != nil && !r.skip(start, err) {
			return Event{}, r.end()
		}
	}
}

// mark passes over a byte order mark at the start of the stream.
func (r *Reader) mark() {
	const bom = "\xEF\xBB\xBF"
	for r.base == 0 && r.pos == 0 && len(r.buf) < len(bom) && r.fill() {
	}
	if r.base == 0 && r.pos == 0 && bytes.HasPrefix(r.buf, []byte(bom)) {
		r.pos = len(bom)
	}
}

// end tells how the stream ended.
func (r *Reader) end() error {
	if (r.state == inside || r.pos < len(r.buf)) && errors.Is(r.err, io.EOF) {
		r.state, r.pos = after, len(r.buf)
		r.report(len(r.buf), ErrTruncated)
	}
	return r.err
}

// top is a token outside of events.
func (r *Reader) top(t token) (e Event, ok bool, err error) {
	switch {
	case t.kind == comment:
	case t.kind == text:
		if len(bytes.TrimSpace(t.body)) > 0 {
			r.report(t.at, fmt.Errorf("text outside of events: %s", quote(t.body)))
		}
	case t.kind == endTag && t.name == "stream" && r.state == inside:
		r.state = after
	case t.kind != startTag:
		err = fmt.Errorf("expected <event>, found %s", t)
	case t.name == "stream" && r.state == before && !t.closed:
		r.state = inside
	case t.name == "stream" && r.state == before:
		r.state = after
	case t.name == "event" && r.state == inside:
		e, err = r.event(t)
		ok = err == nil
	case t.name == "event":
		// splunkd reads no event without <stream>; take it, and say so.
		r.report(t.at, errors.New("<event> outside of <stream>"))
		r.state = inside
		e, err = r.event(t)
		ok = err == nil
	default:
		err = fmt.Errorf("expected <event>, found %s", t)
	}
	return e, ok, err
}

// event reads what is in an event.
func (r *Reader) event(open token) (Event, error) {
	var e Event
	if err := r.attributes(open, &e); err != nil || open.closed {
		return e, err
	}
	for {
		t, err := r.token()
		if err != nil {
			return e, inEvent(err)
		}
		switch {
		case t.kind == endTag && t.name == "event":
			return e, nil
		case t.kind == text && len(bytes.TrimSpace(t.body)) == 0, t.kind == comment:
		case t.kind == startTag:
			if err := r.child(t, &e); err != nil {
				return e, inEvent(err)
			}
		default:
			return e, fmt.Errorf("expected an element of <event>, found %s", t)
		}
	}
}

func inEvent(err error) error {
	if errors.Is(err, errEnd) {
		return ErrTruncated
	}
	return err
}

func (r *Reader) attributes(t token, e *Event) error {
	for a := range attributesOf(t.attrs) {
		if a.err != nil {
			return a.err
		}
		value, err := unescape(nil, a.value)
		if err != nil {
			return err
		}
		switch string(a.name) {
		case "stanza":
			e.Stanza = r.shared(value)
		case "unbroken":
			e.Unbroken, _ = parseBool(string(value))
		}
	}
	return nil
}

// child is one element of an event.
func (r *Reader) child(t token, e *Event) error {
	for a := range attributesOf(t.attrs) {
		if a.err != nil {
			return a.err
		}
	}
	known := true
	switch t.name {
	case "data", "time", "host", "source", "sourcetype", "index", "done":
	default:
		known = false
		r.report(t.at, fmt.Errorf("<%s> is no element of <event>: splunkd passes it over", t.name))
	}
	r.text = r.text[:0]
	if !t.closed {
		if err := r.content(t.name, known); err != nil {
			return err
		}
	}
	return r.set(t, e)
}

func (r *Reader) set(t token, e *Event) error {
	switch t.name {
	case "data":
		e.Raw = r.keep(r.text)
	case "time":
		s := string(bytes.TrimSpace(r.text))
		at, ok := event.ParseTime(s)
		if !ok && s != "" {
			r.report(t.at, fmt.Errorf("<time> is %s: expected seconds since 1970", quote(r.text)))
		}
		e.Time = at
	case "host":
		e.Host = r.shared(r.text)
	case "source":
		e.Source = r.shared(r.text)
	case "sourcetype":
		e.Sourcetype = r.shared(r.text)
	case "index":
		e.Index = r.shared(r.text)
	case "done":
		e.Done = true
	}
	return nil
}

// maxDepth bounds elements in elements that nobody knows.
const maxDepth = 100

// content collects the text of an element up to its end. Of one that is not
// known the elements in it are passed over; one that is has none.
func (r *Reader) content(name string, known bool) error {
	open := []string{name}
	for {
		t, err := r.token()
		if err != nil {
			return err
		}
		switch t.kind {
		case text:
			if known {
				r.text, err = unescape(r.text, t.body)
			} else {
				_, err = unescape(nil, t.body)
			}
		case cdata:
			r.text, err = appendCharacters(r.text, t.body)
		case startTag:
			if known || len(open) == maxDepth {
				return fmt.Errorf("expected </%s>, found %s", open[len(open)-1], t)
			}
			if !t.closed {
				open = append(open, t.name)
			}
		case endTag:
			if t.name != open[len(open)-1] {
				return fmt.Errorf("expected </%s>, found %s", open[len(open)-1], t)
			}
			if open = open[:len(open)-1]; len(open) == 0 {
				return nil
			}
		}
		if err != nil {
			return err
		}
	}
}

// shared is b as a string, the same one for equal bytes.
func (r *Reader) shared(b []byte) string {
	if s, ok := r.names[string(b)]; ok {
		return s
	}
	if len(r.names) >= 4096 {
		clear(r.names)
	}
	s := string(b)
	r.names[s] = s
	return s
}

// keep copies b to where it may stay; events share allocations.
func (r *Reader) keep(b []byte) []byte {
	if len(b) > slabSize/4 {
		return bytes.Clone(b)
	}
	if len(r.slab)+len(b) > cap(r.slab) {
		r.slab = make([]byte, 0, slabSize)
	}
	from := len(r.slab)
	r.slab = append(r.slab, b...)
	return r.slab[from:len(r.slab):len(r.slab)]
}

const slabSize = 64 << 10

func (r *Reader) report(at int, err error) {
	if r.Problem != nil {
		r.Problem(&StreamError{Offset: r.base + int64(at), Err: err})
	}
}

// skip tells of an error in what began at start, and goes on at the next event
// or the end of the stream. It is false when there is neither.
func (r *Reader) skip(start int, err error) bool {
	r.report(r.pos, err)
	r.pos = start + 1
	if errors.Is(err, ErrTruncated) || errors.Is(err, errTooLarge) {
		if r.looks++; r.looks > maxLooks {
			r.pos = len(r.buf)
		}
	}
	for {
		for i := bytes.IndexByte(r.buf[r.pos:], '<'); i >= 0; i = bytes.IndexByte(r.buf[r.pos:], '<') {
			r.pos += i
			for len(r.buf)-r.pos < len("</stream>") && r.fill() {
			}
			if rest := r.buf[r.pos:]; bytes.HasPrefix(rest, []byte("<event")) || bytes.HasPrefix(rest, []byte("</stream>")) {
				return true
			}
			r.pos++
		}
		r.pos = len(r.buf)
		r.compact()
		if !r.fill() {
			if errors.Is(err, ErrTruncated) {
				r.state = after // it was said
			}
			return false
		}
	}
}

// maxLooks bounds how often a stream is searched to its end for what an event
// lacks.
const maxLooks = 100

func quote(b []byte) string {
	if len(b) > 40 {
		return fmt.Sprintf("%q...", b[:40])
	}
	return fmt.Sprintf("%q", b)
}
