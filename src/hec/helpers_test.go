package hec

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/event"
)

const (
	aToken   = "11111111-2222-3333-4444-555555555555"
	aChannel = "99999999-8888-7777-6666-555555555555"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// memory is a Store that keeps everything.
type memory struct {
	mu     sync.Mutex
	events []event.Event
	fail   func(n int) error // asked before the n-th Append, from 0
	calls  int
	wait   chan struct{} // Wait returns when it is closed; nil is at once
}

func (m *memory) Append(_ context.Context, events []event.Event) (Ticket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.calls
	m.calls++
	if m.fail != nil {
		if err := m.fail(n); err != nil {
			return nil, err
		}
	}
	m.events = append(m.events, events...)
	return ticket{m.wait}, nil
}

func (m *memory) raws() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]string, len(m.events))
	for i, e := range m.events {
		out[i] = string(e.Raw)
	}
	return out
}

type ticket struct{ wait chan struct{} }

func (t ticket) Wait(ctx context.Context) error {
	if t.wait == nil {
		return nil
	}
	select {
	case <-t.wait:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hurried is a clock on which every wait passes at once once somebody has a
// reason to wait: time is what was waited for. Deadlines (longer than most) never
// come, so that a slow machine is not a slow server.
type hurried struct {
	mu   sync.Mutex
	now  time.Time
	most time.Duration
}

func newHurried() *hurried { return &hurried{now: start, most: 59 * time.Second} }

func (h *hurried) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hurried) SleepUntil(ctx context.Context, t time.Time) error {
	h.mu.Lock()
	far := t.Sub(h.now) > h.most
	if !far && t.After(h.now) {
		h.now = t
	}
	h.mu.Unlock()
	if far {
		<-ctx.Done()
	}
	return ctx.Err()
}

// collector is a handler on a real socket.
func collector(t testing.TB, store Store, tokens TokenList, o HandlerOptions) (*Server, *httptest.Server) {
	if o.Clock == nil {
		o.Clock = clock.Fixed(start)
	}
	h := Handler(store, tokens, o)
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	return h, web
}

func plainToken() TokenList { return TokenList{{Name: "t", Value: aToken}} }
func ackToken() TokenList   { return TokenList{{Name: "t", Value: aToken, UseACK: true}} }

// ledger keeps receipts.
type ledger struct {
	mu   sync.Mutex
	seen map[uint64]Receipt
}

func (l *ledger) settled(r Receipt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[uint64]Receipt{}
	}
	if _, twice := l.seen[r.Seq]; twice {
		panic(fmt.Sprint("settled twice: ", r.Seq))
	}
	l.seen[r.Seq] = r
}

func (l *ledger) get(seq uint64) (Receipt, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok := l.seen[seq]
	return r, ok
}

// client is a client of a collector, with the options of tests.
func client(t testing.TB, url string, o Options) (*Client, *ledger) {
	l := &ledger{}
	o.URL, o.Token, o.Settled = url, aToken, l.settled
	if o.Clock == nil {
		o.Clock = newHurried()
	}
	if o.Timeout == 0 {
		o.Timeout = 1e6 * time.Hour // by a clock that hurries
	}
	if o.Gzip == GzipRemote {
		o.Gzip = GzipAlways
	}
	c, err := New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c, l
}

func events(n int) []event.Event {
	out := make([]event.Event, n)
	for i := range out {
		out[i] = event.Event{Raw: fmt.Appendf(nil, "event %d", i), Time: event.At(start), Index: "main"}
	}
	return out
}

func raws(events []event.Event) []string {
	out := make([]string, len(events))
	for i, e := range events {
		out[i] = string(e.Raw)
	}
	return out
}

// firsts answers the first requests to a path with faults, the others rightly.
func firsts(path string, faults ...Fault) func(*http.Request) Fault {
	var mu sync.Mutex
	n := 0
	return func(r *http.Request) Fault {
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path != root+path || n == len(faults) {
			return Fault{}
		}
		n++
		return faults[n-1]
	}
}
