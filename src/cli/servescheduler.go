package cli

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"riskreplay/src/alert"
	"riskreplay/src/clock"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/engine"
	"riskreplay/src/event"
	"riskreplay/src/schedule"
	"riskreplay/src/server"
)

// scheduleOptions are what serve is told of its scheduler.
type scheduleOptions struct {
	now        string
	detections bool
	slots      int
	skewed     bool
	webhooks   []string
}

func (o *scheduleOptions) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.now, "now", "", "begin at this moment: 2026-01-15T12:00:00Z, an epoch, -1d@d; the clock goes on from there, for searches, the scheduler and events without a time (default: the clock)")
	f.BoolVar(&o.detections, "enable-detections", false, "run the detections of the apps although they are disabled: those that are correlation searches, the rules over risk among them")
	f.IntVar(&o.slots, "max-scheduled", 0, "scheduled searches that run at once (default: half of 6 and one for each core, as in Splunk)")
	f.BoolVar(&o.skewed, "skew", false, "start searches late by their allow_skew, as Splunk does; without it they wait only when too many are due")
	f.StringArrayVar(&o.webhooks, "allow-webhook", nil, "alerts may post to addresses that begin so, such as https://hooks.example.com/ (repeatable)")
}

// clock is the one that is to be gone by.
func (o *scheduleOptions) clock(s streams, zone *time.Location) (clock.Clock, error) {
	if o.now == "" {
		return s.clock, nil
	}
	now, err := s.moment(o.now, zone)
	if err != nil {
		return nil, usageError{err}
	}
	return clock.From(s.clock, now), nil
}

// scheduler makes the scheduler of an engine. Where the API is, is told it by located.
func (o *serveOptions) scheduler(ctx context.Context, e *engine.Engine) (*engine.Scheduler, error) {
	var err error
	if e.Outside().Webhooks, err = alert.NewWebhooks(o.schedule.webhooks, nil); err != nil {
		return nil, usageError{err}
	}
	slots := o.schedule.slots
	if slots <= 0 {
		slots = engine.DefaultSlots(runtime.NumCPU())
	}
	options := engine.SchedulerOptions{
		Clock: o.streams.clock, Dir: filepath.Join(o.home, "scheduler"), Slots: slots, Skewed: o.schedule.skewed,
		Warn: func(m diag.Message) { o.say(diag.List{m}) }, Finished: o.keep, Held: o.held,
	}
	if o.schedule.detections {
		options.Enable = func(s *detection.SavedSearch) bool { return s.Correlation }
	}
	s, err := e.NewScheduler(ctx, options)
	if err != nil {
		return nil, environmentError{err}
	}
	return s, nil
}

// held tells whether a user holds a saved search back over REST.
func (o *serveOptions) held(k schedule.Key) bool {
	rest := o.kept.Load()
	return rest != nil && !rest.Held(k.App, k.Name).IsZero()
}

// keep makes a run of the scheduler a job that can be asked for.
func (o *serveOptions) keep(f engine.Fired, saved *detection.SavedSearch, ttl time.Duration) {
	rest := o.kept.Load()
	if rest == nil {
		return
	}
	ran := server.Ran{
		SID: f.SID, App: saved.App, Name: saved.Name, Owner: "nobody", Search: saved.Search.Value, At: f.Run.At,
		Earliest: bound(f.Run.Earliest), Latest: bound(f.Run.Latest), Rows: f.Rows, Keep: ttl,
	}
	if err := rest.Keep(ran); err != nil {
		o.say(diag.List{{Text: fmt.Sprintf("cannot keep the rows of %q: %v", saved.Name, err), Cause: err}})
	}
}

// bound is a time, the zero time for no bound.
func bound(t event.Time) time.Time {
	if t == 0 {
		return time.Time{}
	}
	return t.Std()
}

// located tells alert actions where the API is.
func located(outside *alert.Outside, api string) {
	outside.ServerURI = api
	outside.Link = func(sid string) string { return api + "/services/search/jobs/" + url.PathEscape(sid) + "/results" }
}

// beside runs the scheduler until stop is called, which waits for it.
func (o *serveOptions) beside(ctx context.Context, s *engine.Scheduler) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.Run(ctx); err != nil {
			o.say(diag.List{{Text: err.Error(), Cause: err}})
		}
	})
	return func() {
		cancel()
		running.Wait()
		if err := s.Close(); err != nil {
			o.say(diag.List{{Text: err.Error(), Cause: err}})
		}
	}
}
