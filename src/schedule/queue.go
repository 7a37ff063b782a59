package schedule

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

const (
	// lookback is how far back missed ticks of continuous searches are caught up:
	// Splunk's max_continuous_scheduled_search_lookback.
	lookback = 24 * time.Hour
	// patience is how long a search that reads what others write waits for them.
	patience = 5 * time.Minute
	// again is how long after a run that could not be written down it is tried
	// once more.
	again = 30 * time.Second
	// grace is how late a real-time search without a window may start after a
	// stop.
	grace = time.Minute
)

// Queue decides what starts when. It is used by one goroutine at a time.
type Queue struct {
	// Slots is how many searches may run at once.
	Slots int
	// Skewed: searches start late by their allow_skew even when there is room.
	Skewed bool

	running int
	entries []*entry
	byKey   map[Key]*entry
}

// Start is a run that is due.
type Start struct {
	Task Task
	Run  Run
	// Err is set when the window cannot be computed.
	Err error
}

// entry is a task with where it stands.
type entry struct {
	task Task
	// next is the tick that is to run next; zero when there is none.
	next      time.Time
	notBefore time.Time
	running   []time.Time // ticks
	// deferred is why next waits, "" when it does not; since is when it could
	// have started first.
	deferred string
	since    time.Time
	// began is when the last run started.
	began time.Time
}

// Set replaces the tasks. One that is new starts with the first tick at or after
// now; one that is known goes on, unless its schedule changed. last tells the last
// tick of a task that ran before, the zero time of one that did not: those are the
// fresh ones.
func (q *Queue) Set(now time.Time, tasks []Task, last func(Key) time.Time) (said []Said, fresh []Key) {
	old := q.byKey
	q.byKey, q.entries = map[Key]*entry{}, nil
	for _, t := range tasks {
		e := old[t.Key]
		if e == nil {
			e = &entry{task: t}
			before := last(t.Key)
			if before.IsZero() {
				fresh = append(fresh, t.Key)
			}
			said = append(said, e.resume(now, before)...)
		} else if !e.task.Plan.same(t.Plan) {
			e.next, e.deferred = firstFrom(t.Plan, now), ""
		}
		e.task = t
		q.byKey[t.Key] = e
		q.entries = append(q.entries, e)
	}
	return said, fresh
}

// firstFrom is the first tick at or after a moment.
func firstFrom(p Plan, t time.Time) time.Time { return p.Next(t.Add(-1)) }

// resume goes on after a stop: behind the last tick that was run. Ticks of
// real-time searches that are too old to start are left out.
func (e *entry) resume(now, last time.Time) []Said {
	if last.IsZero() {
		e.next = firstFrom(e.task.Plan, now)
		return nil
	}
	e.next = e.task.Plan.Next(last)
	if e.task.Continuous {
		return nil
	}
	return e.skipTo(firstFrom(e.task.Plan, now.Add(-max(e.task.Window, grace))), "the scheduler did not run")
}

// skipTo leaves out the ticks before another.
func (e *entry) skipTo(to time.Time, why string) []Said {
	if e.next.IsZero() || to.IsZero() || !e.next.Before(to) {
		return nil
	}
	missed, last := 0, e.next
	for t := e.next; !t.IsZero() && t.Before(to) && missed < maxTicks; t = e.task.Plan.Next(t) {
		missed, last = missed+1, t
	}
	e.next, e.deferred, e.since = to, "", time.Time{}
	return []Said{{e.task.Key, Record{At: last, Missed: missed, Status: Skipped, Reason: why}}}
}

// Due is what starts now, and what there is to say of searches that do not. Each
// Start is followed by an Ended.
func (q *Queue) Due(now time.Time) (starts []Start, said []Said) {
	var ready []*entry
	for _, e := range q.entries {
		said = append(said, e.advance(now)...)
		if q.due(e, now) {
			if e.since.IsZero() {
				e.since = now
			}
			ready = append(ready, e)
		}
	}
	slices.SortStableFunc(ready, before)
	first := q.firstOfOthers(ready)
	for _, e := range ready {
		why := q.waits(e, now, first)
		if why == "" {
			starts = append(starts, e.start(now))
			q.running++
			continue
		}
		if e.deferred == "" {
			e.deferred = why
			if why != waitsForOthers && !(why == noSecond && e.catchesUp()) {
				said = append(said, Said{e.task.Key, Record{At: e.next, Status: Deferred, Reason: why}})
			}
		}
	}
	return starts, said
}

// before orders what is due: Splunk's tiers, then ticks, then those that others
// read, then the shorter windows.
func before(a, b *entry) int {
	return cmp.Or(
		cmp.Compare(b.tier(), a.tier()), a.next.Compare(b.next), cmp.Compare(number(a.task.After), number(b.task.After)),
		cmp.Compare(a.slack(), b.slack()), strings.Compare(a.task.App, b.task.App), strings.Compare(a.task.Name, b.task.Name),
	)
}

// tier is the place of a search in Splunk's order: real time highest, continuous
// highest, real time higher, real time, continuous higher, continuous.
func (e *entry) tier() int {
	if e.task.Continuous {
		return [...]int{0, 1, 4}[e.task.Priority]
	}
	return [...]int{2, 3, 5}[e.task.Priority]
}

// slack is how long the search says it can wait.
func (e *entry) slack() time.Duration {
	if e.task.Window == AutoWindow {
		return 1<<63 - 1
	}
	return max(e.task.Window, e.task.Skew.Most)
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

const (
	waitsForOthers = "waits for the searches whose results it reads"
	noSlot         = "The maximum number of concurrent historical scheduled searches on this instance has been reached"
	noSecond       = "The maximum number of concurrent running jobs for this historical scheduled search on this instance has been reached"
)

// waits says why a search that is due does not start, "" when it does.
func (q *Queue) waits(e *entry, now time.Time, first time.Time) string {
	switch {
	case len(e.running) >= e.concurrent():
		return noSecond
	case e.task.After && !first.IsZero() && !first.After(e.next) && now.Sub(e.since) < patience:
		return waitsForOthers
	case q.running >= max(q.Slots, 1):
		return noSlot
	}
	return ""
}

func (e *entry) concurrent() int {
	if e.task.Continuous {
		return 1
	}
	return max(e.task.Concurrent, 1)
}

// firstOfOthers is the first tick of those that run or are due and that others
// wait for.
func (q *Queue) firstOfOthers(ready []*entry) time.Time {
	var first time.Time
	note := func(t time.Time) {
		if first.IsZero() || t.Before(first) {
			first = t
		}
	}
	for _, e := range q.entries {
		if !e.task.After {
			for _, t := range e.running {
				note(t)
			}
		}
	}
	for _, e := range ready {
		if !e.task.After {
			note(e.next)
		}
	}
	return first
}

// advance leaves out ticks that are not to be run: of real-time searches all but
// the newest, of continuous ones those that are too long ago.
func (e *entry) advance(now time.Time) []Said {
	if e.next.IsZero() || e.next.After(now) {
		return nil
	}
	if e.task.Continuous {
		return e.skipTo(firstFrom(e.task.Plan, now.Add(-lookback)), "it is longer ago than missed runs are caught up")
	}
	newest := e.task.Plan.cron.Prev(now.In(e.task.Plan.zone))
	return e.skipTo(newest, cmp.Or(e.deferred, "the scheduler was late"))
}

func (q *Queue) due(e *entry, now time.Time) bool {
	return !e.next.IsZero() && !q.dueAt(e).After(now)
}

// dueAt is when the next tick may start.
func (q *Queue) dueAt(e *entry) time.Time {
	at := e.next
	if q.Skewed {
		at = at.Add(e.task.late(e.next))
	}
	if e.notBefore.After(at) {
		return e.notBefore
	}
	return at
}

// catchesUp tells that the next tick was due already when the run before it began.
func (e *entry) catchesUp() bool { return e.task.Continuous && !e.next.After(e.began) }

func (e *entry) start(now time.Time) Start {
	s := Start{Task: e.task}
	e.began = now
	s.Run, s.Err = e.task.Plan.At(e.next)
	e.running = append(e.running, e.next)
	e.next = e.task.Plan.Next(e.next)
	e.deferred, e.since, e.notBefore = "", time.Time{}, time.Time{}
	return s
}

// Ended tells that a run has ended; with once more the tick is due again, a little
// later.
func (q *Queue) Ended(now time.Time, s Start, onceMore bool) {
	q.running--
	e := q.byKey[s.Task.Key]
	if e == nil {
		return
	}
	if i := slices.IndexFunc(e.running, s.Run.At.Equal); i >= 0 {
		e.running = slices.Delete(e.running, i, i+1)
	}
	if onceMore {
		e.next, e.notBefore = s.Run.At, now.Add(again)
	}
}

// Wake is the next moment at which something may be due that is not due now: the
// zero time when only the end of a run can change anything.
func (q *Queue) Wake(now time.Time) time.Time {
	var first time.Time
	for _, e := range q.entries {
		at := q.dueAt(e)
		switch {
		case e.next.IsZero():
			continue
		case !at.After(now) && e.deferred == waitsForOthers:
			at = e.since.Add(patience)
		}
		if at.After(now) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// Next is the tick that a search runs at next, the zero time when it is not known or
// does not run.
func (q *Queue) Next(k Key) time.Time {
	if e := q.byKey[k]; e != nil {
		return e.next
	}
	return time.Time{}
}
