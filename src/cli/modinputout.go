package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/hec"
	"riskreplay/src/modinput"
	"riskreplay/src/replay"
	"riskreplay/src/results"
)

// eventPrinter prints the events of an input, or gives them to a sink: at least as
// often as every second, and when a process has ended.
type eventPrinter struct {
	o    *modinputOptions
	ctx  context.Context
	sink replay.Sink // nil prints
	seq  uint64

	mu     sync.Mutex
	held   []modinput.Event
	bytes  int
	begun  bool // the head of a CSV was written
	failed error

	refusals sync.Mutex
	dead     int
	reason   string // of the first
}

// How much is printed at once.
const (
	printedEvents = 1000
	printedBytes  = 4 << 20
)

// newEventPrinter opens the sink when there is one. The context gives up a sink
// that does not take events.
func newEventPrinter(ctx context.Context, o *modinputOptions) (*eventPrinter, error) {
	p := &eventPrinter{o: o, ctx: ctx}
	if o.to.to == "" {
		return p, nil
	}
	// No journal: a sink goes on with a run of a plan, and here is none.
	open, err := o.to.open(o.streams, o.work, 0)
	if err == nil {
		p.sink, err = open(p.settled)
	}
	if err != nil {
		return nil, environmentError{err}
	}
	return p, nil
}

// settled keeps what the sink refused.
func (p *eventPrinter) settled(r replay.Receipt) {
	p.refusals.Lock()
	defer p.refusals.Unlock()
	p.dead += len(r.Dead)
	if len(r.Dead) > 0 && p.reason == "" {
		p.reason = r.Dead[0].Reason
	}
}

// close waits for the sink to have everything.
func (p *eventPrinter) close() error {
	err := p.flush()
	if p.sink == nil {
		return err
	}
	if err == nil {
		err = p.sink.Flush(p.ctx)
	}
	if err = errors.Join(err, p.sink.Close()); err != nil {
		return environmentError{err}
	}
	p.refusals.Lock()
	defer p.refusals.Unlock()
	if p.dead > 0 {
		return answerNo{fmt.Errorf("%d events were refused by the sink: %s", p.dead, p.reason)}
	}
	return nil
}

// send gives the sink what is held.
func (p *eventPrinter) send() error {
	p.seq++
	b := replay.Batch{Seq: p.seq}
	for _, e := range p.held {
		b.Events = append(b.Events, e.Event)
	}
	if err := p.sink.Send(p.ctx, b); err != nil {
		return environmentError{err}
	}
	return nil
}

// take is given each event.
func (p *eventPrinter) take(e modinput.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed != nil {
		return p.failed
	}
	if e.Time == 0 {
		e.Time = event.At(p.o.clock.Now())
	}
	p.held = append(p.held, e)
	if p.bytes += len(e.Raw); len(p.held) < printedEvents && p.bytes < printedBytes {
		return nil
	}
	return p.print()
}

// exited says how a process ended that somebody may wait for.
func (p *eventPrinter) exited(modinput.Exit) {
	_ = p.flush() // kept, and the next event's error
}

// flush prints what is held.
func (p *eventPrinter) flush() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.print()
}

// flushNowAndThen flushes every second, so that events of a slow input are seen.
func (p *eventPrinter) flushNowAndThen(c clock.Clock) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		for c.SleepUntil(ctx, c.Now().Add(time.Second)) == nil {
			_ = p.flush()
		}
	})
	return func() {
		cancel()
		done.Wait()
	}
}

// print writes what is held. The lock is held.
func (p *eventPrinter) print() error {
	if p.failed != nil || len(p.held) == 0 {
		return p.failed
	}
	if p.sink != nil {
		p.failed = p.send()
		p.held, p.bytes = p.held[:0], 0
		return p.failed
	}
	var err error
	switch p.o.format {
	case "hec":
		var b []byte
		for _, e := range p.held {
			b = append(hec.AppendEnvelope(b, e.Event), '\n')
		}
		_, err = p.o.out.Write(b)
	case "json":
		err = results.WriteJSON(p.o.out, p.rows())
	case "csv":
		err = p.csv()
	default:
		err = results.Table{Width: p.o.width()}.Write(p.o.out, p.rows())
	}
	p.held, p.bytes, p.failed = p.held[:0], 0, written(err)
	return p.failed
}

// csv writes the head once.
func (p *eventPrinter) csv() error {
	w := &headless{w: p.o.out, pass: !p.begun}
	p.begun = true
	return results.WriteCSV(w, p.rows())
}

// rows are the events that are held.
func (p *eventPrinter) rows() *batch.Batch {
	names := []string{"_time", "host", "source", "sourcetype", "index", "_raw"}
	texts := make([][]string, len(names))
	for _, e := range p.held {
		for i, text := range []string{e.Time.String(), e.Host, e.Source, e.Sourcetype, e.Index, string(e.Raw)} {
			texts[i] = append(texts[i], text)
		}
	}
	b := batch.New(len(p.held))
	for i, name := range names {
		b.Set(name, batch.Texts(texts[i]...))
	}
	return b
}

// headless passes on all but the first line, or all.
type headless struct {
	w    io.Writer
	pass bool
}

// Write passes on what comes behind the first line.
func (h *headless) Write(p []byte) (int, error) {
	rest := p
	if !h.pass {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			return len(p), nil
		}
		h.pass, rest = true, p[i+1:]
	}
	if _, err := h.w.Write(rest); err != nil {
		return 0, err
	}
	return len(p), nil
}
