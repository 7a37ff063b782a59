package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
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

// broke notes a segment that cannot be read. Searches go on without it.
func (d *disk) broke(s *segment, err error) {
	e := s.stored.entry
	hint := ""
	if d.lock != nil {
		hint = fmt.Sprintf("its file is set aside as %q", e.file()+damaged)
	}
	d.warn(fmt.Sprintf("segment %q of the index %q is damaged, and its %d events are left out: %v", e.ID, d.name, e.Events, err), hint)
	if d.lock == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = append(d.broken, s)
	d.changed.Broadcast()
}

// setAside takes damaged segments out of the index.
func (d *disk) setAside() error {
	d.mu.Lock()
	broken := d.broken
	d.mu.Unlock()
	if len(broken) == 0 {
		return nil
	}
	err := d.without(broken, func(s *stored) {
		if s.file != nil {
			_ = s.file.Close() // read only
		}
		_ = d.files.Rename(s.entry.file(), s.entry.file()+damaged) // it may be gone
	})
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = d.broken[len(broken):]
	return nil
}

// without takes segments out of the index, and then does something about their
// files.
func (d *disk) without(gone []*segment, then func(*stored)) error {
	if len(gone) == 0 {
		return nil
	}
	m := d.manifest
	m.Segments = nil
	var left []*segment
	for _, s := range d.sealed {
		if !slices.Contains(gone, s) {
			left = append(left, s)
			m.Segments = append(m.Segments, s.stored.entry)
		}
	}
	if err := d.replace(m, left, nil); err != nil {
		return err
	}
	for _, s := range gone {
		d.keep.note(s.stored, 0)
		then(s.stored)
	}
	return nil
}

// remove removes the files of a segment that no manifest names any more.
func (d *disk) remove(s *stored) {
	names, _ := d.files.Names() // swept up the next time
	for _, name := range names {
		if strings.HasPrefix(name, s.entry.ID+".") && strings.HasSuffix(name, segmentSuffix) {
			_ = d.files.Remove(name) // swept up the next time
		}
	}
}

// expire drops segments that are older than they may be, and the oldest when there
// is too much.
func (d *disk) expire() error {
	var gone []*segment
	total := int64(0)
	for _, s := range d.sealed {
		total += s.stored.entry.FileBytes
	}
	for _, s := range d.sealed {
		old := d.options.Retain > 0 && d.options.Clock != nil && s.last.Std().Before(d.options.Clock.Now().Add(-d.options.Retain))
		large := d.options.RetainBytes > 0 && total > d.options.RetainBytes
		if old || large {
			gone = append(gone, s)
			total -= s.stored.entry.FileBytes
		}
	}
	return d.without(gone, d.remove)
}

// mergeSmall joins segments at the end that are small, by the same rule as those in
// memory: an event is moved a logarithmic number of times.
func (d *disk) mergeSmall() error {
	from := d.smallFrom()
	if from == len(d.sealed)-1 || from < 0 {
		return nil
	}
	old := slices.Clone(d.sealed[from:])
	all, err := parts(old)
	if err != nil {
		return d.notReadable(err)
	}
	s, err := d.writeSegment(all)
	if err == nil {
		err = readableAll(old)
	}
	if err != nil {
		return d.notReadable(err)
	}
	m := d.manifest
	m.Segments = append(slices.Clip(m.Segments[:from]), s.stored.entry)
	if err := d.replace(m, append(slices.Clip(d.sealed[:from]), s), nil); err != nil {
		return err
	}
	for _, o := range old {
		d.keep.note(o.stored, 0)
		d.remove(o.stored)
	}
	return nil
}

// smallFrom is the first of the segments at the end that are to be one.
func (d *disk) smallFrom() int {
	type size struct {
		from, events int
		bytes        int64
	}
	var list []size
	for i, s := range d.sealed {
		list = append(list, size{i, s.Len(), s.stored.entry.RawBytes})
		for n := len(list); n > 1; n = len(list) {
			a, b := list[n-2], list[n-1]
			if a.events >= 2*b.events || a.events+b.events > d.options.Events || a.bytes+b.bytes > int64(d.options.Bytes) {
				break
			}
			list = append(list[:n-2], size{a.from, a.events + b.events, a.bytes + b.bytes})
		}
	}
	if len(list) == 0 {
		return -1
	}
	return list[len(list)-1].from
}

// readableAll gives the first segment that turned out to be damaged.
func readableAll(list []*segment) error {
	for _, s := range list {
		if err := s.failed(); err != nil {
			return &segmentError{s, err}
		}
	}
	return nil
}

// notReadable is nil when an error is that of one segment, which is being set
// aside.
func (d *disk) notReadable(err error) error {
	var s *segmentError
	if errors.As(err, &s) {
		return nil
	}
	return err
}

// ticks is how often age is looked at.
const ticks = time.Minute

// watch looks at the age of events now and then.
func (d *disk) watch(ctx context.Context) {
	every := ticks
	if d.options.Age > 0 {
		every = min(every, d.options.Age)
	}
	for d.options.Clock.SleepUntil(ctx, d.options.Clock.Now().Add(every)) == nil {
		d.mu.Lock()
		d.tick = true
		if d.options.Age > 0 && d.young.events > 0 && !d.options.Clock.Now().Before(d.young.since.Add(d.options.Age)) {
			d.queue.roll = true
		}
		d.changed.Broadcast()
		d.mu.Unlock()
	}
}
