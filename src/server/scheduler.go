package server

import (
	"context"
	"time"

	"riskreplay/src/schedule"
)

// Scheduler is what runs the saved searches by themselves: engine.Scheduler is one.
// Safe for concurrent use.
type Scheduler interface {
	// Next are the next n ticks of a search, none when it does not run by itself.
	Next(k schedule.Key, n int) []time.Time
	// History are what became of its runs, the newest last.
	History(k schedule.Key) []schedule.Record
	// Dispatch runs it now, with its actions when they are asked for, and waits.
	Dispatch(ctx context.Context, k schedule.Key, d schedule.Dispatch) (schedule.Record, error)
	// Reload takes the saved searches as they are now.
	Reload() error
}
