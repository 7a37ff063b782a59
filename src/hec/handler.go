package hec

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"

	"riskreplay/src/clock"
	"riskreplay/src/event"
)

// HandlerOptions are a handler's limits and extras. What is zero is as Splunk
// has it by default.
type HandlerOptions struct {
	// Clock gives the time of events that have none. It must be given.
	Clock clock.Clock
	// MaxBody is how many bytes a body may have, packed and unpacked; 0 is
	// 838,860,800 (max_content_length).
	MaxBody int64
	// MaxEvent is how many bytes the JSON of one event may have; 0 is 5 MB
	// (maxEventSize). MaxFields is how many values the indexed fields of one event
	// may have; 0 is 1,000.
	MaxEvent, MaxFields int
	// MaxInFlight is how many bytes of bodies may be on their way into the store at
	// once before others are answered "busy"; 0 is 256 MiB. A single body may be
	// larger.
	MaxInFlight int64
	// Warn has the codes 24 to 27 sent near and at capacity (backpressureState =
	// warn_at_80); without it the answer at capacity is code 9.
	Warn bool
	// MaxChannels and MaxPending are how many channels, and how many
	// acknowledgements of one channel that nobody asked for, are kept; 0 is
	// 1,000,000 each. A channel is forgotten after MaxIdle, 0 is 600 s.
	MaxChannels, MaxPending int
	MaxIdle                 time.Duration
	// HasIndex tells whether there is an index; nil means any.
	HasIndex func(name string) bool
	// Break makes events of a body of the raw endpoint; base holds what is known of
	// all of them. Nil makes one of each line that is not blank.
	Break func(base event.Event, body []byte) []event.Event
	// Stamp finds the time in an event, for auto_extract_timestamp=true; nil finds
	// none.
	Stamp func(e event.Event) (event.Time, bool)
	// Fault has a request answered wrongly; nil is never.
	Fault func(r *http.Request) Fault
}

func (o HandlerOptions) orDefaults() HandlerOptions {
	if o.Clock == nil {
		panic("hec: a handler without a clock")
	}
	setDefault(&o.MaxBody, 838_860_800)
	setDefault(&o.MaxEvent, 5<<20)
	setDefault(&o.MaxFields, 1000)
	setDefault(&o.MaxInFlight, 256<<20)
	setDefault(&o.MaxChannels, 1_000_000)
	setDefault(&o.MaxPending, 1_000_000)
	setDefault(&o.MaxIdle, 600*time.Second)
	if o.HasIndex == nil {
		o.HasIndex = func(string) bool { return true }
	}
	if o.Break == nil {
		o.Break = breakLines
	}
	if o.Stamp == nil {
		o.Stamp = func(event.Event) (event.Time, bool) { return 0, false }
	}
	if o.Fault == nil {
		o.Fault = func(*http.Request) Fault { return Fault{} }
	}
	return o
}

func setDefault[T int | int64 | time.Duration](v *T, to T) {
	if *v <= 0 {
		*v = to
	}
}

// Server is the collector's handler: every path below /services/collector. It is
// mounted as it is, below a router of others too:
//
//	router.PathPrefix("/services/collector").Handler(server)
type Server struct {
	paths    *mux.Router
	store    Store
	tokens   Tokens
	o        HandlerOptions
	acks     *acks
	inFlight atomic.Int64
	mu       sync.Mutex // for closing, and pending from 0
	closing  bool
	pending  sync.WaitGroup // requests with events, and acknowledgements to come
	life     context.Context
	end      context.CancelFunc
}

// Handler is the collector's server side over a store.
func Handler(store Store, tokens Tokens, o HandlerOptions) *Server {
	o = o.orDefaults()
	s := &Server{store: store, tokens: tokens, o: o, acks: newAcks(o)}
	s.paths = s.router()
	s.life, s.end = context.WithCancel(context.Background())
	return s
}

// Close answers what comes from now on with "shutting down" and waits until what
// was taken is in the store, or ctx ends. The http.Server's Shutdown comes before
// or after it.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	done := make(chan struct{})
	go func() { s.pending.Wait(); close(done) }()
	defer s.end()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// begin counts a request with events, unless the server is shutting down.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closing {
		s.pending.Add(1)
	}
	return !s.closing
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.paths.ServeHTTP(w, r) }

// reply writes an answer. What is left of the body is read first, within a limit:
// a client that still sends would find its connection reset, and no answer.
func (s *Server) reply(w http.ResponseWriter, r *http.Request, a Reply) {
	drain(r)
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.append(nil)) // a client that went away is told nothing
}
