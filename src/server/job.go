package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/clock"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/job"
)

// Limits of searches.
const (
	maxRunning = 8
	maxJobs    = 100     // kept; the oldest that has ended goes
	maxRows    = 500_000 // of one job
	searchTime = 10 * time.Minute
	keepTime   = 10 * time.Minute // of a job that nobody asks for
	maxKeep    = 24 * time.Hour
)

// errCrowded: no further search may run now.
var errCrowded = errors.New("too many searches run at once")

// jobs are the searches that run or have run.
type jobs struct {
	runner job.Runner
	clock  clock.Clock
	life   context.Context
	end    context.CancelFunc
	ran    sync.WaitGroup

	mu      sync.Mutex
	running int
	count   int
	bySID   map[string]*searchJob
	order   []*searchJob // by when they began
}

func newJobs(r job.Runner, c clock.Clock) *jobs {
	j := &jobs{runner: r, clock: c, bySID: map[string]*searchJob{}}
	j.life, j.end = context.WithCancel(context.Background())
	return j
}

// close ends all searches and waits until they stand still, or ctx ends.
func (j *jobs) close(ctx context.Context) error {
	j.mu.Lock()
	j.end()
	j.mu.Unlock()
	done := make(chan struct{})
	go func() { j.ran.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// searchJob is one search.
type searchJob struct {
	sid, search, app string
	began            time.Time
	keep             time.Duration
	life             context.Context
	cancel           context.CancelFunc
	done             chan struct{} // closed at the end

	mu              sync.Mutex
	result          *job.Result
	rows            []*batch.Batch
	count           int
	fields          []string
	messages        []message
	failed, final   bool
	ended, touched  time.Time
	earliest, until time.Time
}

// start begins a search. The error is errCrowded, or the search's own.
func (j *jobs) start(r job.Request, keep time.Duration) (*searchJob, error) {
	s, err := j.enter(&r, keep)
	if err != nil {
		return nil, err
	}
	result, err := j.runner.Run(s.life, r)
	if err != nil {
		j.forget(s)
		j.leave()
		return nil, err
	}
	s.mu.Lock()
	s.result, s.earliest, s.until = result, result.Earliest, result.Latest
	s.mu.Unlock()
	go func() {
		defer j.leave()
		defer s.cancel()
		s.collect(s.life, result, j.clock)
	}()
	return s, nil
}

// enter takes a place among those that run and a search id.
func (j *jobs) enter(r *job.Request, keep time.Duration) (*searchJob, error) {
	now := j.clock.Now()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sweep(now)
	if j.running >= maxRunning || j.life.Err() != nil {
		return nil, errCrowded
	}
	if r.SID == "" {
		j.count++
		r.SID = fmt.Sprintf("%d.%d", now.Unix(), j.count)
	}
	if j.bySID[r.SID] != nil {
		return nil, diag.Message{Text: fmt.Sprintf("there is a search job %q already", r.SID)}
	}
	s := &searchJob{sid: r.SID, search: r.Search, app: r.App, began: now, touched: now, keep: keep, done: make(chan struct{})}
	s.life, s.cancel = context.WithTimeout(j.life, searchTime)
	j.bySID[s.sid] = s
	j.order = append(j.order, s)
	j.running++
	j.ran.Add(1) // under the lock that close takes before it waits
	return s, nil
}

func (j *jobs) leave() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.running--
	j.ran.Done()
}

// sweep forgets jobs that have ended and that nobody asked for, and the oldest when
// there are too many.
func (j *jobs) sweep(now time.Time) {
	kept := j.order[:0]
	over := len(j.order) - maxJobs + 1
	for _, s := range j.order {
		s.mu.Lock()
		gone := !s.ended.IsZero() && (over > 0 || now.Sub(s.touched) > s.keep)
		s.mu.Unlock()
		if gone {
			over--
			delete(j.bySID, s.sid)
			continue
		}
		kept = append(kept, s)
	}
	clear(j.order[len(kept):])
	j.order = kept
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
	s.cancel()
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.bySID, s.sid)
	for i := range j.order {
		if j.order[i] == s {
			j.order = append(j.order[:i], j.order[i+1:]...)
			break
		}
	}
}

func (j *jobs) list() []*searchJob {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]*searchJob(nil), j.order...)
}

// collect reads the rows to their end or to the limit.
func (s *searchJob) collect(ctx context.Context, r *job.Result, c clock.Clock) {
	var err error
	for err == nil {
		var b *batch.Batch
		if b, err = r.Rows.Next(ctx); err == nil {
			err = s.add(b, r.Rows.Fields())
		}
	}
	_ = r.Rows.Close() // it was read to where it is of use
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fields, s.messages = r.Rows.Fields(), messagesOf(r.Messages())
	switch {
	case errors.Is(err, io.EOF), s.final:
	case errors.Is(err, errEnough):
		s.messages = append(s.messages, message{"WARN", fmt.Sprintf("the results were cut after %d rows", maxRows)})
	case errors.Is(err, context.DeadlineExceeded):
		s.failed = true
		s.messages = append(s.messages, message{"FATAL", fmt.Sprintf("the search took longer than %s", searchTime)})
	default:
		s.failed = true
		s.messages = append(s.messages, message{"FATAL", err.Error()})
	}
	s.ended = c.Now()
	s.touched = s.ended
	close(s.done)
}

var errEnough = errors.New("there are enough rows")

func (s *searchJob) add(b *batch.Batch, fields []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b = b.Slice(0, min(b.Len, maxRows-s.count))
	s.rows, s.count, s.fields = append(s.rows, b), s.count+b.Len, fields
	if s.count >= maxRows {
		return errEnough
	}
	return nil
}

// finalize ends the search; the rows so far are its results.
func (s *searchJob) finalize() {
	s.mu.Lock()
	s.final = true
	s.mu.Unlock()
	s.cancel()
}

// epoch is a time as a job tells it, 0 for no bound.
func epoch(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return event.At(t).String()
}
