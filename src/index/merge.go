package index

import (
	"context"
	"errors"
	"slices"
	"time"
)

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
