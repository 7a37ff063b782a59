package replay

import (
	"context"

	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/rebase"
)

// item is an event on its way, with where it came from.
type item struct {
	event  event.Event // as recorded
	at     event.Time  // when it will have been
	file   int         // among all files of the plan
	nth    int64       // among the events of the file
	origin ingest.Origin
	away   place // of the event's bytes, while it waits to be sorted
}

// planned is a file of the plan with what belongs to it.
type planned struct {
	*File
	dataset int
	// before counts the events of the files before it, groups their groups.
	before int64
	groups int
}

// files are all files of a plan, in its order.
func (p *Plan) files() (all []planned) {
	var events int64
	groups := 0
	for i := range p.Datasets {
		for j := range p.Datasets[i].Files {
			f := &p.Datasets[i].Files[j]
			all = append(all, planned{File: f, dataset: i, before: events, groups: groups})
			events += f.Events
			groups += len(f.Groups)
		}
	}
	return all
}

// reading gives the events of a plan in an order that depends on nothing but the
// plan and the shifts.
type reading struct {
	now    event.Time
	files  []planned
	shifts []rebase.Shift // by dataset
	// disordered counts events that came too late to be sorted in.
	disordered int64
}

// byFile gives file after file, from the one that holds event number skip on.
func (r *reading) byFile(ctx context.Context, skip int64, yield func(*item) error) error {
	for i := range r.files {
		f := r.files[i]
		if f.before+f.Events <= skip {
			continue
		}
		it := item{file: i}
		err := r.ahead(ctx, f, func(b ingest.Block) error {
			for j := range b.Events {
				it.event, it.origin = b.Events[j], placeOf(&b, j)
				it.at = r.shifts[f.dataset].Time(it.event.Time)
				if err := yield(&it); err != nil {
					return err
				}
				it.nth++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ahead gives a file's blocks, and reads the next one meanwhile.
func (r *reading) ahead(ctx context.Context, f planned, emit func(ingest.Block) error) error {
	ctx, cancel := context.WithCancel(ctx)
	s := &source{done: ctx.Done(), read: func(emit func(ingest.Block) error) error { return f.read(ctx, r.now, blockSize, emit) }}
	s.start()
	defer s.wait()
	defer cancel()
	for b := range s.blocks {
		if err := emit(b); err != nil {
			return err
		}
	}
	return s.err
}

// placeOf is where an event of a block stands; lines are not counted.
func placeOf(b *ingest.Block, i int) ingest.Origin {
	return ingest.Origin{File: b.First.File, Offset: b.Offsets[i], Event: b.First.Event + i}
}
