package engine

import (
	"context"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/job"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// inputCommand begins a search over rows that there are already. It is a command of
// such a search alone.
const inputCommand = "inputrows"

func (c *bindContext) inputSpec() search.Spec {
	return search.Spec{Name: inputCommand, Kind: search.Generating, Bind: func(*spl.Stage, search.Context) (search.Stage, diag.List) {
		return inputRows{c.input}, nil
	}}
}

// inputRows gives the rows of a job.Input.
type inputRows struct{ in *job.Input }

func (s inputRows) Shape(search.Schema) (search.Schema, diag.List) {
	return search.Schema{Fields: s.in.Fields, Ordered: true, From: inputCommand}, nil
}

func (inputRows) Needs([]string) []string { return nil }

func (s inputRows) Open(search.World) (search.Operator, error) {
	return search.Source(func(ctx context.Context, emit func(*batch.Batch) error) error {
		for b, err := range s.in.Rows() {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = emit(b)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}), nil
}

func (inputRows) String() string { return inputCommand }
