package index

import (
	"context"
	"errors"
	"slices"

	"riskreplay/src/knowledge"
)

// preparation is the columns that searches to come are expected to need of each
// segment.
type preparation struct {
	base  *knowledge.Base
	scans []*scan

	// Of the disk's mu.
	done map[string]bool // by segment
	busy bool
}

// maxPrepared is how many fields of a dataset, and of events, are made.
const maxPrepared = 64

// Prepare has the columns that queries' conditions ask for made of each segment
// once it is written, in the background, and kept beside it: then the first run of
// such a query reads them and not the events. Times and Fields of the queries do
// not matter. Segments that have columns of this state of knowledge already, and
// small ones, which become part of others, are left as they are. It is called
// once; of an index that keeps no columns, or cannot be written to, nothing is
// prepared.
func (x *Index) Prepare(base *knowledge.Base, queries []Query) error {
	d := x.disk
	if d == nil || d.lock == nil || d.options.NoColumns || len(queries) == 0 {
		return nil
	}
	p := &preparation{base: base, done: map[string]bool{}}
	d.mu.Lock()
	d.preparing = p
	d.mu.Unlock()
	var problems []error
	for _, q := range together(queries) {
		s, err := newScan(base, q.Query)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		s.fields.Filter(q.fields)
		p.scans = append(p.scans, s)
	}
	d.done.Go(func() {
		for s := p.next(d); s != nil; s = p.next(d) {
			p.make(s)
		}
	})
	return errors.Join(problems...)
}

// Prepared waits until Prepare has nothing left to do.
func (x *Index) Prepared(ctx context.Context) error {
	d := x.disk
	if d == nil {
		return ctx.Err()
	}
	defer context.AfterFunc(ctx, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.changed.Broadcast()
	})()
	d.mu.Lock()
	defer d.mu.Unlock()
	for p := d.preparing; p != nil && !d.closing && ctx.Err() == nil && (p.busy || p.first(d) != nil); {
		d.changed.Wait()
	}
	return ctx.Err()
}

// prepared is a query and the fields to be made beside those that it asks for.
type prepared struct {
	Query
	fields []string
}

// together gives the queries with all that is asked of the same dataset, so that
// the first of them reads the events for all.
func together(queries []Query) []prepared {
	type dataset struct{ model, name string }
	fields := map[dataset][]string{}
	for _, q := range queries {
		if q.Where == nil {
			continue
		}
		of := dataset{q.Model, q.Dataset}
		for _, f := range q.Where.Fields() {
			if !slices.Contains(fields[of], f) && len(fields[of]) < maxPrepared {
				fields[of] = append(fields[of], f)
			}
		}
	}
	out := make([]prepared, len(queries))
	for i, q := range queries {
		q.Earliest, q.Latest, q.Fields = 0, 0, nil
		out[i] = prepared{q, fields[dataset{q.Model, q.Dataset}]}
	}
	return out
}

// next waits for a segment to be prepared; nil when the index is being closed.
// Writing segments comes first.
func (p *preparation) next(d *disk) *segment {
	d.mu.Lock()
	defer d.mu.Unlock()
	p.busy = false
	d.changed.Broadcast()
	for !d.closing {
		if s := p.first(d); s != nil && len(d.frozen) == 0 {
			p.done[s.stored.entry.ID], p.busy = true, true
			return s
		}
		d.changed.Wait()
	}
	return nil
}

// first is the first segment that is to be prepared.
func (p *preparation) first(d *disk) *segment {
	for _, s := range d.sealed {
		if !p.done[s.stored.entry.ID] && s.settled(d.options) {
			return s
		}
	}
	return nil
}

// settled tells whether a segment is so large that it is not likely to become part
// of another soon.
func (s *segment) settled(o Options) bool {
	return 4*s.Len() >= o.Events || 4*s.bytes >= o.Bytes
}

// make makes a segment's columns. Those of a segment that no search has in memory
// do not stay there.
func (p *preparation) make(s *segment) {
	if len(s.stored.keptNames(hashName(p.base))) > 0 {
		return
	}
	s.stored.mu.Lock()
	resident := s.stored.loaded != nil
	s.stored.mu.Unlock()
	for _, q := range p.scans {
		if q.mayHold(s) {
			q.find(s)
		}
	}
	s.used(p.base)
	if !resident {
		s.stored.forget()
		s.stored.keep.note(s.stored, 0)
	}
}
