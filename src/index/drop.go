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
	f := event.Field{Name: field, Value: value}
	return x.drop(ctx, dropped{
		may: func(e entry) bool { return e.Fields == nil || slices.Contains(e.Fields, field) },
		is:  func(p *part, row int32) bool { return slices.Contains(p.Indexed[row], f) },
	})
}

// DropIndex is Drop for the events of a named index, such as main.
func (x *Index) DropIndex(ctx context.Context, name string) (int, error) {
	return x.drop(ctx, dropped{
		may: func(entry) bool { return true },
		is:  func(p *part, row int32) bool { return p.Index.Text(int(row)) == name },
	})
}

// dropped tells which events are to go, and of which segments there may be any in.
type dropped struct {
	may func(entry) bool
	is  func(p *part, row int32) bool
}

func (x *Index) drop(ctx context.Context, which dropped) (int, error) {
	if x.disk == nil {
		return 0, ctx.Err()
	}
	if err := x.Roll(ctx); err != nil {
		return 0, err
	}
	d := x.disk
	d.swap.Lock()
	defer d.swap.Unlock()
	n, err := d.drop(ctx, which)
	if err != nil {
		return 0, problem(d.name, "drop events of", err)
	}
	return n, nil
}

func (d *disk) drop(ctx context.Context, which dropped) (int, error) {
	m, sealed, total := d.manifest, []*segment(nil), 0
	m.Segments = nil
	var old []*segment
	for _, s := range d.sealed {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		left, n, err := d.dropOf(s, which)
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

// dropOf is a segment without the events that are to go: itself when none is, nil when
// all are.
func (d *disk) dropOf(s *segment, which dropped) (left *segment, n int, err error) {
	if !which.may(s.stored.entry) || s.failed() != nil {
		return s, 0, nil
	}
	all, err := parts([]*segment{s})
	if err != nil {
		return nil, 0, err
	}
	p := &all[0]
	before := len(p.rows)
	p.rows = slices.DeleteFunc(p.rows, func(r int32) bool { return which.is(p, r) })
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
