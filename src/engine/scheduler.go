package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"riskreplay/src/alert"
	"riskreplay/src/clock"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/schedule"
)

// SchedulerOptions are how an engine's saved searches run by themselves.
type SchedulerOptions struct {
	Clock clock.Clock
	// Dir is where the scheduler remembers; "" is in memory.
	Dir string
	// Slots is how many searches run at once; 0 is DefaultSlots of the machine.
	Slots int
	// Skewed: searches start late by their allow_skew even when there is room.
	Skewed bool
	// Time is how long one search may take: 10 minutes when it is 0.
	Time time.Duration
	// Enable tells of a disabled search that it runs all the same; nil enables none.
	Enable func(s *detection.SavedSearch) bool
	// Held tells of a search that its runs are skipped now; nil holds none.
	Held func(k schedule.Key) bool
	// Warn is told what the runs had to say, each text once; nil drops it.
	Warn func(m diag.Message)
	// Finished is told of each run with its rows, and for how long they are to be
	// kept; nil drops them.
	Finished func(f Fired, saved *detection.SavedSearch, ttl time.Duration)
}

const searchTime = 10 * time.Minute

// DefaultSlots is how many scheduled searches run at once on so many cores: half
// (max_searches_perc) of one for each core (max_searches_per_cpu) and six
// (base_max_searches), which are Splunk's defaults.
func DefaultSlots(cores int) int { return max(1, (6+cores)/2) }

// Scheduler runs the saved searches of all apps when they are due, and does their
// actions. What it does is on disk before it is remembered as done, and remembered
// as begun before it is done: after a stop at any moment Run goes on where it was.
type Scheduler struct {
	engine *Engine
	o      SchedulerOptions
	clock  clock.Clock
	store  *schedule.Store
	queue  *schedule.Scheduler

	mu    sync.Mutex
	saved map[schedule.Key]*detection.SavedSearch
	plans map[schedule.Key]schedule.Plan
	said  map[string]bool
	// half are the events of runs that a stop has cut in two, by search id.
	half map[string]map[string]bool
}

// NewScheduler makes the scheduler of an engine, and finds out about the runs that
// a stop has interrupted. Close lets its folder go.
func (e *Engine) NewScheduler(ctx context.Context, o SchedulerOptions) (*Scheduler, error) {
	store, err := schedule.OpenStore(o.Dir)
	if err != nil {
		return nil, err
	}
	s := &Scheduler{engine: e, o: o, clock: o.Clock, store: store, said: map[string]bool{}, half: map[string]map[string]bool{}}
	if s.o.Time == 0 {
		s.o.Time = searchTime
	}
	s.queue = schedule.NewScheduler(schedule.Options{
		Clock: o.Clock, Slots: o.Slots, Skewed: o.Skewed, Store: store, Work: s.work, Say: s.logIdle,
	})
	e.outside.Log = s.logAction
	if err := s.recover(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if err := s.Reload(); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	s.warnOfBefore()
	return s, nil
}

// warnOfBefore tells that the clock stands before what was run already.
func (s *Scheduler) warnOfBefore() {
	now, n := s.clock.Now(), 0
	var last time.Time
	for _, k := range s.Scheduled() {
		if ran := s.store.Last(k); ran.After(now) {
			n++
			if ran.After(last) {
				last = ran
			}
		}
	}
	if n > 0 {
		s.warn(diag.Message{
			Severity: diag.Warning, Text: fmt.Sprintf("%d scheduled searches have run already at times that are still to come, until %s: they go on from there", n, last.UTC().Format(time.RFC3339)),
			Hint: "no tick is run twice; another --home begins anew",
		})
	}
}

// Outside does the actions that reach outside.
func (s *Scheduler) Outside() *alert.Outside { return s.engine.outside }

// Run starts searches until the context ends, and returns when none runs any more.
func (s *Scheduler) Run(ctx context.Context) error { return s.queue.Run(ctx) }

// Sweep runs what is due now and returns when nothing is.
func (s *Scheduler) Sweep(ctx context.Context) error { return s.queue.Sweep(ctx) }

// Close writes down what is remembered.
func (s *Scheduler) Close() error { return s.store.Close() }

// Reload takes the saved searches as the engine has them now; those that are known
// go on.
func (s *Scheduler) Reload() error {
	var tasks []schedule.Task
	saved, plans := map[schedule.Key]*detection.SavedSearch{}, map[schedule.Key]schedule.Plan{}
	for _, one := range s.engine.AllSaved() {
		key := schedule.Key{App: one.App, Name: one.Name}
		saved[key] = one
		if !s.enabled(one) {
			continue
		}
		t, problems, err := schedule.ReadTask(one, s.engine.options.Zone)
		if err != nil {
			s.warn(diag.Message{Text: fmt.Sprintf("cannot schedule %q: %v", one.Name, err), Cause: err})
			continue
		}
		s.warn(problems...)
		t.After = s.engine.OverRisk(one)
		plans[key] = t.Plan
		tasks = append(tasks, t)
	}
	s.mu.Lock()
	s.saved, s.plans = saved, plans
	s.mu.Unlock()
	return s.queue.SetTasks(tasks)
}

func (s *Scheduler) enabled(one *detection.SavedSearch) bool {
	return one.Scheduled && one.Cron != "" && (!one.Disabled || s.o.Enable != nil && s.o.Enable(one))
}

// AllSaved are the saved searches of all apps, each as its own app has it.
func (e *Engine) AllSaved() []*detection.SavedSearch {
	var out []*detection.SavedSearch
	seen := map[string]bool{} // an app may have several layers
	for _, a := range e.options.Apps {
		if seen[a.ID] {
			continue
		}
		seen[a.ID] = true
		for _, s := range e.app(a.ID).saved {
			if s.App == a.ID {
				out = append(out, s)
			}
		}
	}
	return out
}

// Scheduled are the searches that run by themselves.
func (s *Scheduler) Scheduled() []schedule.Key {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]schedule.Key, 0, len(s.plans))
	for k := range s.plans {
		out = append(out, k)
	}
	return out
}

// Next are the next n ticks of a search, none when it does not run by itself.
func (s *Scheduler) Next(k schedule.Key, n int) []time.Time {
	s.mu.Lock()
	plan, ok := s.plans[k]
	s.mu.Unlock()
	if !ok {
		return nil
	}
	var out []time.Time
	for t := s.queue.Next(k); !t.IsZero() && len(out) < n; t = plan.Next(t) {
		out = append(out, t)
	}
	return out
}

// History are the records of a search, the newest last.
func (s *Scheduler) History(k schedule.Key) []schedule.Record { return s.store.History(k) }

// Dispatch runs a saved search now, whether it is enabled or not, and waits for it.
func (s *Scheduler) Dispatch(ctx context.Context, k schedule.Key, d schedule.Dispatch) (schedule.Record, error) {
	s.mu.Lock()
	saved := s.saved[k]
	s.mu.Unlock()
	if saved == nil {
		return schedule.Record{}, diag.Message{Text: fmt.Sprintf("no saved search of the app %q is called %q", k.App, k.Name)}
	}
	earliest, latest := saved.Earliest, saved.Latest
	if d.Earliest != "" {
		earliest = d.Earliest
	}
	if d.Latest != "" {
		latest = d.Latest
	}
	plan, err := schedule.New("* * * * *", earliest, latest, s.engine.options.Zone)
	if err != nil {
		return schedule.Record{}, err
	}
	run, err := plan.At(d.At)
	if err != nil {
		return schedule.Record{}, err
	}
	one := *saved
	if !d.Actions {
		one.Actions, one.Risk, one.Notable, one.Suppress = nil, nil, nil, nil
	}
	sid := schedule.DispatchSID("nobody", k.App, k.Name, d.At, int(s.engine.runs.Add(1)))
	r := s.runOf(ctx, k, &one, run, sid)
	if r.Status == schedule.Failed {
		return r, errors.New(r.Reason)
	}
	return r, nil
}

// work is a scheduled run.
func (s *Scheduler) work(ctx context.Context, start schedule.Start) schedule.Record {
	key := start.Task.Key
	s.mu.Lock()
	saved := s.saved[key]
	s.mu.Unlock()
	if start.Err != nil || saved == nil {
		r := schedule.Record{At: start.Run.At, Status: schedule.Failed, Reason: "the search is gone"}
		if start.Err != nil {
			r.Reason = start.Err.Error()
		}
		return s.finish(ctx, key, saved, r, nil)
	}
	if s.o.Held != nil && s.o.Held(key) {
		return s.finish(ctx, key, saved, schedule.Record{At: start.Run.At, Status: schedule.Skipped, Reason: "a user holds it back"}, nil)
	}
	return s.runOf(ctx, key, saved, start.Run, schedule.SID("nobody", key.App, key.Name, start.Run.At, 1))
}

// runOf runs a search and does its actions.
func (s *Scheduler) runOf(ctx context.Context, key schedule.Key, saved *detection.SavedSearch, run schedule.Run, sid string) schedule.Record {
	r := schedule.Record{At: run.At, Earliest: run.Earliest, Latest: run.Latest, Started: s.clock.Now(), SID: sid, Status: schedule.Success}
	conditions := alert.Conditions{Previous: func() (int, bool) { return s.store.Count(key) }}
	var before, trial *schedule.Suppression
	if saved.Suppress != nil {
		before, trial = s.store.Suppression(key, run.At, saved.Suppress.Period)
		conditions.Fires = func(values func(string) []string) bool {
			return trial.Fires(run.At, saved.Suppress.Fields, saved.Suppress.Period, values)
		}
	}
	inner, late := s.limited(ctx)
	fired, err := s.engine.fire(inner, saved, run, sid, conditions)
	late.stop()
	r.Took = s.clock.Now().Sub(r.Started)
	switch {
	case err != nil && ctx.Err() != nil: // the program ends; the tick is run when it starts again
		r.Again = true
		return r
	case err != nil && late.is():
		err = fmt.Errorf("it took longer than %s", s.o.Time)
		fallthrough
	case err != nil:
		s.warn(diag.Message{Text: fmt.Sprintf("cannot run %q: %v", saved.Name, err), Cause: err})
		r.Status, r.Reason = schedule.Failed, err.Error()
		return s.finish(ctx, key, saved, r, nil)
	}
	return s.act(ctx, key, saved, r, fired, before, trial)
}

// act does what a run came to: first it is noted, then written, then the actions
// that reach outside are done.
func (s *Scheduler) act(ctx context.Context, key schedule.Key, saved *detection.SavedSearch, r schedule.Record, fired Fired, before, trial *schedule.Suppression) schedule.Record {
	out := &fired.Outcome
	r.Results, r.Count, r.Triggered, r.Suppressed = fired.Rows.Len, out.Count, out.Triggered, out.Suppressed
	r.Risk, r.Notables = len(out.Risk), len(out.Notables)
	acts := out.Triggered && len(saved.Actions) > 0 && (len(out.Fired) > 0 || out.Suppressed == 0)
	r.Tracked = acts && tracked(saved)
	if acts {
		r.Actions = saved.Actions
	}
	s.warn(out.Messages...)
	var added map[string]time.Time
	if trial != nil {
		added = before.Added(trial)
	}
	lasting := context.WithoutCancel(ctx) // what was begun is ended
	events := s.missing(r.SID, out.Events())
	if !acts {
		return s.finish(lasting, key, saved, r, &fired)
	}
	intent := schedule.Intent{Key: key, At: r.At, SID: r.SID, Fired: added, Count: r.Count, Results: r.Results}
	if err := s.store.Intend(intent); err != nil {
		return s.notWritten(saved, r, err)
	}
	if err := s.engine.Append(lasting, append(events, s.logged(key, saved, r))); err != nil {
		s.store.Withdraw(intent)
		return s.notWritten(saved, r, err)
	}
	done := s.engine.outside.Do(ctx, saved, alert.Run{SID: r.SID, At: event.At(r.At), Earliest: r.Earliest, Latest: r.Latest}, fired.Rows, *out)
	s.warn(done.Messages...)
	r.Actions = done.Actions
	if done.Messages.HasErrors() {
		r.Reason = done.Messages.Errors().Error()
		s.logProblem(lasting, saved, done.Messages)
	}
	if err := s.store.Done(schedule.Said{Key: key, Record: r}, added); err != nil {
		s.warnErr(err)
	}
	s.finished(fired, saved)
	return r
}

// notWritten is a run of which nothing was done since it could not be written: it is
// run again.
func (s *Scheduler) notWritten(saved *detection.SavedSearch, r schedule.Record, err error) schedule.Record {
	s.warn(diag.Message{Text: fmt.Sprintf("cannot write what %q found: %v", saved.Name, err), Cause: err, Hint: "it is run again when its schedule is continuous (realtime_schedule = 0)"})
	r.Status, r.Reason, r.Again = schedule.Failed, err.Error(), true
	return r
}

// finish writes down a run without actions.
func (s *Scheduler) finish(ctx context.Context, key schedule.Key, saved *detection.SavedSearch, r schedule.Record, fired *Fired) schedule.Record {
	s.log(ctx, s.logged(key, saved, r))
	if err := s.store.Done(schedule.Said{Key: key, Record: r}, nil); err != nil {
		s.warnErr(err)
	}
	if fired != nil {
		s.finished(*fired, saved)
	}
	return r
}

func (s *Scheduler) finished(f Fired, saved *detection.SavedSearch) {
	if s.o.Finished == nil {
		return
	}
	s.mu.Lock()
	plan := s.plans[schedule.Key{App: saved.App, Name: saved.Name}]
	s.mu.Unlock()
	s.o.Finished(f, saved, schedule.TTL(saved, plan, f.Run.At))
}

func tracked(s *detection.SavedSearch) bool {
	return s.Stanza != nil && slices.Contains([]string{"1", "true", "t", "yes"}, s.Stanza.Get("alert.track"))
}

// maxSaid is how many texts are remembered as said.
const maxSaid = 4096

// warn says what was not said yet.
func (s *Scheduler) warn(list ...diag.Message) {
	if s.o.Warn == nil {
		return
	}
	for _, m := range list {
		s.mu.Lock()
		again := s.said[m.Text]
		if len(s.said) > maxSaid {
			clear(s.said)
		}
		s.said[m.Text] = true
		s.mu.Unlock()
		if !again {
			s.o.Warn(m)
		}
	}
}

func (s *Scheduler) warnErr(err error) {
	var m diag.Message
	if !errors.As(err, &m) {
		m = diag.Message{Text: err.Error(), Cause: err}
	}
	s.warn(m)
}

// limit ends a search that takes too long by the scheduler's clock.
type limit struct {
	stop func()
	over chan struct{}
}

func (l *limit) is() bool {
	select {
	case <-l.over:
		return true
	default:
		return false
	}
}

func (s *Scheduler) limited(ctx context.Context) (context.Context, *limit) {
	inner, cancel := context.WithCancel(ctx)
	l := &limit{over: make(chan struct{})}
	waiting, end := context.WithCancel(ctx)
	done := make(chan struct{})
	until := s.clock.Now().Add(s.o.Time)
	go func() {
		defer close(done)
		if s.clock.SleepUntil(waiting, until) == nil {
			close(l.over)
			cancel()
		}
	}()
	l.stop = func() { end(); <-done; cancel() }
	return inner, l
}
