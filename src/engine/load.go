package engine

import (
	"context"
	"runtime"
	"sync"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/rebase"
)

// Loaded is a dataset that was read: one group, whose events keep their
// distances in time.
type Loaded struct {
	Dataset     ingest.Dataset
	Files       []LoadedFile
	Events      int
	Bytes       int64
	First, Last event.Time // as recorded
	Moved       event.Time // what was added to every event's time
	// Attached: the events are in an index of their own, where they stayed.
	Attached bool
	// Times is what became of the times inside the events when they were moved.
	Times rebase.Counts
	// minutes are those with an event, as recorded; nil when they are not known.
	minutes map[event.Time]bool
}

const minute = event.Time(60e9)

// Holds tells whether the dataset, as it was moved, may have an event in the
// time range; it knows times by the minute. A zero latest is no bound.
func (l *Loaded) Holds(earliest, latest event.Time) bool {
	from, to := max(earliest-l.Moved, l.First)/minute, l.Last/minute
	if latest != 0 {
		to = min(to, (latest-l.Moved-1)/minute)
	}
	if l.minutes == nil {
		return from <= to
	}
	for m := from; m <= to; m++ {
		if l.minutes[m] {
			return true
		}
	}
	return false
}

// LoadedFile is a file of a dataset with what was read from it.
type LoadedFile struct {
	File   ingest.File
	Events int
	Bytes  int64
}

// Move gives what is added to the times of a group whose events lie between
// first and last.
type Move func(first, last event.Time) event.Time

// Load reads datasets, several files at once, moves each dataset's times (those
// inside the events too, as rebase does) and appends the events in the order of datasets and files. What is wrong in or
// with a file is a message; the good events beside it are loaded. now is the
// time of events that have none.
func (e *Engine) Load(ctx context.Context, datasets []ingest.Dataset, now event.Time, move Move) ([]Loaded, diag.List, error) {
	var files []ingest.File
	for _, d := range datasets {
		files = append(files, d.Files...)
	}
	read := readAll(ctx, files, now)
	var out []Loaded
	var problems diag.List
	for _, d := range datasets {
		group := Loaded{Dataset: d, minutes: map[event.Time]bool{}}
		mine := read[:len(d.Files)]
		read = read[len(d.Files):]
		for i, r := range mine {
			problems = append(problems, r.problems...)
			for n := range r.blocks {
				r.blocks[n].Events = e.Arrive(r.blocks[n].Events)
			}
			group.add(d.Files[i], r.blocks)
		}
		if move != nil && group.Events > 0 {
			group.Moved = move(group.First, group.Last)
		}
		if group.Moved != 0 {
			var err error
			if group.Times, err = shift(ctx, mine, group.Moved); err != nil {
				return out, problems, err
			}
		}
		for i, r := range mine {
			if err := e.appendBlocks(ctx, r.blocks); err != nil {
				return out, problems, err
			}
			mine[i].blocks = nil // the index has the events now
		}
		out = append(out, group)
	}
	return out, problems, ctx.Err()
}

func (l *Loaded) add(f ingest.File, blocks []ingest.Block) {
	file := LoadedFile{File: f}
	for _, b := range blocks {
		for i := range b.Events {
			t := b.Events[i].Time
			if l.Events == 0 || t < l.First {
				l.First = t
			}
			if l.Events == 0 || t > l.Last {
				l.Last = t
			}
			l.minutes[t/minute] = true
			l.Events++
			file.Events++
			file.Bytes += int64(len(b.Events[i].Raw))
		}
	}
	l.Bytes += file.Bytes
	l.Files = append(l.Files, file)
}

func (e *Engine) appendBlocks(ctx context.Context, blocks []ingest.Block) error {
	for _, b := range blocks {
		if err := e.Append(ctx, b.Events); err != nil {
			return err
		}
	}
	return nil
}

// fileEvents is what was read from one file.
type fileEvents struct {
	blocks   []ingest.Block
	problems diag.List
}

// readAll reads files on all cores; the result is in the order of files.
func readAll(ctx context.Context, files []ingest.File, now event.Time) []fileEvents {
	out := make([]fileEvents, len(files))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i, f := range files {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			out[i].problems = ingest.Read(ctx, f, ingest.Options{Now: now}, func(b ingest.Block) error {
				out[i].blocks = append(out[i].blocks, b)
				return ctx.Err()
			})
		})
	}
	wg.Wait()
	return out
}
