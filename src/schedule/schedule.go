// Package schedule is which saved search runs when, over which window,
// suppressed or not.
//
// A Plan is one search's schedule; a Run is what Splunk's scheduler would start at
// a tick of its cron: now() is the tick, and the relative times of the search count
// from it.
//
//	plan, err := schedule.New("0 * * * *", "-70m@m", "-10m@m", time.UTC)
//	run, err := plan.Last(now)
//
// A Queue decides over all searches what starts when. It knows no clock and starts
// nothing: callers give the moment, and tell when a run has ended. A Scheduler does
// with it what a clock says, and remembers in a Store, so that a program that was
// killed neither runs anything twice nor, of continuous searches, leaves a tick out.
//
//	s := schedule.NewScheduler(schedule.Options{Clock: c, Slots: 4, Store: store, Work: work})
//	s.SetTasks(tasks)
//	err := s.Run(ctx)
package schedule

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/splunktime"
)

// Plan is when a saved search runs: its cron_schedule, dispatch.earliest_time
// and dispatch.latest_time, understood.
type Plan struct {
	cron             splunktime.Cron
	earliest, latest string
	zone             *time.Location
}

// Run is one run of a saved search: its moment and the half open time range it
// searches. A zero Latest is no bound.
type Run struct {
	At               time.Time
	Earliest, Latest event.Time
}

// New understands a schedule. An empty cron is "0 * * * *" for nobody: it is an
// error, since the search would never run. Empty times are no bounds.
func New(cron, earliest, latest string, zone *time.Location) (Plan, error) {
	c, err := splunktime.ParseCron(cron)
	if err != nil {
		return Plan{}, diag.Message{Text: fmt.Sprintf("cannot read the cron schedule %q: %v", cron, err), Cause: err}
	}
	p := Plan{cron: c, earliest: earliest, latest: latest, zone: zone}
	_, err = p.at(time.Date(2000, 1, 1, 0, 0, 0, 0, zone))
	return p, err
}

// Next is the first tick after t, the zero time when there is none within years.
func (p Plan) Next(t time.Time) time.Time { return p.cron.Next(t.In(p.zone)) }

// At is the run of a tick.
func (p Plan) At(tick time.Time) (Run, error) { return p.at(tick.In(p.zone)) }

// same tells that two plans tick alike.
func (p Plan) same(q Plan) bool {
	return p.cron.String() == q.cron.String() && p.zone.String() == q.zone.String()
}

// Last is the run at the last tick at or before now.
func (p Plan) Last(now time.Time) (Run, error) { return p.at(p.cron.Prev(now.In(p.zone))) }

// What Covering gives at most: ticks that it looks at, and runs of which nobody
// knows whether there is anything to find.
const (
	maxTicks = 1_000_000
	maxRuns  = 10_000
)

// Covering is the runs, oldest first, whose windows together reach from the last
// run's window back to first: the last run alone when it covers first already.
// A window that a run before it does not adjoin is no reason to stop. Of more
// than ten thousand runs only those are given for which holds is true: holds
// tells whether there is an event in a window.
func (p Plan) Covering(now time.Time, first event.Time, holds func(Run) bool) ([]Run, error) {
	last, err := p.Last(now)
	if err != nil {
		return nil, err
	}
	runs := []Run{last}
	for ticks := 1; last.Earliest > first; ticks++ {
		if ticks == maxTicks {
			return nil, fmt.Errorf("cannot cover %s: the schedule has more than %d ticks since then", first.Std().Format(time.RFC3339), maxTicks)
		}
		tick := p.cron.Prev(last.At.Add(-time.Second))
		if !tick.Before(last.At) {
			break
		}
		if last, err = p.at(tick); err != nil {
			return nil, err
		}
		runs = append(runs, last)
	}
	if len(runs) > maxRuns {
		runs = slices.DeleteFunc(runs, func(r Run) bool { return !holds(r) })
	}
	slices.Reverse(runs)
	return runs, nil
}

func (p Plan) at(tick time.Time) (Run, error) {
	run := Run{At: tick}
	for _, b := range []struct {
		arg string
		to  *event.Time
	}{{p.earliest, &run.Earliest}, {p.latest, &run.Latest}} {
		if b.arg == "" {
			continue
		}
		t, err := splunktime.Parse(b.arg, event.At(tick), p.zone)
		if err != nil {
			return run, err
		}
		*b.to = t
	}
	return run, nil
}

// SID is the search id that the scheduler gives a run; n counts the runs.
func SID(owner, app, search string, at time.Time, n int) string {
	return sid("scheduler", owner, app, search, at, n)
}

// DispatchSID is the search id of a run that a user asked for.
func DispatchSID(owner, app, search string, at time.Time, n int) string {
	return sid(owner, owner, app, search, at, n)
}

func sid(by, owner, app, search string, at time.Time, n int) string {
	sum := md5.Sum([]byte(search))
	return fmt.Sprintf("%s__%s_%s__RMD5%s_at_%d_%d", by, owner, app, hex.EncodeToString(sum[:8]), at.Unix(), n)
}
