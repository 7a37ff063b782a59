package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxFrozen is how many generations may wait to become segments; who appends more
// waits until one has.
const maxFrozen = 2

// freeze ends the young generation, when it has events: what is appended next goes
// to another journal. Only who commits calls it.
func (d *disk) freeze() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.young.events == 0 {
		return
	}
	if d.journal != nil {
		_ = d.journal.file.Close() // all of it lasts
		d.journal = nil
	}
	d.young.next = d.nextJournal
	d.frozen = append(d.frozen, d.young)
	d.young, d.retry = d.newGeneration(), true
	d.changed.Broadcast()
}

// full tells whether the young generation is as large as a segment may be.
func (d *disk) full() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.young.events >= d.options.Events || d.young.bytes >= d.options.Bytes
}

// room waits until there is room for another generation. When segments cannot be
// written it says why, and lets them be tried again.
func (d *disk) room() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.frozen) >= maxFrozen {
		if err := d.rollError; err != nil {
			d.retry = true
			d.changed.Broadcast()
			return err
		}
		d.changed.Wait()
	}
	return nil
}

// Roll makes a segment of the events that are in journals alone, and returns when
// it is on disk. In memory it does nothing.
func (x *Index) Roll(ctx context.Context) error {
	if x.disk == nil {
		return ctx.Err()
	}
	if x.disk.lock == nil {
		return problem(x.disk.name, "write to", errReadOnly)
	}
	return x.disk.roll(ctx)
}

func (d *disk) roll(ctx context.Context) error {
	d.mu.Lock()
	if d.closing {
		d.mu.Unlock()
		return problem(d.name, "write to", errClosed)
	}
	g := d.queue
	g.roll = true
	d.changed.Broadcast()
	d.mu.Unlock()
	if err := g.wait(ctx); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.changed.Broadcast()
	})()
	d.mu.Lock()
	defer d.mu.Unlock()
	mine, tries := slices.Clone(d.frozen), d.tries
	for ctx.Err() == nil && slices.ContainsFunc(mine, func(g *generation) bool { return slices.Contains(d.frozen, g) }) {
		if d.rollError != nil && d.tries > tries {
			return problem(d.name, "write to", d.rollError)
		}
		d.retry = true
		d.changed.Broadcast()
		d.changed.Wait()
	}
	return ctx.Err()
}

// keepUp turns frozen generations into segments, merges small ones, and drops old
// ones. It ends when there is nothing more to do for a closed index.
func (d *disk) keepUp() {
	for d.work() {
		d.swap.Lock()
		err := d.rollAll()
		if err == nil {
			err = errors.Join(d.setAside(), d.expire(), d.mergeSmall())
		}
		d.swap.Unlock()
		d.mu.Lock()
		said := d.rollError != nil
		d.rollError = err
		d.tries++
		d.changed.Broadcast()
		d.mu.Unlock()
		if err != nil && !said {
			d.warn(fmt.Sprintf("cannot write a segment of the index %q: %v", d.name, plain(err)), "the events are safe in its journals; it is tried again when more are appended")
		}
	}
}

// work waits until there is something to do.
func (d *disk) work() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		again := d.rollError == nil || d.retry
		if (len(d.frozen) > 0 || len(d.broken) > 0 || d.tick) && again {
			d.retry, d.tick = false, false
			return true
		}
		if d.committed {
			return false
		}
		d.changed.Wait()
	}
}

func (d *disk) rollAll() error {
	for {
		d.mu.Lock()
		var g *generation
		if len(d.frozen) > 0 {
			g = d.frozen[0]
		}
		d.mu.Unlock()
		if g == nil {
			return nil
		}
		if err := d.rollOne(g); err != nil {
			return err
		}
	}
}

// rollOne makes a segment of a generation. Its journals go when the manifest no
// longer names them.
func (d *disk) rollOne(g *generation) error {
	from, err := parts(g.snapshot())
	if err != nil {
		return err
	}
	s, err := d.writeSegment(from)
	if err != nil {
		return err
	}
	m, first := d.manifest, d.manifest.Journal
	m.Journal = g.next
	m.Segments = append(slices.Clip(m.Segments), s.stored.entry)
	err = d.replace(m, append(slices.Clip(d.sealed), s), func() { d.frozen = d.frozen[1:] })
	if err != nil {
		return err
	}
	for n := first; n < g.next; n++ {
		_ = d.files.Remove(journalName(n)) // swept up the next time
	}
	return nil
}

// writeSegment writes events as the file of a segment that no manifest names yet.
// A number is used once, whatever comes of it.
func (d *disk) writeSegment(from []part) (*segment, error) {
	e := describe(segmentID(d.manifest.Next), from)
	d.manifest.Next++
	err := replaceFile(d.files, e.file(), func(w io.Writer) error {
		s := newSummed(w)
		raw, err := writeParquet(s, from)
		if err != nil {
			return err
		}
		err = s.end()
		e.FileBytes, e.Sums, e.RawBytes = s.size, s.sums, raw
		return err
	})
	if err != nil {
		return nil, err
	}
	return d.openStored(e), nil
}

func (d *disk) openStored(e entry) *segment {
	s := openStored(d.files, e, d.keep)
	s.stored.noKept = d.options.NoColumns
	s.stored.failing = func(err error) { d.broke(s, err) }
	return s
}

// replace makes a manifest the one that counts; with is done at the same time.
func (d *disk) replace(m manifest, sealed []*segment, with func()) error {
	if err := m.write(d.files); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.manifest, d.sealed = m, sealed
	if with != nil {
		with()
	}
	d.changed.Broadcast()
	return nil
}
