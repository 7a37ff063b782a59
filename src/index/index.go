package index

import (
	"context"
	"slices"
	"sync"
	"time"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// Options are the limits of a segment; zero takes the default.
type Options struct {
	// Events is how many events a segment holds at most: 262,144.
	Events int
	// Bytes is how many bytes of raw events it holds at most: 512 MiB, in a folder
	// 128 MiB. An event that is larger gets a segment of its own.
	Bytes int

	// The rest is for an index in a folder.

	// ReadOnly opens a folder to be searched; another process may write to it.
	ReadOnly bool
	// Age is how long events may be in a journal before they become a segment, which
	// others can read; 0 is until there are enough of them, or Close.
	Age time.Duration
	// Retain is how old events may be: a segment goes when its last event is older.
	// RetainBytes is how many bytes the files of segments may have: the oldest go.
	// Zero keeps everything.
	Retain      time.Duration
	RetainBytes int64
	// NoColumns keeps no files of columns that searches made, and reads none.
	NoColumns bool
	// Memory is about how many bytes of segments in files are kept in memory for
	// searches to come: 512 MiB.
	Memory int
	// Clock tells the age of things; nil looks at no age.
	Clock clock.Clock
	// Warn takes what is wrong with single files. It is called from any goroutine.
	Warn func(diag.Message)
	// Files stands in for the folder on disk; nil is that folder.
	Files Files
}

// onDisk is the options with the defaults of a folder.
func (o Options) onDisk() Options {
	if o.Bytes <= 0 {
		o.Bytes = 128 << 20
	}
	if o.Memory <= 0 {
		o.Memory = 512 << 20
	}
	return o.withDefaults()
}

func (o Options) withDefaults() Options {
	if o.Events <= 0 {
		o.Events = 256 << 10
	}
	if o.Bytes <= 0 {
		o.Bytes = 512 << 20
	}
	return o
}

// Index is events, in memory or in a folder. It is safe for concurrent use: who appends does not
// wait for who reads, and a reader sees a list of segments that nobody changes.
type Index struct {
	options Options
	mu      sync.Mutex
	open    *builder
	closed  []*segment // replaced as a whole, never written to
	disk    *disk      // nil: in memory alone, else all is there
}

// New is an empty index in memory.
func New(o Options) *Index { return &Index{options: o.withDefaults(), open: &builder{}} }

// Ticket stands for events that were appended.
type Ticket struct{ group *group }

// Wait returns nil when the events are as safe as the index makes them: in a
// folder when they are on disk, in memory at once. An error says why they are not,
// or is that of ctx; then they may be safe later.
func (t Ticket) Wait(ctx context.Context) error { return t.group.wait(ctx) }

// Append adds events in their order. A search sees them that begins after Append
// has returned, in a folder after the ticket's Wait has. An index in memory keeps
// the events' bytes and strings, one in a folder copies them; none keeps the slice.
// When ctx is done before, nothing is added.
func (x *Index) Append(ctx context.Context, evs []event.Event) (Ticket, error) {
	if err := ctx.Err(); err != nil {
		return Ticket{}, err
	}
	if x.disk != nil {
		return x.disk.append(ctx, evs)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range evs {
		e := &evs[i]
		if n := len(x.open.raw); n > 0 && (n >= x.options.Events || x.open.bytes+len(e.Raw) > x.options.Bytes) {
			x.close()
		}
		x.open.add(e)
	}
	return Ticket{}, nil
}

// Close ends an index in a folder: what was appended is made safe and a
// segment, and the folder is free for others. It must not be searched any more. In memory it does nothing.
func (x *Index) Close() error {
	if x.disk == nil {
		return nil
	}
	return x.disk.close()
}

// Len is the number of events.
func (x *Index) Len() int {
	if x.disk != nil {
		return x.disk.len()
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	n := len(x.open.raw)
	for _, s := range x.closed {
		n += s.Len()
	}
	return n
}

// segments is those with all events so far, in order of arrival.
func (x *Index) segments() ([]*segment, error) {
	if x.disk != nil {
		return x.disk.snapshot()
	}
	return x.snapshot(), nil
}

// snapshot is segments of an index in memory.
func (x *Index) snapshot() []*segment {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.close()
	return x.closed
}

// close makes a segment of the open events. Who reads after every few appended
// events would leave many small segments: neighbours of like size are joined, so
// that an event is moved a logarithmic number of times.
func (x *Index) close() {
	s := x.open.close()
	if s == nil {
		return
	}
	x.open = &builder{}
	list := append(slices.Clone(x.closed), s)
	for n := len(list); n > 1 && x.joinable(list[n-2], list[n-1]); n = len(list) {
		list = append(list[:n-2], join(list[n-2], list[n-1]))
	}
	x.closed = list
}

func (x *Index) joinable(a, b *segment) bool {
	return a.Len() < 2*b.Len() && a.Len()+b.Len() <= x.options.Events && a.bytes+b.bytes <= x.options.Bytes
}

func join(a, b *segment) *segment {
	var out builder
	out.addAll(a)
	out.addAll(b)
	return out.close()
}
