package server

import (
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

// Ran is a run of a saved search that somebody else made, such as the scheduler.
type Ran struct {
	SID string
	// App and Name are the saved search's, Owner is whose it is.
	App, Name, Owner, Search string
	At                       time.Time
	Earliest, Latest         time.Time
	Rows                     *batch.Batch
	// Events tells that the rows are events.
	Events bool
	// Keep is for how long the rows are there after they were asked for last.
	Keep time.Duration
}

// Keep makes a job of a run that has ended: its rows can be asked for, and it is in
// the saved search's history.
func (a *API) Keep(r Ran) error {
	p := params{
		request: job.Request{Search: r.Search, SID: r.SID, App: r.App, Owner: r.Owner, SavedSearch: r.Name, Now: r.At},
		label:   r.Name, keep: min(max(r.Keep, time.Minute), maxKeep), given: map[string]any{}, priority: 5,
	}
	now := a.o.Clock.Now()
	a.jobs.mu.Lock()
	a.jobs.sweep(now)
	s, err := a.jobs.make(&p, r.Owner, now)
	a.jobs.mu.Unlock()
	if err != nil {
		return err
	}
	s.result = &job.Result{Rows: results.Rows(r.Rows), Events: r.Events, Messages: func() []diag.Message { return nil }}
	s.earliest, s.until = r.Earliest, r.Latest
	if o, ok := a.o.Runner.(job.Outliner); ok {
		s.outline, _ = o.Outline(p.request) // it has run
	}
	s.collect(s.life, s.result, a.o.Clock)
	s.cancel()
	return nil
}
