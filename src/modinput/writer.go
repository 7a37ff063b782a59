package modinput

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"riskreplay/src/clock"
)

// WriterOptions are how a Writer buffers. The zero value is for splunkd.
type WriterOptions struct {
	// Bytes and Count are how much is written at once: 32 KiB and 1,000 events.
	Bytes, Count int
	// Wait is how long an event lies in the buffer at most: 100 ms.
	Wait time.Duration
	// Decimals are the digits of a second's fraction that are sent: 3, as
	// Splunk's own SDK documents; at most 9.
	Decimals int
	// Settled is told of the newest Mark that need not be repeated after a crash
	// of either side. It is called by one goroutine at a time, from inside Write,
	// Flush and Close, and by time; it must not call the Writer, whose lock is
	// held. Its error ends the stream.
	Settled func(mark uint64) error
	// Lag is how long after it was written a mark settles though nothing follows
	// it: 5 s.
	Lag time.Duration
}

const (
	// bufferSize is how much is written at once.
	bufferSize = 32 << 10
	// pipeSize is what a pipe holds on Linux and macOS.
	pipeSize = 64 << 10
)

func (o WriterOptions) withDefaults() WriterOptions {
	if o.Bytes <= 0 {
		o.Bytes = bufferSize
	}
	if o.Count <= 0 {
		o.Count = 1000
	}
	if o.Wait <= 0 {
		o.Wait = 100 * time.Millisecond
	}
	if o.Decimals <= 0 || o.Decimals > 9 {
		o.Decimals = 3
	}
	if o.Lag <= 0 {
		o.Lag = 5 * time.Second
	}
	return o
}

// ErrClosed is what Write returns when the stream has ended.
var ErrClosed = errors.New("the stream of events is closed")

// Stats are what a Writer has written.
type Stats struct {
	Events uint64
	// Bytes are those of the XML handed to the pipe.
	Bytes int64
	// Replaced counts characters of events that XML cannot carry: U+FFFD stands
	// for each of them.
	Replaced uint64
}

// Writer writes the stream of events as XML. An event is written whole or not at
// all, unless the stream breaks; a Write blocks while the reader has no room. Safe
// for concurrent use.
type Writer struct {
	w     io.Writer
	clock clock.Clock
	o     WriterOptions
	ctx   context.Context // of the two goroutines
	stop  context.CancelFunc

	mu     sync.Mutex
	buf    []byte
	held   int       // events in buf
	since  time.Time // when the first of them came
	begun  bool      // <stream> was written
	closed bool
	err    error       // of the pipe or of Settled; nothing is written after it
	broken func(error) // is told of err; nil when nobody is
	stats  Stats
	marks  marks

	flusher, settler ticker
}

// NewWriter writes to w. Nothing is written before the first event, or Close.
func NewWriter(w io.Writer, c clock.Clock, o WriterOptions) *Writer {
	o = o.withDefaults()
	ctx, stop := context.WithCancel(context.Background())
	x := &Writer{w: w, clock: c, o: o, ctx: ctx, stop: stop, buf: make([]byte, 0, o.Bytes+o.Bytes/4)}
	x.marks = marks{lag: o.Lag, behind: pipeSize - bufferSize}
	if o.Settled != nil {
		x.marks.pipe = watch(w)
	}
	return x
}

func (w *Writer) setSettled(tell func(mark uint64) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.o.Settled = tell
	w.marks.pipe = watch(w.w)
}

// Write appends an event, and flushes when enough has come together. It keeps
// nothing of the event.
func (w *Writer) Write(e *Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.usable(); err != nil {
		return err
	}
	before := len(w.buf)
	if w.held == 0 {
		w.begin()
		w.opened()
	}
	var replaced int
	w.buf, replaced = e.append(w.buf, w.o.Decimals)
	w.held++
	w.stats.Events++
	w.stats.Replaced += uint64(replaced)
	switch {
	case w.held >= w.o.Count:
		return w.flush(len(w.buf))
	case len(w.buf) < w.o.Bytes:
		return nil
	case w.held == 1:
		before = len(w.buf)
	}
	return w.flush(before)
}

// opened notes that the first event lies in the buffer.
func (w *Writer) opened() {
	w.since = w.clock.Now()
	if !w.flusher.begun() {
		w.flusher.begin(w, w.flushDue, w.flushOverdue)
	}
	w.flusher.rouse()
}

// Mark names all that was written so far. Marks grow.
func (w *Writer) Mark(mark uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.o.Settled == nil {
		return
	}
	w.marks.add(mark, w.stats.Bytes+int64(len(w.buf)))
	if len(w.buf) == 0 {
		w.written()
	}
}

// Flush hands all that was written to the reader.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.usable(); err != nil {
		return err
	}
	return w.flush(len(w.buf))
}

// Drain is Flush, and waits until the reader has taken all of it: then all marks
// settle at once. Where the system does not tell what a reader has taken they
// settle by time. It ends early with ctx.
func (w *Writer) Drain(ctx context.Context) error {
	if err := w.Flush(); err != nil {
		return err
	}
	w.ending(true)
	defer w.ending(false)
	if err := w.drain(ctx); err != nil {
		return err
	}
	return ctx.Err()
}

// ending says whether marks settle without anything behind them.
func (w *Writer) ending(yes bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.marks.ended = yes || w.closed
}

// Stats are what was written so far.
func (w *Writer) Stats() Stats {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stats
}

// Close ends the stream, which may hold no event, and waits until all marks have
// settled or ctx ends. What has not settled by then is repeated, not lost. A
// second Close does nothing.
func (w *Writer) Close(ctx context.Context) error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	if w.err == nil {
		w.begin()
		w.buf = append(w.buf, "</stream>\n"...)
		_ = w.flush(len(w.buf)) // an error stays with the stream
	}
	w.closed, w.marks.ended = true, true
	err := w.err
	w.mu.Unlock()
	w.stop()
	w.flusher.wait()
	w.settler.wait()
	if err != nil {
		return err
	}
	return w.drain(ctx)
}

func (w *Writer) usable() error {
	if w.closed {
		return ErrClosed
	}
	return w.err
}

func (w *Writer) begin() {
	if !w.begun {
		w.begun = true
		w.buf = append(w.buf, "<stream>\n"...)
	}
}

// flush writes the first bytes of the buffer, which are whole events; what is left
// is one event, or nothing. The lock is held.
func (w *Writer) flush(size int) error {
	for rest := w.buf[:size]; len(rest) > 0; {
		n, err := w.room(len(rest))
		if err == nil {
			n, err = w.w.Write(rest[:n])
			w.stats.Bytes += int64(n)
			rest = rest[n:]
		}
		if err != nil {
			return w.fail(err)
		}
		w.written()
	}
	w.kept(size)
	return nil
}

// kept moves what is left behind a flush to the beginning of the buffer.
func (w *Writer) kept(size int) {
	left := w.buf[size:]
	if cap(w.buf) > maxKept {
		w.buf = nil
	}
	w.buf, w.held = append(w.buf[:0], left...), 0
	if len(left) > 0 {
		w.held = 1
		w.opened()
	}
}

// maxKept bounds the buffer that outlives one huge event.
const maxKept = 4 << 20

// room is how much of size bytes may be written now. What has settled by now is
// told first, and a reader that is far behind is waited for.
func (w *Writer) room(size int) (int, error) {
	if w.o.Settled == nil {
		return size, nil
	}
	for {
		left := w.marks.left()
		if err := w.settle(left); err != nil {
			return 0, err
		}
		if n := w.marks.room(left, size); n > 0 {
			return n, nil
		}
		if !w.marks.pipe.room() {
			return size, nil
		}
	}
}

// written notes that marks wait to settle after a write.
func (w *Writer) written() {
	if len(w.marks.list) == 0 {
		return
	}
	w.marks.stamp(w.stats.Bytes, w.clock.Now())
	if !w.settler.begun() {
		w.settler.begin(w, w.settleDue, w.settleOverdue)
	}
	w.settler.rouse()
}

// settle calls Settled when a mark has settled. The lock is held.
func (w *Writer) settle(left int64) error {
	mark, ok := w.marks.settled(w.stats.Bytes, left, w.clock.Now())
	if !ok {
		return nil
	}
	return w.o.Settled(mark)
}

// report is settle by time, and at the end.
func (w *Writer) report() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.settle(w.marks.left()); err != nil {
		return w.fail(err)
	}
	return nil
}

// fail ends the stream with an error. The lock is held.
func (w *Writer) fail(err error) error {
	if w.err == nil {
		w.err = err
		if w.broken != nil {
			w.broken(err)
		}
	}
	return err
}
