package replay

import (
	"context"

	"riskreplay/src/event"
	"riskreplay/src/ingest"
)

// Batch is events to deliver, in their order. Whoever receives it may keep the
// events until the batch is settled, and writes to none of them.
type Batch struct {
	// Seq counts the batches of a run from 1. A resumed run goes on with the number
	// it stopped at, and cuts the same batches again.
	Seq    uint64
	Events []event.Event
	// From and To are where the first and the last event stood; their Line is 0: not
	// counted.
	From, To ingest.Origin
}

// Dead is an event that a sink does not take.
type Dead struct {
	// Event is its place in the batch.
	Event  int
	Reason string
}

// Receipt says what became of a batch: every event of it was accepted or is dead.
type Receipt struct {
	Seq      uint64
	Accepted int
	Dead     []Dead
	// Unsure: some events were sent again without knowing whether they had arrived;
	// they may be there twice.
	Unsure bool
}

// Open opens a sink, which tells settled of each batch once, from any goroutine
// and in any order, when the target has it for good. A batch that is never settled
// was not delivered, and an error of Send or Flush says why.
type Open func(settled func(Receipt)) (Sink, error)

// Sink takes batches. Send blocks while the target has no room (back-pressure) and
// Flush until everything is settled; both end early with ctx. The sink keeps
// nothing of a batch after it was settled. One goroutine calls it. Close gives up
// what is not settled.
type Sink interface {
	Send(ctx context.Context, b Batch) error
	Flush(ctx context.Context) error
	Close() error
}
