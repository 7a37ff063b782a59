// Package results is rows as Splunk sends them: one JSON object a line, CSV, and
// the table a person reads.
package results

import (
	"context"

	"riskreplay/src/batch"
)

// Reader gives the rows of a search in order. It belongs to one goroutine.
type Reader interface {
	// Fields is the columns in their order, as far as they are known: all of
	// them after the last Next.
	Fields() []string
	// Next is the next rows, io.EOF after the last. A batch is the caller's.
	Next(ctx context.Context) (*batch.Batch, error)
	// Close ends the search if it still runs.
	Close() error
}
