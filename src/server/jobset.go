package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/schedule"
)

// Limits of searches.
const (
	maxRunning     = 8
	maxRunningUser = 6       // of one user's
	maxJobs        = 200     // kept; the oldest that has ended goes
	maxRows        = 500_000 // of one job
	maxJobSize     = 2 << 30 // of the rows of one job, packed
	jobMemory      = 512 << 10
	searchTime     = 10 * time.Minute
	keepTime       = 10 * time.Minute // of a job that nobody asks for
	maxKeep        = 7 * 24 * time.Hour
)

// errCrowded: no further search may run now.
var errCrowded = errors.New("too many searches run at once")

// jobs are the searches that run or have run. Rows beyond a job's share of memory are
// in files in dir, which is emptied at the start.
type jobs struct {
	runner job.Runner
	clock  clock.Clock
	dir    string
	life   context.Context
	stop   context.CancelFunc
	ran    sync.WaitGroup

	mu      sync.Mutex
	running map[string]int // by user
	count   int
	bySID   map[string]*searchJob
	order   []*searchJob // by when they began
}

func newJobs(r job.Runner, c clock.Clock, dir string) *jobs {
	j := &jobs{runner: r, clock: c, dir: dir, bySID: map[string]*searchJob{}, running: map[string]int{}}
	j.life, j.stop = context.WithCancel(context.Background())
	if dir != "" {
		old, _ := filepath.Glob(filepath.Join(dir, "rows-*"))
		for _, file := range old {
			_ = os.Remove(file) // of a server that was killed; what stays is a file of its own
		}
	}
	return j
}

// close ends all searches, waits until they stand still, or ctx ends, and drops their
// rows.
func (j *jobs) close(ctx context.Context) error {
	j.mu.Lock()
	j.stop()
	j.mu.Unlock()
	done := make(chan struct{})
	go func() { j.ran.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	for _, s := range j.list() {
		s.close()
	}
	return nil
}

// start begins a search. The error is errCrowded, or the search's own.
func (j *jobs) start(p params, owner string) (s *searchJob, err error) {
	if s, err = j.enter(&p, owner); err != nil {
		return nil, err
	}
	defer func() {
		if v := recover(); v != nil {
			s, err = j.broken(s, diag.NewFault(v)), nil
		}
	}()
	if o, ok := j.runner.(job.Outliner); ok {
		s.outline, err = o.Outline(p.request)
	}
	var result *job.Result
	if err == nil {
		result, err = j.runner.Run(s.life, p.request)
	}
	if err != nil {
		j.forget(s)
		j.leave(s)
		return nil, err
	}
	s.mu.Lock()
	s.result, s.earliest, s.until = result, result.Earliest, result.Latest
	s.mu.Unlock()
	go func() {
		defer j.leave(s)
		defer s.cancel()
		s.collect(s.life, result, j.clock)
	}()
	return s, nil
}

// broken is a job whose search panicked before it had rows.
func (j *jobs) broken(s *searchJob, fault error) *searchJob {
	s.end(&job.Result{Rows: results.Rows(), Messages: func() []diag.Message { return nil }}, fault, j.clock.Now())
	j.leave(s)
	return s
}

// enter takes a place among those that run and a search id.
func (j *jobs) enter(p *params, owner string) (*searchJob, error) {
	now := j.clock.Now()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sweep(now)
	total := 0
	for _, n := range j.running {
		total += n
	}
	if total >= maxRunning || j.running[owner] >= maxRunningUser || j.life.Err() != nil {
		return nil, errCrowded
	}
	s, err := j.make(p, owner, now)
	if err != nil {
		return nil, err
	}
	j.running[owner]++
	j.ran.Add(1) // under the lock that close takes before it waits
	return s, nil
}

// make makes a job of a search id that is free.
func (j *jobs) make(p *params, owner string, now time.Time) (*searchJob, error) {
	if p.request.SID == "" {
		j.count++
		p.request.SID = fmt.Sprintf("%d.%d", now.Unix(), j.count)
		if p.label != "" {
			p.request.SID = schedule.DispatchSID(owner, p.request.App, p.label, now, j.count)
		}
	}
	if j.bySID[p.request.SID] != nil {
		return nil, diag.Message{Text: fmt.Sprintf("there is a search job %q already", p.request.SID)}
	}
	s := &searchJob{
		sid: p.request.SID, owner: owner, p: *p, began: now, touched: now, changed: now, keep: p.keep, priority: p.priority, preview: p.preview,
		done: make(chan struct{}), spool: results.NewSpool(j.dir, jobMemory),
	}
	s.life, s.cancel = context.WithTimeout(j.life, s.timeLimit())
	p.request.Watch = s.watch
	j.bySID[s.sid] = s
	j.order = append(j.order, s)
	return s, nil
}

func (j *jobs) leave(s *searchJob) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.running[s.owner]--; j.running[s.owner] == 0 {
		delete(j.running, s.owner)
	}
	j.ran.Done()
}

// sweep forgets jobs that have ended and that nobody asked for, those that run for
// nobody, and the oldest when there are too many.
func (j *jobs) sweep(now time.Time) {
	over := len(j.order) - maxJobs + 1
	for _, s := range slices.Clone(j.order) {
		s.mu.Lock()
		idle, ended := now.Sub(s.touched), !s.ended.IsZero()
		gone := ended && (over > 0 && !s.saved || idle > s.keep) || !ended && s.p.cancelAfter > 0 && idle > s.p.cancelAfter
		s.mu.Unlock()
		if gone {
			over--
			j.drop(s)
		}
	}
}

// drop forgets a job with its rows; the lock is held.
func (j *jobs) drop(s *searchJob) {
	if j.bySID[s.sid] == s {
		delete(j.bySID, s.sid)
	}
	j.order = slices.DeleteFunc(j.order, func(other *searchJob) bool { return other == s })
	s.close()
}

func (j *jobs) find(sid string) *searchJob {
	now := j.clock.Now()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sweep(now)
	s := j.bySID[sid]
	if s != nil {
		s.mu.Lock()
		s.touched = now
		s.mu.Unlock()
	}
	return s
}

// forget ends a job and drops it with its rows.
func (j *jobs) forget(s *searchJob) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.drop(s)
}

func (j *jobs) list() []*searchJob {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.order)
}
