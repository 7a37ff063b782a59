package check

import (
	"context"

	"riskreplay/src/detection"
	"riskreplay/src/engine"
	"riskreplay/src/job"
	"riskreplay/src/schedule"
)

// Target is where tests run. It is safe for concurrent use.
type Target interface {
	// Open makes a place for one test, with the target's knowledge and no events.
	Open(ctx context.Context, name string) (Bench, error)
	// Saved is a saved search of the target, by its stanza.
	Saved(stanza string) (*detection.SavedSearch, error)
}

// Bench is a test's own place. Its searches see what was loaded and what its own
// runs wrote, and nothing else.
type Bench interface {
	job.Runner
	// Load puts data there; searches see it when Load returns.
	Load(ctx context.Context, d *Data) error
	// Fire runs a saved search as the scheduler does, with its actions.
	Fire(ctx context.Context, s *detection.SavedSearch, run schedule.Run) (engine.Fired, error)
	// Discard ends the bench; what was loaded and written goes.
	Discard(ctx context.Context) error
}

// Embedded is the engine as a target: each bench is an engine of its own that
// shares knowledge and data.
func Embedded(e *engine.Engine) Target { return embedded{e} }

type embedded struct{ engine *engine.Engine }

func (t embedded) Saved(stanza string) (*detection.SavedSearch, error) {
	return t.engine.SavedSearch(stanza)
}

func (t embedded) Open(context.Context, string) (Bench, error) {
	return embeddedBench{t.engine.Fresh()}, nil
}

type embeddedBench struct{ *engine.Engine }

func (b embeddedBench) Load(_ context.Context, d *Data) error {
	_, err := b.Attach(d.Name, d.index)
	return err
}

func (b embeddedBench) Discard(context.Context) error { return nil }
