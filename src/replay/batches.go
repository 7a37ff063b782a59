package replay

import (
	"time"

	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/rebase"
)

// pending is a batch from when it is begun until it is settled.
type pending struct {
	Batch
	// groups and files are those of its events, by their numbers in the plan;
	// origins are where the events stand.
	groups  []int32
	files   []int32
	origins []ingest.Origin
	bytes   int
	// from and upTo are the numbers of the turn's events before it and up to its
	// end, first the run's number of its first event.
	from, upTo int64
	first      int64
	// due is when its last event goes out, begun when its first does.
	begun, due time.Duration
	earliest   event.Time
	latest     event.Time
	times      rebase.Counts
}

// cutter cuts events into batches. Where it cuts depends on nothing but the events
// behind the last cut, so that a run that is resumed at a cut goes on with the same
// batches.
type cutter struct {
	events, bytes int
	linger        time.Duration
	batch         *pending
}

// linger is how much of the schedule one batch may hold.
const linger = 200 * time.Millisecond

func newCutter(set parsed) *cutter {
	c := &cutter{events: set.events, bytes: set.bytes, linger: linger}
	if r := set.pace.EPS; r > 0 {
		c.events = min(c.events, max(1, int(min(r*linger.Seconds(), maxBatchEvents))))
	}
	if r := set.pace.MBPS; r > 0 {
		c.bytes = min(c.bytes, max(1, int(min(r*1e6*linger.Seconds(), maxBatchBytes))))
	}
	return c
}

// full tells whether a further event does not go into the batch.
func (c *cutter) full(size int, due time.Duration) bool {
	b := c.batch
	return b != nil && (len(b.Events) >= c.events || b.bytes+size > c.bytes || due-b.begun > c.linger)
}

// add takes event number n of the turn (from 0) in.
func (c *cutter) add(it *item, n int64, group int, due time.Duration) *event.Event {
	if c.batch == nil {
		c.batch = &pending{from: n, begun: due, earliest: it.at, latest: it.at}
		c.batch.From = it.origin
	}
	b := c.batch
	b.Events = append(b.Events, it.event)
	b.groups = append(b.groups, int32(group))
	b.files = append(b.files, int32(it.file))
	b.origins = append(b.origins, it.origin)
	b.bytes += len(it.event.Raw)
	b.To = it.origin
	b.due = due
	b.earliest, b.latest = min(b.earliest, it.at), max(b.latest, it.at)
	b.upTo = n + 1
	return &b.Events[len(b.Events)-1]
}

// cut is the batch so far, nil when there is none.
func (c *cutter) cut() *pending {
	b := c.batch
	c.batch = nil
	return b
}
