package replay

import (
	"bytes"
	"context"
	"io"
	"time"

	"github.com/cenkalti/backoff/v5"

	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/splunkd"
)

// Receiver takes the text of events that have the same metadata, an empty name
// being Splunk's default. *splunkd.Client is one: it waits itself while Splunk is
// busy, and the kind of its error is splunkd.Broken when nobody knows whether the
// text arrived.
type Receiver interface {
	Receive(ctx context.Context, host, source, sourcetype, index string, body io.Reader) error
}

// SplunkOptions are what a sink into splunkd needs to know.
type SplunkOptions struct {
	Receiver Receiver
	Clock    clock.Clock
	// GiveUp is how long a text is sent again of which nobody knows whether it
	// arrived; 0 is 2 minutes.
	GiveUp time.Duration
	// Linger is how long a batch that is being sent may take to end well when the
	// context ends; 0 is a second.
	Linger time.Duration
}

// Splunk is a sink into splunkd's receivers/stream, which needs no token of a
// collector: one request for each host, source, sourcetype and index of a batch,
// with the events' bytes and a line end behind each.
//
// What arrives is a text, as from a file that is monitored. Splunk breaks it into
// events and reads their times by the sourcetype's props: an event of several lines
// comes out whole only where the sourcetype's add-on breaks such text (the Windows
// add-on does not, outside of forwarders), a time only where it reads one, and not
// when it lies too far back (MAX_DAYS_AGO). Indexed fields (replay_run, replay_seq)
// are not sent, so that a run cannot be told apart by a search. Where a token of the
// collector is to be had, HEC keeps all of this.
//
// A batch is settled when Splunk has answered for all of its text. A text whose
// answer did not come is sent again, and the receipt is Unsure.
func Splunk(o SplunkOptions) Open {
	if o.GiveUp <= 0 {
		o.GiveUp = 2 * time.Minute
	}
	return func(settled func(Receipt)) (Sink, error) { return &splunkSink{o: o, tell: settled}, nil }
}

type splunkSink struct {
	o    SplunkOptions
	tell func(Receipt)
}

// origin is what holds for all events of a request.
type origin struct{ host, source, sourcetype, index string }

func originOf(e *event.Event) origin { return origin{e.Host, e.Source, e.Sourcetype, e.Index} }

func (s *splunkSink) Send(ctx context.Context, b Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := lingering(ctx, s.o.Linger)
	defer cancel()
	receipt := Receipt{Seq: b.Seq}
	order, texts := s.sort(b.Events, &receipt)
	for _, from := range order {
		again, err := s.post(ctx, from, texts[from])
		if err != nil {
			return err
		}
		receipt.Unsure = receipt.Unsure || again
	}
	receipt.Accepted = len(b.Events) - len(receipt.Dead)
	s.tell(receipt)
	return nil
}

// sort gives the text of each origin, and the origins by their first events. A
// blank event would be no event in Splunk: it is dead.
func (s *splunkSink) sort(events []event.Event, receipt *Receipt) (order []origin, texts map[origin][]byte) {
	texts = map[origin][]byte{}
	for i := range events {
		e := &events[i]
		if len(bytes.TrimSpace(e.Raw)) == 0 {
			receipt.Dead = append(receipt.Dead, Dead{Event: i, Reason: "the event is empty"})
			continue
		}
		from := originOf(e)
		if texts[from] == nil {
			order = append(order, from)
		}
		texts[from] = append(append(texts[from], e.Raw...), '\n')
	}
	return order, texts
}

// post has a text taken, and tells whether it was sent again without knowing
// whether it had arrived.
func (s *splunkSink) post(ctx context.Context, from origin, text []byte) (again bool, err error) {
	waits := backoff.ExponentialBackOff{InitialInterval: time.Second, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: 20 * time.Second}
	start := s.o.Clock.Now()
	for {
		err := s.o.Receiver.Receive(ctx, from.host, from.source, from.sourcetype, from.index, bytes.NewReader(text))
		now := s.o.Clock.Now()
		if err == nil || ctx.Err() != nil || splunkd.KindOf(err) != splunkd.Broken || now.Sub(start) >= s.o.GiveUp {
			return again, err
		}
		again = true
		if err := s.o.Clock.SleepUntil(ctx, now.Add(waits.NextBackOff())); err != nil {
			return again, err
		}
	}
}

// Flush has nothing to wait for: Send returns when Splunk has answered.
func (s *splunkSink) Flush(context.Context) error { return nil }

// Close has nothing to let go of.
func (s *splunkSink) Close() error { return nil }
