package index

import (
	"context"
	"slices"

	"riskreplay/src/event"
)

// Drop removes the events that have an indexed field with a value, and gives their
// number: all that were appended before, at once. In memory there is nothing to
// drop.
func (x *Index) Drop(ctx context.Context, field, value string) (int, error) {
	if x.disk == nil {
		return 0, ctx.Err()
	}
	if err := x.Roll(ctx); err != nil {
		return 0, err
	}
	d := x.disk
	d.swap.Lock()
	defer d.swap.Unlock()
	n, err := d.drop(ctx, event.Field{Name: field, Value: value})
	if err != nil {
		return 0, problem(d.name, "drop events of", err)
	}
	return n, nil
}

func (d *disk) drop(ctx context.Context, f event.Field) (int, error) {
	m, sealed, total := d.manifest, []*segment(nil), 0
	m.Segments = nil
	var old []*segment
	for _, s := range d.sealed {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		left, n, err := d.dropOf(s, f)
		if err != nil {
			return 0, err
		}
		if n > 0 {
			old = append(old, s)
			total += n
		}
		if left != nil {
			sealed = append(sealed, left)
			m.Segments = append(m.Segments, left.stored.entry)
		}
	}
	if total == 0 {
		return 0, nil
	}
	m.Next = d.manifest.Next
	if err := d.replace(m, sealed, nil); err != nil {
		return 0, err
	}
	for _, s := range old {
		d.keep.note(s.stored, 0)
		d.remove(s.stored)
	}
	return total, nil
}

// dropOf is a segment without the events that have a field: itself when none has,
// nil when all have.
func (d *disk) dropOf(s *segment, f event.Field) (left *segment, n int, err error) {
	if names := s.stored.entry.Fields; names != nil && !slices.Contains(names, f.Name) || s.failed() != nil {
		return s, 0, nil
	}
	all, err := parts([]*segment{s})
	if err != nil {
		return nil, 0, err
	}
	p := &all[0]
	before := len(p.rows)
	p.rows = slices.DeleteFunc(p.rows, func(r int32) bool { return slices.Contains(p.Indexed[r], f) })
	switch n := before - len(p.rows); {
	case n == 0:
		return s, 0, nil
	case len(p.rows) == 0:
		return nil, n, nil
	}
	left, err = d.writeSegment(all)
	if err == nil {
		err = readableAll([]*segment{s})
	}
	return left, before - len(p.rows), err
}
