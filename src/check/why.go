package check

import (
	"context"

	"riskreplay/src/engine"
	"riskreplay/src/job"
)

// explainer is a bench that can tell where a search lost its rows. A Splunk cannot.
type explainer interface {
	Explain(ctx context.Context, r job.Request) (*engine.Explanation, error)
}

// why tells where the search lost its rows; nil when nobody can tell.
func (t *trial) why(ctx context.Context) *engine.Explanation {
	x, ok := t.bench.(explainer)
	if !ok {
		return nil
	}
	r := job.Request{Search: t.saved.Search.Value, Name: t.saved.Name, Now: t.moments.last.At, App: t.saved.App, SavedSearch: t.saved.Name}
	if t.moments.given {
		r.Earliest = t.moments.last.Earliest.String()
		if t.moments.last.Latest != 0 {
			r.Latest = t.moments.last.Latest.String()
		}
	}
	out, err := x.Explain(ctx, r)
	if err != nil {
		return nil // the search's own error was told
	}
	return out
}
