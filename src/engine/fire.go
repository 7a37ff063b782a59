package engine

import (
	"context"
	"fmt"
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
	"riskreplay/src/search"
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
// actions: risk events and notables are in their indexes when it returns. Actions
// that reach outside are not done. The error is about the search; what its actions
// had to say is in the outcome.
func (e *Engine) Fire(ctx context.Context, s *detection.SavedSearch, run schedule.Run) (Fired, error) {
	memory := e.remembered(s.Name)
	out, err := e.fire(ctx, s, run, e.sid(s, run), alert.Conditions{
		Fires:    e.suppression(s, run, &memory.suppressed),
		Previous: func() (int, bool) { return memory.count, memory.counted },
	})
	if err != nil {
		return out, err
	}
	e.mu.Lock()
	memory.count, memory.counted = out.Outcome.Count, true
	e.mu.Unlock()
	return out, e.Append(ctx, out.Outcome.Events())
}

// fire runs a saved search and decides what its actions are to write; it writes
// nothing.
func (e *Engine) fire(ctx context.Context, s *detection.SavedSearch, run schedule.Run, sid string, c alert.Conditions) (Fired, error) {
	out := Fired{Run: run, SID: sid}
	request := job.Request{Earliest: bound(run.Earliest), Latest: bound(run.Latest), Now: run.At, SavedSearch: s.Name, SID: out.SID, App: s.App}
	result, err := e.run(ctx, request, s.Search.Text)
	if err != nil {
		return out, err
	}
	var cut bool
	if out.Rows, cut, err = results.ReadMost(ctx, result.Rows, maxFired); err != nil {
		return out, err
	}
	if !result.Ordered {
		out.Rows = out.Rows.Sorted()
	}
	c.Search = func(text string) (int, error) { return e.condition(ctx, request, text, out.Rows) }
	out.Outcome = alert.Fire(s, alert.Run{SID: out.SID, At: event.At(run.At), Earliest: run.Earliest, Latest: run.Latest}, out.Rows, e.known, c)
	out.Outcome.Messages = append(slices.Clone(diag.List(result.Messages())), out.Outcome.Messages...)
	if cut {
		out.Outcome.Messages = append(out.Outcome.Messages, diag.Message{
			Severity: diag.Warning, Text: fmt.Sprintf("%s: it has more than %d results: the rest is left out", s.Name, maxFired), Hint: "let the search find less",
		})
	}
	return out, nil
}

// maxFired is how many results of a run count: Splunk's dispatch.max_count.
const maxFired = 500_000

// condition runs the search of counttype "custom" over results and counts its rows.
func (e *Engine) condition(ctx context.Context, r job.Request, text string, rows *batch.Batch) (int, error) {
	c := e.bindContext(r)
	tree, problems := c.parse(&diag.Text{Name: "alert_condition", Body: "| " + strings.TrimLeft(text, "| ")})
	if problems.HasErrors() {
		return 0, problems.Errors()
	}
	pipe, problems := search.NewPipe(tree, c)
	if problems.HasErrors() {
		return 0, problems.Errors()
	}
	w, err := e.world(c, r, text)
	if err != nil {
		return 0, err
	}
	defer w.end()
	out, err := pipe.All(ctx, w, rows)
	if err != nil {
		return 0, err
	}
	return out.Len, nil
}

// remembered is what the engine remembers of a search's runs, when no scheduler does.
type remembered struct {
	suppressed schedule.Suppression
	count      int
	counted    bool
}

func (e *Engine) remembered(name string) *remembered {
	e.mu.Lock()
	defer e.mu.Unlock()
	memory := e.memory[name]
	if memory == nil {
		memory = &remembered{}
		e.memory[name] = memory
	}
	return memory
}

func (e *Engine) suppression(s *detection.SavedSearch, run schedule.Run, memory *schedule.Suppression) func(values func(string) []string) bool {
	if s.Suppress == nil {
		return nil
	}
	return func(values func(string) []string) bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return memory.Fires(run.At, s.Suppress.Fields, s.Suppress.Period, values)
	}
}

// sid is a search id for the next run of a saved search.
func (e *Engine) sid(s *detection.SavedSearch, run schedule.Run) string {
	return schedule.SID("nobody", s.App, s.Name, run.At, int(e.runs.Add(1)))
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
