package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/ingest"
	"riskreplay/src/replay"
)

// Attach adds the events of an index to what is searched, without copying them and
// as if they had arrived before the engine's own. They stay where they are, and
// what the engine writes does not go there. It is called before the first search;
// who opened the index closes it when no search runs any more. The result tells
// what was attached as Load does; files are not known.
func (e *Engine) Attach(name string, x *index.Index) (Loaded, error) {
	s, err := x.Summary()
	if err != nil {
		return Loaded{}, err
	}
	e.attached = append(e.attached, x)
	return Loaded{
		Attached: true, Dataset: ingest.Dataset{Name: name, Path: name}, Events: s.Events, Bytes: s.RawBytes, First: s.First, Last: s.Last,
	}, nil
}

// IndexSink delivers into the index in a folder: a batch is settled when it is on
// disk. Events keep their metadata; those without an index go to main.
func IndexSink(dir string, o index.Options) replay.Open { return ResumedIndexSink(dir, o, 0) }

// ResumedIndexSink is IndexSink for a run that goes on: of the batches up to number
// resent, which it may have been given before, only those events go in that are not
// there yet. It knows events by their fields replay_run and replay_seq
// (Settings.Fields); without them all go in.
func ResumedIndexSink(dir string, o index.Options, resent uint64) replay.Open {
	return func(settled func(replay.Receipt)) (replay.Sink, error) {
		x, err := index.Open(dir, o)
		if err != nil {
			return nil, err
		}
		s := &indexSink{index: x, settled: settled, sent: make(chan sent, sentAhead), there: there{resent: resent}}
		s.done.Go(s.settle)
		return s, nil
	}
}

// sentAhead is how many batches may wait to be on disk.
const sentAhead = 64

type sent struct {
	ticket  index.Ticket
	receipt replay.Receipt
	flushed chan struct{} // not nil: no batch, who flushes waits here
}

type indexSink struct {
	index   *index.Index
	settled func(replay.Receipt)
	sent    chan sent
	done    sync.WaitGroup
	there   there

	mu     sync.Mutex
	failed error // the first; nothing is settled after it
}

// settle tells of batches in the order in which they were sent. A ticket ends by
// itself: the index writes it or says why it cannot.
func (s *indexSink) settle() {
	for b := range s.sent {
		if b.flushed != nil {
			close(b.flushed)
			continue
		}
		err := b.ticket.Wait(context.Background())
		if s.fail(err) == nil {
			s.settled(b.receipt)
		}
	}
}

// fail notes an error and gives the first one.
func (s *indexSink) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = err
	}
	return s.failed
}

func (s *indexSink) Send(ctx context.Context, b replay.Batch) error {
	if err := s.fail(nil); err != nil {
		return err
	}
	events, err := s.there.missing(ctx, s.index, b)
	if err != nil {
		return err
	}
	ticket, err := s.index.Append(ctx, named(events))
	if err != nil {
		return fmt.Errorf("cannot send batch %d: %w", b.Seq, err)
	}
	return s.put(ctx, sent{ticket: ticket, receipt: replay.Receipt{Seq: b.Seq, Accepted: len(b.Events)}})
}

func (s *indexSink) put(ctx context.Context, b sent) error {
	select {
	case s.sent <- b:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *indexSink) Flush(ctx context.Context) error {
	flushed := make(chan struct{})
	if err := s.put(ctx, sent{flushed: flushed}); err != nil {
		return err
	}
	select {
	case <-flushed:
		return s.fail(nil)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *indexSink) Close() error {
	close(s.sent)
	s.done.Wait()
	return s.index.Close()
}

// mainIndex is where Splunk puts events that name no index.
const mainIndex = "main"

// named is events that all have an index; the sender's are not written to.
func named(evs []event.Event) []event.Event {
	if !slices.ContainsFunc(evs, func(e event.Event) bool { return e.Index == "" }) {
		return evs
	}
	out := slices.Clone(evs)
	for i := range out {
		out[i].Index = cmp.Or(out[i].Index, mainIndex)
	}
	return out
}
