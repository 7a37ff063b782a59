package schedule

import (
	"context"
	"sync"
	"time"

	"riskreplay/src/clock"
)

// Options are what a Scheduler goes by.
type Options struct {
	Clock clock.Clock
	// Slots is how many searches may run at once; 0 is one.
	Slots int
	// Skewed: searches start late by their allow_skew even when there is room.
	Skewed bool
	// Store is what it remembers in; nil is one in memory. Who opened it closes it.
	Store *Store
	// Work runs a search and does its actions. It is called in goroutines of its
	// own; the context ends it.
	Work func(ctx context.Context, s Start) Record
	// Say is told of runs that do not start: skipped and deferred. It may be nil.
	Say func(Said)
}

// Scheduler starts saved searches when they are due. Safe for concurrent use.
type Scheduler struct {
	o  Options
	wg sync.WaitGroup

	mu    sync.Mutex
	queue Queue
	// nudge is closed and replaced when something changed that who sleeps has to
	// know; busy counts the runs.
	nudge chan struct{}
	busy  int
}

// NewScheduler makes a scheduler without tasks.
func NewScheduler(o Options) *Scheduler {
	if o.Store == nil {
		o.Store, _ = OpenStore("") // in memory nothing goes wrong
	}
	return &Scheduler{o: o, queue: Queue{Slots: max(o.Slots, 1), Skewed: o.Skewed}, nudge: make(chan struct{})}
}

// Store is what it remembers in.
func (s *Scheduler) Store() *Store { return s.o.Store }

// SetTasks replaces the tasks: those that are known go on.
func (s *Scheduler) SetTasks(tasks []Task) error {
	s.mu.Lock()
	now := s.o.Clock.Now()
	said, fresh := s.queue.Set(now, tasks, s.o.Store.Last)
	s.changed()
	s.mu.Unlock()
	if err := s.o.Store.See(fresh, now.Add(-1)); err != nil { // a tick at this very moment is still to run
		return err
	}
	return s.say(said)
}

// changed wakes who sleeps; the caller holds mu.
func (s *Scheduler) changed() {
	close(s.nudge)
	s.nudge = make(chan struct{})
}

// say tells of runs that do not start and writes them down.
func (s *Scheduler) say(said []Said) error {
	var failed error
	for _, r := range said {
		if err := s.o.Store.Done(r, nil); err != nil {
			failed = err
		}
		if s.o.Say != nil {
			s.o.Say(r)
		}
	}
	return failed
}

// Next is the tick that a search runs at next, the zero time when it does not run.
func (s *Scheduler) Next(k Key) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.Next(k)
}

// pause is how long the scheduler sleeps at most: a clock that jumps is noticed
// then.
const pause = 20 * time.Second

// Run starts what is due until the context ends, and returns when nothing runs any
// more. The error is that of the store: what it cannot write down does not stop the
// scheduler, and is the last one's.
func (s *Scheduler) Run(ctx context.Context) error {
	var failed error
	for ctx.Err() == nil {
		now := s.o.Clock.Now()
		wake, nudge, _, err := s.turn(ctx, now)
		if err != nil {
			failed = err
		}
		if late := now.Add(pause); wake.IsZero() || wake.After(late) {
			wake = late
		}
		s.sleep(ctx, wake, nudge)
	}
	s.wg.Wait()
	return failed
}

// Sweep starts what is due at the clock's moment and returns when nothing is due or
// runs any more: what a benchmark, a test and a run over the past need.
func (s *Scheduler) Sweep(ctx context.Context) error {
	for ctx.Err() == nil {
		_, nudge, busy, err := s.turn(ctx, s.o.Clock.Now())
		if err != nil || busy == 0 {
			s.wg.Wait()
			return err
		}
		select {
		case <-nudge:
		case <-ctx.Done():
		}
	}
	s.wg.Wait()
	return ctx.Err()
}

// turn starts what is due. It gives the moment to look again, what is closed when
// that is to be sooner, and how many runs there were then.
func (s *Scheduler) turn(ctx context.Context, now time.Time) (wake time.Time, nudge <-chan struct{}, busy int, err error) {
	s.mu.Lock()
	starts, said := s.queue.Due(now)
	wake, nudge = s.queue.Wake(now), s.nudge
	s.busy += len(starts)
	busy = s.busy
	s.mu.Unlock()
	err = s.say(said)
	for _, start := range starts {
		s.wg.Go(func() { s.work(ctx, start) })
	}
	return wake, nudge, busy, err
}

func (s *Scheduler) work(ctx context.Context, start Start) {
	record := s.o.Work(ctx, start)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.Ended(s.o.Clock.Now(), start, record.Again)
	s.busy--
	s.changed()
}

func (s *Scheduler) sleep(ctx context.Context, until time.Time, nudge <-chan struct{}) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-nudge:
			stop()
		case <-ctx.Done():
		}
	}()
	_ = s.o.Clock.SleepUntil(ctx, until) // why it ended is looked at by who calls
	stop()
	<-done
}
