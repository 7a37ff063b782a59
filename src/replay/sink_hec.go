package replay

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/hec"
	"riskreplay/src/job"
)

// HECOptions are what a sink into the HTTP Event Collector needs to know.
type HECOptions struct {
	// Options are the client's. Settled and Reconcile are the sink's own.
	hec.Options
	// Search, when not nil, is asked which events have arrived where that is not
	// known, so that none is there twice. It needs events with replay_run and
	// replay_seq (Settings.Fields), and does not work with Raw.
	Search job.Runner
	// Patience is how long events may take from the collector to where a search
	// finds them; 0 is 30 s. Only those missing after it are sent again.
	Patience time.Duration
	// Resent is the last batch that a run which was resumed may have sent before
	// (Stored.Sent): with Search, those up to it are looked for before they are sent.
	Resent uint64
	// Linger is how long batches that are being sent may take to end well when the
	// context ends; 0 is a second.
	Linger time.Duration
}

// HEC is a sink into the HTTP Event Collector. With the first batch it asks whether
// the collector is there and takes the token, so that a wrong address or token ends
// the run at once; later a collector that is busy or gone is waited for. A batch is
// settled when every event of it was answered for: with Ack when the indexers have
// it, else when the collector took it. What the collector refuses is dead, with the
// collector's words as the reason.
func HEC(o HECOptions) Open {
	return func(settled func(Receipt)) (Sink, error) {
		if o.Patience <= 0 {
			o.Patience = 30 * time.Second
		}
		s := &hecSink{o: o, tell: settled, parts: map[uint64]*part{}}
		o.Settled = s.settled
		if o.Search != nil {
			o.Reconcile = func(ctx context.Context, events []event.Event) ([]bool, error) {
				return s.there(ctx, events, o.Clock.Now().Add(o.Patience))
			}
		}
		client, err := hec.New(o.Options)
		s.client = client
		return s, err
	}
}

type hecSink struct {
	o      HECOptions
	client *hec.Client
	tell   func(Receipt)
	asked  bool      // the collector's health
	until  time.Time // what a run before may have sent is found by then
	// under is the context of what is under way, which outlives that of the run.
	under context.Context
	end   context.CancelFunc

	mu    sync.Mutex
	parts map[uint64]*part // batches of which a part is there already
}

// part is the places of the events of a batch that are sent, and how many others
// there are.
type part struct {
	places  []int
	already int
}

func (s *hecSink) Send(ctx context.Context, b Batch) error {
	if err := s.health(ctx); err != nil {
		return err
	}
	events := b.Events
	if s.o.Search != nil && b.Seq <= s.o.Resent {
		left, err := s.missing(ctx, b)
		if err != nil {
			return err
		}
		if events = left; len(left) == 0 {
			s.tell(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
			return nil
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.under == nil {
		s.under, s.end = lingering(ctx, s.o.Linger)
	}
	return s.client.Send(s.under, hec.Batch{Seq: b.Seq, Events: events})
}

func (s *hecSink) Flush(ctx context.Context) error { return s.client.Flush(ctx) }

func (s *hecSink) Close() error {
	if s.end != nil {
		defer s.end()
	}
	return s.client.Close()
}

// health asks once, before the first batch. A collector that is busy is waited for
// by who sends.
func (s *hecSink) health(ctx context.Context) error {
	if s.asked {
		return nil
	}
	err := s.client.Health(ctx)
	var refused *hec.RefusedError
	if errors.As(err, &refused) && refused.Reply.Class() == hec.Busy {
		err = nil
	}
	s.asked = err == nil
	return err
}

// missing is the events of a batch that are not there yet. Patience counts from the
// first look, for all batches: what the run before sent is found by its end, or never.
func (s *hecSink) missing(ctx context.Context, b Batch) ([]event.Event, error) {
	if s.until.IsZero() {
		s.until = s.o.Clock.Now().Add(s.o.Patience)
	}
	there, err := s.there(ctx, b.Events, s.until)
	if err != nil || there == nil {
		return b.Events, err
	}
	p := &part{}
	var left []event.Event
	for i, e := range b.Events {
		if there[i] {
			p.already++
			continue
		}
		p.places = append(p.places, i)
		left = append(left, e)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(left) > 0 {
		s.parts[b.Seq] = p
	}
	return left, nil
}

// settled hands a receipt of the client on.
func (s *hecSink) settled(r hec.Receipt) {
	s.mu.Lock()
	p := s.parts[r.Seq]
	delete(s.parts, r.Seq)
	s.mu.Unlock()
	out := Receipt{Seq: r.Seq, Accepted: r.Accepted, Unsure: r.Unsure}
	if p != nil {
		out.Accepted += p.already
	}
	for _, d := range r.Dead {
		at := d.Event
		if p != nil {
			at = p.places[at]
		}
		out.Dead = append(out.Dead, Dead{Event: at, Reason: deadReason(d)})
	}
	s.tell(out)
}

// deadReason is the collector's words with its code.
func deadReason(d hec.Dead) string {
	return d.Reason + " (code " + strconv.Itoa(int(d.Code)) + ")"
}

// there asks which events are in the index, again and again while some are missing
// and there is time. Nil is that nobody can tell: an event has no number.
func (s *hecSink) there(ctx context.Context, events []event.Event, until time.Time) ([]bool, error) {
	q, ok := questionOf(events)
	if !ok {
		return nil, nil
	}
	for wait := time.Second; ; wait *= 2 {
		found, err := q.ask(ctx, s.o.Search, s.o.Clock.Now())
		if err != nil {
			return nil, diag.Message{Text: "cannot ask which events have arrived: " + err.Error(), Hint: "resume the run when the search works again", Cause: err}
		}
		there, all := q.answer(found)
		now := s.o.Clock.Now()
		if all || !now.Before(until) {
			return there, nil
		}
		if err := s.o.Clock.SleepUntil(ctx, earlier(now.Add(wait), until)); err != nil {
			return nil, err
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
