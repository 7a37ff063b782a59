package engine

import (
	"slices"
	"time"

	"riskreplay/src/detection"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/job"
	"riskreplay/src/search"
)

// Prepare has the engine's index make, as it writes segments, the columns that the
// correlation searches of the engine's app and its scheduled ones will ask for, those
// that are enabled first: their first run over many events then reads little. now is for what the
// searches say of time, which decides nothing here. The error names the datasets
// that cannot be prepared; the rest is.
func (e *Engine) Prepare(now time.Time) error {
	saved := slices.Clone(e.Saved())
	slices.SortStableFunc(saved, func(a, b *detection.SavedSearch) int {
		switch {
		case a.Disabled == b.Disabled:
			return 0
		case b.Disabled:
			return -1
		}
		return 1
	})
	var queries []index.Query
	c := e.bindContext(job.Request{Now: now})
	for _, s := range saved {
		if !s.Correlation && (!s.Scheduled || s.Disabled) || e.OverRisk(s) {
			continue
		}
		plan, _, problems := c.plan(s.Search.Text)
		if problems.HasErrors() {
			continue // whoever runs it is told
		}
		if q, ok := plan.Query(search.Info{Now: event.At(now), App: c.appID, Zone: e.options.Zone}); ok {
			queries = append(queries, q)
		}
	}
	return e.index.Prepare(c.base, queries)
}
