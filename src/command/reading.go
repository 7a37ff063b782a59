package command

import (
	"context"

	"riskreplay/src/batch"
	"riskreplay/src/search"
)

// reading is which fields a scan reads, and whether in the order of time.
type reading struct {
	fields   []string // wanted
	anyOrder bool
}

// of is the reading of no more than the fields wanted.
func (r reading) of(want []string) reading {
	r.fields = search.Distinct(want)
	return r
}

// unordered is the reading in the order of the index.
func (r reading) unordered() reading {
	r.anyOrder = true
	return r
}

// scanned gives what the index has for a scan, each batch as outer makes it.
func scanned(w search.World, s search.Scanner, outer func(*batch.Batch) *batch.Batch) search.Operator {
	return search.Source(func(ctx context.Context, emit func(*batch.Batch) error) error {
		for b, err := range w.Scan(ctx, s.Query(w.Info())) {
			if err != nil {
				return err
			}
			if b.Len == 0 {
				continue
			}
			if err := emit(outer(b)); err != nil {
				return err
			}
		}
		return nil
	})
}
