package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// Origin is where an event began.
type Origin struct {
	// File is the path, and for a member of an archive what it is called in it:
	// "archive.zip!folder/member.log".
	File string
	// Offset counts bytes from 0, Line from 1, both in the text: unpacked and in
	// UTF-8, without its byte order mark.
	Offset int64
	Line   int
	// Event is how many events of the file come before.
	Event int
}

// Options are what a reading depends on beside the file.
type Options struct {
	// Now is the time of events that have none and follow none.
	Now event.Time
	// BlockSize is how many bytes are read and emitted at once; 0 is 4 MiB.
	BlockSize int
	// MaxEvent is how many bytes one event may have; 0 is 64 MiB. A longer one is
	// kept in pieces, each an event, and reported.
	MaxEvent int
	// MaxUnpacked is how many bytes may come out of the containers of a file, each
	// counted; 0 is 64 GiB. What lies behind is not read, and that is an error. The
	// same holds for the other limits.
	MaxUnpacked int64
	// MaxRatio is how many times the size of the file may come out of it, beyond
	// 256 MiB; 0 is 250. (Windows logs are packed to a thirtieth, the emptiest to a
	// hundredth; gzip can do a thousandth.)
	MaxRatio int
	// MaxEntries is how many members its archives may have; 0 is 50,000.
	MaxEntries int
	// MaxDepth is how many containers may lie one inside the other; 0 is 4.
	MaxDepth int
	// Tee, when not nil, is written the file as it stands on the disk, each of its
	// bytes once and in order, also what lies behind the last event; all of it is
	// written when Read returns and was not stopped. An error of it ends reading.
	Tee io.Writer
	// NoIndex leaves an event's index empty when none was given, where else it is
	// main.
	NoIndex bool
}

func (o Options) orDefaults() Options {
	if o.BlockSize <= 0 {
		o.BlockSize = 4 << 20
	}
	if o.MaxEvent <= 0 {
		o.MaxEvent = 64 << 20
	}
	if o.MaxUnpacked <= 0 {
		o.MaxUnpacked = 64 << 30
	}
	if o.MaxRatio <= 0 {
		o.MaxRatio = 250
	}
	if o.MaxEntries <= 0 {
		o.MaxEntries = 50_000
	}
	if o.MaxDepth <= 0 {
		o.MaxDepth = 4
	}
	return o
}

// Block is events that stand one behind the other in a file. It belongs to who
// receives it: the events' bytes lie in a buffer that is never used again.
type Block struct {
	Events []event.Event
	// Offsets are where the events began, as Origin.Offset counts: one an event.
	Offsets []int64
	// First is where the first event began.
	First Origin
	// Format is the name of the format that the text was broken by.
	Format string
}

// Read reads a file and calls emit with its events, in order, in blocks that are
// not empty. A member of an archive is read as a file of its own would be: its
// blocks follow those of the member before, and its origins begin anew. It holds
// one block and one event in memory. What is wrong is in the list; reading goes on
// behind it where it can. It ends early, with a message that wraps the cause, when
// emit fails or ctx is done.
func Read(ctx context.Context, f File, o Options, emit func(Block) error) diag.List {
	w := &reading{ctx: ctx, file: f, o: o.orDefaults(), emit: emit, names: map[string]int{}}
	s, m := openStream(f.Path, w.o)
	if m != nil {
		w.problems.add("open", *m)
		return w.problems.all()
	}
	defer s.close()
	w.budget = newBudget(w.o, s.size)
	w.unpack(s, 0)
	if !w.stopped {
		if err := s.drain(ctx); err != nil {
			w.problems.add("read", s.readMessage(err))
		}
	}
	return w.problems.all()
}

// reading is one call of Read: what all texts of the file share.
type reading struct {
	ctx      context.Context
	file     File
	o        Options
	emit     func(Block) error
	problems problems
	budget   budget
	names    map[string]int // of members, and how many have them
	// stopped tells that emit or ctx ended it.
	stopped bool
}

// text reads a text.
func (w *reading) text(s *stream) {
	s.decode()
	if w.file.Format == "" || w.file.Format == winlogFormat.name {
		s.unquote()
	}
	w.stopped = !newReader(w, s.path).run(s)
	for _, m := range s.problems() {
		w.problems.add("log "+s.path, m)
	}
}

// reader reads one text.
type reader struct {
	*reading
	name string // of the text

	// here is where the slab begins; data is the slab; fresh tells that it begins
	// where a line does.
	here    Origin
	fresh   bool
	data    []byte
	events  []event.Event
	offsets []int64
	first   Origin

	meta   metadata
	format string
	// checked tells that check has something to compare.
	checked bool
	check   crossCheck
	// last is the time of the last event that had one.
	last    event.Time
	timed   bool
	untimed untimed
}

// untimed is the events without a time of their own.
type untimed struct {
	count int
	first diag.Place
}

func newReader(w *reading, name string) *reader {
	r := &reader{reading: w, name: name, fresh: true, meta: newMetadata(w.file, name, w.o.NoIndex)}
	r.here = Origin{File: name, Line: 1}
	r.last = r.o.Now
	r.check = newCrossCheck(w.file.Metadata)
	r.checked = r.check.on()
	return r
}

// breaker breaks a slab into events, one type a format.
type breaker interface {
	// split adds the events of r.data and gives how many bytes are done with. The
	// others come again, with more behind them; when last is set, nothing comes
	// again and all must be done with.
	split(r *reader, last bool) (done int)
}

// run reads slab after slab, and tells whether it was not stopped. What is not
// done with moves to the next one; a slab in which nothing is done with grows.
func (r *reader) run(s *stream) bool {
	head := s.head()
	f := chooseFormat(r.file.Metadata, head)
	r.format = f.name
	b := f.open(r, head)
	buf := make([]byte, s.firstSlab(r.o.BlockSize))
	n := 0
	for {
		m, err := fill(r.ctx, s, buf[n:])
		n += m
		last := err != nil
		if last && !errors.Is(err, io.EOF) {
			r.problems.add("read", s.readMessage(err))
			if r.ctx.Err() != nil {
				return false
			}
		}
		if last && n < len(buf)/2 {
			buf = bytes.Clone(buf[:n]) // events keep their slab: do not keep an empty half
		}
		r.data = buf[:n:n]
		done := b.split(r, last)
		if done == 0 && n >= r.o.MaxEvent {
			done = r.piece()
		}
		going := r.flush()
		if !going || last {
			r.reportUntimed()
			r.check.report(r)
			return going
		}
		r.advance(done)
		buf = r.nextSlab(done)
		n -= done
	}
}

// nextSlab is a new slab that begins with what is not done with.
func (r *reader) nextSlab(done int) []byte {
	rest := r.data[done:]
	size := r.o.BlockSize
	if 2*len(rest) > size {
		size = min(2*len(rest), max(r.o.MaxEvent, size))
	}
	next := make([]byte, max(size, len(rest)+1))
	copy(next, rest)
	return next
}

// fill reads until buf is full or there is no more; the error says why it ended.
func fill(ctx context.Context, src io.Reader, buf []byte) (n int, err error) {
	for idle := 0; n < len(buf); {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		m, err := src.Read(buf[n:])
		n += m
		if err != nil {
			return n, err
		}
		if m > 0 {
			idle = 0
		} else if idle++; idle > 100 {
			return n, io.ErrNoProgress
		}
	}
	return n, nil
}

// add adds the event that begins at data[start]. Its Time is set.
func (r *reader) add(start int, e event.Event) {
	if len(r.events) == 0 {
		r.first = r.origin(start)
		if r.events == nil {
			n := r.likely(len(e.Raw))
			r.events, r.offsets = make([]event.Event, 0, n), make([]int64, 0, n)
		}
	}
	if r.checked {
		r.check.event(r, start, e.Raw, r.meta.kind, r.meta.log)
	}
	r.events = append(r.events, e)
	r.offsets = append(r.offsets, r.here.Offset+int64(start))
}

// likely guesses how many events a slab has from the length of the first and from
// its first lines; flush gives back what is too much. Growing costs more than
// guessing: events are larger than many a line.
func (r *reader) likely(first int) int {
	head := r.data[:min(len(r.data), sniffSize)]
	size := max(first, len(head)/(bytes.Count(head, newline)+1), 40)
	return 16 + len(r.data)/size*17/16
}

// origin is where data[i] stands.
func (r *reader) origin(i int) Origin {
	o := r.here
	o.Offset += int64(i)
	o.Line += bytes.Count(r.data[:i], newline)
	o.Event += len(r.events)
	return o
}

var newline = []byte("\n")

// advance moves on by what is done with.
func (r *reader) advance(done int) {
	r.here.Offset += int64(done)
	r.here.Line += bytes.Count(r.data[:done], newline)
	if done > 0 {
		r.fresh = r.data[done-1] == '\n'
	}
}

// flush emits the events of a slab; false when reading is to end.
func (r *reader) flush() bool {
	if len(r.events) == 0 {
		return true
	}
	if cap(r.events) > 2*len(r.events) {
		r.events, r.offsets = slices.Clone(r.events), slices.Clone(r.offsets)
	}
	b := Block{Events: r.events, Offsets: r.offsets, First: r.first, Format: r.format}
	r.here.Event += len(r.events)
	r.events, r.offsets = nil, nil
	err := r.emit(b)
	if err == nil {
		err = r.ctx.Err()
	}
	if err != nil {
		r.problems.add("stop", diag.Message{Text: "reading " + strconv.Quote(r.name) + " was stopped: " + err.Error(), Cause: err})
	}
	return err == nil
}

// piece takes a slab in which no event ends as one event.
func (r *reader) piece() (done int) {
	r.problems.add("piece", diag.Message{
		Severity: diag.Warning,
		Text:     "an event is longer than " + strconv.Itoa(r.o.MaxEvent) + " bytes: it is kept in pieces",
		Place:    r.place(0, len(r.data)),
	})
	raw := r.data
	r.add(0, r.meta.other(raw, r.time(0, false, 0)))
	return len(raw)
}

// time is an event's own time, or that of the event before it, or now.
func (r *reader) time(t event.Time, ok bool, start int) event.Time {
	if ok {
		r.last, r.timed = t, true
		return t
	}
	if r.untimed.count == 0 {
		r.untimed.first = r.place(start, len(r.data))
	}
	r.untimed.count++
	return r.last
}

func (r *reader) reportUntimed() {
	if r.untimed.count == 0 {
		return
	}
	m := diag.Message{Severity: diag.Warning, Place: r.untimed.first}
	events := "events have"
	if r.untimed.count == 1 {
		events = "event has"
	}
	m.Text = strconv.Itoa(r.untimed.count) + " " + events + " no time that can be read, this first: "
	if r.timed {
		m.Text += "the time of the event before was taken"
	} else {
		m.Text += "now was taken"
	}
	r.problems.add("untimed", m)
}

// excerptSize is how much of a line a message shows.
const excerptSize = 400

// place points at data[start:end], or at as much of its line as a message shows.
func (r *reader) place(start, end int) diag.Place {
	from := bytes.LastIndexByte(r.data[:start], '\n') + 1
	from = max(from, start-excerptSize)
	to := min(from+2*excerptSize, len(r.data))
	if i := bytes.IndexByte(r.data[from:to], '\n'); i >= 0 {
		to = max(from+i, start)
	}
	body := strings.TrimRight(string(r.data[from:to]), "\r\n")
	text := &diag.Text{Name: r.name, Body: body, Line: r.origin(start).Line}
	return text.At(start-from, min(end-from, len(body)))
}
