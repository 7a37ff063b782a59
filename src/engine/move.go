package engine

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/rebase"
)

// ToEnd moves a group so that its last event lies on the last whole second before
// end, keeping its digits below the second, and then by offset.
func ToEnd(end, offset event.Time) Move {
	const second = event.Time(1e9)
	return func(_, last event.Time) event.Time { return (end-1)/second*second - floor(last, second) + offset }
}

func floor(t, unit event.Time) event.Time {
	if r := t % unit; r < 0 {
		return t - r - unit
	}
	return t - t%unit
}

// shift moves the events of a group, and the times inside them, on all cores.
func shift(ctx context.Context, files []fileEvents, by event.Time) (rebase.Counts, error) {
	var blocks []ingest.Block
	for _, f := range files {
		blocks = append(blocks, f.blocks...)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	var mu sync.Mutex
	var total rebase.Counts
	for range min(runtime.GOMAXPROCS(0), len(blocks)) {
		r, err := rebase.New(rebase.Options{Shift: rebase.Shift{Delta: by}})
		if err != nil {
			return total, err
		}
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(blocks) {
					break
				}
				for j := range blocks[i].Events {
					r.Event(&blocks[i].Events[j])
				}
			}
			mu.Lock()
			defer mu.Unlock()
			total.Add(r.Counts())
		})
	}
	wg.Wait()
	return total, ctx.Err()
}
