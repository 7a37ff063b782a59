package main

import (
	"context"
	"sync"

	"riskreplay/src/modinput"
	"riskreplay/src/replay"
)

// sink writes batches to splunkd's pipe. Each event has a mark; the place of the
// newest one that settled is kept in position, much finer than batches are, so
// that a resumed run passes over what splunkd has of the batch it stood in.
type sink struct {
	events   *modinput.Writer
	position *modinput.Position
	settled  func(replay.Receipt)

	mu      sync.Mutex
	pending []pending
	mark    uint64 // of the event written last
	had     spot   // what was settled before this process
	fields  int    // events with indexed fields, which no pipe carries
}

// pending is a batch that is not settled. Its events have the marks from first to
// last.
type pending struct {
	seq         uint64
	events      int
	skipped     int
	first, last uint64
}

// spot is an event: all before it, and events of the batch, settled.
type spot struct{ batch, events uint64 }

// open gives the sink of a run, whose position lies in a file.
func open(s *modinput.Session, path string) replay.Open {
	return func(settled func(replay.Receipt)) (replay.Sink, error) {
		p, err := modinput.OpenPosition(path)
		if err != nil {
			return nil, err
		}
		k := &sink{events: s.Events, position: p, settled: settled}
		k.had.batch, k.had.events = p.Get()
		s.Settled(k.settle)
		return k, nil
	}
}

// Send writes a batch, but for what splunkd has of it.
func (k *sink) Send(ctx context.Context, b replay.Batch) error {
	n := k.begin(b)
	if n == len(b.Events) {
		k.settled(replay.Receipt{Seq: b.Seq, Accepted: n})
		return nil
	}
	for i := range b.Events[n:] {
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e := modinput.Event{Event: b.Events[n+i]}
		if len(e.Fields) > 0 {
			k.fields++
		}
		if err := k.events.Write(&e); err != nil {
			return err
		}
		k.mark++
		k.events.Mark(k.mark)
	}
	return nil
}

// begin notes a batch and says how many of its events are not to be sent again.
func (k *sink) begin(b replay.Batch) (skip int) {
	switch {
	case b.Seq < k.had.batch:
		return len(b.Events)
	case b.Seq == k.had.batch:
		skip = int(min(k.had.events, uint64(len(b.Events))))
	}
	if skip < len(b.Events) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.pending = append(k.pending, pending{
			seq: b.Seq, events: len(b.Events), skipped: skip,
			first: k.mark + 1, last: k.mark + uint64(len(b.Events)-skip),
		})
	}
	return skip
}

// settle keeps how far splunkd is, and settles the batches it has whole.
func (k *sink) settle(mark uint64) error {
	k.mu.Lock()
	var done []pending
	for len(k.pending) > 0 && k.pending[0].last <= mark {
		done = append(done, k.pending[0])
		k.pending = k.pending[1:]
	}
	var at spot
	switch {
	case len(k.pending) > 0 && k.pending[0].first <= mark:
		p := k.pending[0]
		at = spot{p.seq, uint64(p.skipped) + mark - p.first + 1}
	case len(done) > 0:
		p := done[len(done)-1]
		at = spot{p.seq, uint64(p.events)}
	}
	k.mu.Unlock()
	if err := k.position.Set(at.batch, at.events); err != nil {
		return err
	}
	for _, p := range done {
		k.settled(replay.Receipt{Seq: p.seq, Accepted: p.events})
	}
	return nil
}

// Flush waits until splunkd has taken all.
func (k *sink) Flush(ctx context.Context) error { return k.events.Drain(ctx) }

// Close leaves the stream open: it may settle more, which then counts.
func (k *sink) Close() error { return nil }
