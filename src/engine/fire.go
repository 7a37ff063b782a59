package engine

import (
	"context"
	"slices"
	"strings"

	"riskreplay/src/alert"
	"riskreplay/src/batch"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/schedule"
	"riskreplay/src/spl"
)

// Fired is a scheduled run of a saved search with what came of it.
type Fired struct {
	Run     schedule.Run
	SID     string
	Rows    *batch.Batch
	Outcome alert.Outcome
}

// Fire runs a saved search as the scheduler does at a moment and carries out its
// actions: risk events and notables are in their indexes when it returns. The
// error is about the search; what its actions had to say is in the outcome.
func (e *Engine) Fire(ctx context.Context, s *detection.SavedSearch, run schedule.Run) (Fired, error) {
	out := Fired{Run: run, SID: e.sid(s.Name, run.At)}
	result, err := e.run(ctx, job.Request{
		Earliest: bound(run.Earliest), Latest: bound(run.Latest), Now: run.At, SavedSearch: s.Name, SID: out.SID, App: s.App,
	}, s.Search.Text)
	if err != nil {
		return out, err
	}
	if out.Rows, err = results.ReadAll(ctx, result.Rows); err != nil {
		return out, err
	}
	if !result.Ordered {
		out.Rows = out.Rows.Sorted()
	}
	out.Outcome = alert.Fire(s, alert.Run{SID: out.SID, At: event.At(run.At), Earliest: run.Earliest, Latest: run.Latest}, out.Rows, e.known, e.suppression(s, run))
	out.Outcome.Messages = append(slices.Clone(diag.List(result.Messages())), out.Outcome.Messages...)
	return out, e.Append(ctx, out.Outcome.Events())
}

func (e *Engine) suppression(s *detection.SavedSearch, run schedule.Run) func(values func(string) []string) bool {
	if s.Suppress == nil {
		return nil
	}
	e.mu.Lock()
	memory := e.suppressed[s.Name]
	if memory == nil {
		memory = &schedule.Suppression{}
		e.suppressed[s.Name] = memory
	}
	e.mu.Unlock()
	return func(values func(string) []string) bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return memory.Fires(run.At, s.Suppress.Fields, s.Suppress.Period, values)
	}
}

func bound(t event.Time) string {
	if t == 0 {
		return ""
	}
	return t.String()
}

// OverRisk tells whether a saved search reads what others wrote: the Risk data
// model, or index=risk or index=notable. Such searches run after the others.
func (e *Engine) OverRisk(s *detection.SavedSearch) bool {
	tree, problems := e.bindContext(job.Request{App: s.App}).parse(s.Search.Text)
	if problems.HasErrors() || tree == nil {
		return false
	}
	for _, st := range tree.Stages {
		if st.Dataset != nil && strings.EqualFold(st.Dataset.Name, "Risk") || readsRisk(st.Predicate) {
			return true
		}
	}
	return false
}

func readsRisk(p spl.Predicate) bool {
	switch p := p.(type) {
	case *spl.Compare:
		return p.Field.Text == "index" && p.Op == "=" && (p.Value.Text == "risk" || p.Value.Text == "notable")
	case *spl.And:
		return slices.ContainsFunc(p.List, readsRisk)
	case *spl.Or:
		return slices.ContainsFunc(p.List, readsRisk)
	}
	return false
}
