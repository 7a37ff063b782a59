package command

import (
	"cmp"
	"context"

	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spill"
)

// joiningParts joins by a right side that does not fit into memory: both sides are
// dealt out to parts by the values of their keys, one part after the other is joined,
// and the rows are brought back into the left side's order.
type joiningParts struct {
	*join
	world search.World
	left  *spill.Partitions
	rows  int // of the left side
	made  int
	done  []*spill.Run
}

// placeColumn is where a row of the left side stood.
const placeColumn = "\x00place"

func (s *join) inParts(w search.World) *joiningParts {
	return &joiningParts{join: s, world: w, left: w.Memory().Partitions(0, s.leftKeys()...)}
}

func (s *join) leftKeys() []string {
	var out []string
	for _, p := range s.keys {
		out = append(out, p.from)
	}
	return out
}

func (s *join) rightKeys() []string {
	var out []string
	for _, p := range s.keys {
		out = append(out, p.to)
	}
	return out
}

func (o *joiningParts) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	return o.left.Add(in.With(placeColumn, numbered(in.Len, o.place(in.Len))))
}

// place is where so many rows begin.
func (o *joiningParts) place(n int) int {
	o.rows += n
	return o.rows - n
}

// numbered is a column of numbers, from one on.
func numbered(n, from int) *batch.Column {
	c := &batch.Column{Times: make([]event.Time, n)}
	for i := range c.Times {
		c.Times[i] = event.Time(from + i)
	}
	return c
}

func (o *joiningParts) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	right := o.world.Memory().Partitions(0, o.rightKeys()...)
	err := o.more.Each(ctx, right.Add)
	if err == nil {
		err = o.parts(ctx, o.left, right, o.more.Len(), 1)
	}
	if err != nil {
		return err
	}
	name := o.join.left + placeColumn
	return spill.Merge(ctx, o.done, byNumber(name), func(b *batch.Batch) error {
		return emit(b.With(name, nil))
	})
}

// byNumber is the order of numbers in a column.
func byNumber(name string) spill.By[[]event.Time] {
	return spill.By[[]event.Time]{
		Keys:    func(b *batch.Batch) []event.Time { return b.Column(name).Times },
		Compare: func(a []event.Time, i int32, b []event.Time, j int32) int { return cmp.Compare(a[i], b[j]) },
	}
}

// parts joins the parts of both sides, those that are too large in parts of their own.
// A part that is not smaller than what it is of has one key, and is joined as it is.
func (o *joiningParts) parts(ctx context.Context, left, right *spill.Partitions, of, level int) error {
	lefts, err := left.Parts()
	if err != nil {
		return err
	}
	rights, err := right.Parts()
	if err != nil {
		return err
	}
	for i, l := range lefts {
		r := rights[i]
		switch {
		case l.Len() == 0 || r.Len() == 0 && !o.outer:
			continue
		case r.Bytes() > o.world.Memory().Limit()/2 && r.Len() < of && level < maxLevel:
			err = o.again(ctx, l, r, level)
		default:
			err = o.part(ctx, l, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *joiningParts) again(ctx context.Context, l, r *spill.Run, level int) error {
	left, right := o.world.Memory().Partitions(level, o.leftKeys()...), o.world.Memory().Partitions(level, o.rightKeys()...)
	if err := l.Each(ctx, left.Add); err != nil {
		return err
	}
	if err := r.Each(ctx, right.Add); err != nil {
		return err
	}
	return o.parts(ctx, left, right, r.Len(), level+1)
}

// part joins one part. The right side has all its fields in every part.
func (o *joiningParts) part(ctx context.Context, l, r *spill.Run) error {
	var kept []*batch.Batch
	if err := r.Each(ctx, func(b *batch.Batch) error {
		kept = append(kept, b)
		return nil
	}); err != nil {
		return err
	}
	run := *o.join
	run.rows = batch.Concat(kept)
	for _, n := range o.more.Names() {
		if run.rows.Column(n) == nil {
			run.rows = run.rows.With(n, batch.Nulls(run.rows.Len))
		}
	}
	out := o.world.Memory().Run()
	op := &joining{run.matching(), o.made}
	err := l.Each(ctx, func(b *batch.Batch) error { return op.Push(ctx, b, out.Append) })
	o.made, o.done = op.made, append(o.done, out)
	return err
}
