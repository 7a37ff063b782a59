package index

import (
	"context"
	"errors"
	"fmt"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// queueBytes is how much may wait to be written; who appends more waits.
const queueBytes = 64 << 20

// errReadOnly and errClosed refuse appends.
var (
	errReadOnly = errors.New("it was opened to be read only")
	errClosed   = errors.New("it is closed")
)

// append queues events; the ticket tells when they last.
func (d *disk) append(ctx context.Context, evs []event.Event) (Ticket, error) {
	if d.lock == nil {
		return Ticket{}, problem(d.name, "write to", errReadOnly)
	}
	if len(evs) == 0 {
		return Ticket{}, nil
	}
	records := encodeRecords(evs)
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.queue.bytes > queueBytes && !d.closing {
		before := d.flight
		d.mu.Unlock()
		err := before.wait(ctx)
		d.mu.Lock()
		if ctx.Err() != nil {
			return Ticket{}, err
		}
	}
	if d.closing {
		return Ticket{}, problem(d.name, "write to", errClosed)
	}
	for _, r := range records {
		d.queue.records = append(d.queue.records, r)
		d.queue.bytes += len(r.bytes)
	}
	d.changed.Broadcast()
	return Ticket{d.queue}, nil
}

// wait returns when the group lasts, or with the reason why it does not. No group
// is none to wait for.
func (g *group) wait(ctx context.Context) error {
	if g == nil {
		return ctx.Err()
	}
	select {
	case <-g.done:
		return g.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// commit writes groups, one after the other: all that is appended while one is
// being made to last goes into the next. So one Sync serves everybody who waits,
// and who is alone waits for nobody.
func (d *disk) commit() {
	for g := d.take(); g != nil; g = d.take() {
		if err := d.write(g); err != nil {
			g.err = diag.Message{Text: fmt.Sprintf("cannot write to the index %q: %v", d.name, plain(err)), Cause: err}
		}
		if g.roll || d.full() {
			d.freeze()
		}
		close(g.done)
	}
	d.freeze()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.committed = true
	d.changed.Broadcast()
}

// take waits for the next group, nil when there will be none.
func (d *disk) take() *group {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.flight = nil
	for len(d.queue.records) == 0 && !d.queue.roll {
		if d.closing {
			return nil
		}
		d.changed.Wait()
	}
	d.flight, d.queue = d.queue, newGroup()
	return d.flight
}

// write makes a group last, and then visible.
func (d *disk) write(g *group) error {
	if len(g.records) == 0 {
		return nil
	}
	if err := d.room(); err != nil {
		return err
	}
	if d.journal == nil {
		j, err := createJournal(d.files, d.nextJournal)
		if err != nil {
			return err
		}
		d.nextJournal++
		d.journal = j
	}
	if err := d.journal.write(g.records); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.young.events == 0 && d.options.Clock != nil {
		d.young.since = d.options.Clock.Now()
	}
	for _, r := range g.records {
		d.young.add(r.events, len(r.bytes))
	}
	return nil
}

// close makes everything last that was appended, makes a segment of it, and lets
// the folder go.
func (d *disk) close() error {
	d.mu.Lock()
	again := d.closing
	d.closing = true
	d.changed.Broadcast()
	d.mu.Unlock()
	if again {
		return nil
	}
	if d.lock == nil {
		d.closeFiles()
		return nil
	}
	d.stop()
	d.done.Wait()
	d.closeFiles()
	return d.lock.Close()
}

func (d *disk) closeFiles() {
	for _, s := range d.sealed {
		if f := s.stored.file; f != nil {
			_ = f.Close() // read only
		}
	}
}
