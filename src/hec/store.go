package hec

import (
	"context"
	"errors"

	"riskreplay/src/event"
)

// Store is where a handler puts events. It is safe for concurrent use.
type Store interface {
	// Append takes the events of one request, all or none. It may keep them and
	// their bytes, which nobody else writes to. ErrBusy, ErrAtCapacity and
	// ErrShuttingDown have answers of their own; any other error is answered with
	// code 8.
	Append(ctx context.Context, events []event.Event) (Ticket, error)
}

// Ticket stands for events that were appended. Wait returns nil when nothing
// that happens to the machine can lose them any more.
type Ticket interface {
	Wait(ctx context.Context) error
}

// What a Store may answer.
var (
	ErrBusy         = errors.New("the store is busy")
	ErrAtCapacity   = errors.New("the store's queue is at capacity")
	ErrShuttingDown = errors.New("the store is shutting down")
)

// codeOf is the code for an error of a store.
func codeOf(err error) Code {
	switch {
	case errors.Is(err, ErrBusy):
		return CodeBusy
	case errors.Is(err, ErrAtCapacity):
		return CodeAtCapacity
	case errors.Is(err, ErrShuttingDown):
		return CodeShuttingDown
	}
	return CodeServerError
}
