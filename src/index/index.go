package index

import (
	"context"
	"slices"
	"sync"

	"riskreplay/src/event"
)

// Options are the limits of a segment; zero takes the default.
type Options struct {
	// Events is how many events a segment holds at most: 262,144.
	Events int
	// Bytes is how many bytes of raw events it holds at most: 512 MiB. An event
	// that is larger gets a segment of its own.
	Bytes int
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

// Index is events in memory. It is safe for concurrent use: who appends does not
// wait for who reads, and a reader sees a list of segments that nobody changes.
type Index struct {
	options Options
	mu      sync.Mutex
	open    *builder
	closed  []*segment // replaced as a whole, never written to
}

// New is an empty index.
func New(o Options) *Index { return &Index{options: o.withDefaults(), open: &builder{}} }

// Ticket stands for events that were appended.
type Ticket struct{}

// Wait returns nil when the events are as safe as the index makes them. An index
// in memory makes nothing safer than it is at once.
func (Ticket) Wait(ctx context.Context) error { return ctx.Err() }

// Append adds events in their order; a search that begins after it has returned
// sees them. The index keeps the events' bytes and strings, not the slice. When
// ctx is done before, nothing is added.
func (x *Index) Append(ctx context.Context, evs []event.Event) (Ticket, error) {
	if err := ctx.Err(); err != nil {
		return Ticket{}, err
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

// Len is the number of events.
func (x *Index) Len() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	n := len(x.open.raw)
	for _, s := range x.closed {
		n += s.Len()
	}
	return n
}

// snapshot is the segments with all events appended so far, in order of arrival.
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
