package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/clock"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

// params are what a search was asked for with, beyond the search itself.
type params struct {
	request job.Request
	// label is the saved search that it is a run of.
	label string
	// given are the parameters as they came, for who asks for them.
	given map[string]any
	now   string
	// buckets is how many a timeline may have (status_buckets); 0 is no timeline.
	buckets  int
	keep     time.Duration
	maxCount int
	maxTime  time.Duration
	// cancelAfter is how long nobody may ask for it while it runs; 0 is for ever.
	cancelAfter time.Duration
	// finalizeAfter is how many events are read at most; 0 is all.
	finalizeAfter int
	preview       bool
	priority      int
	// sink takes the rows instead of the job; nil is the job itself.
	sink func(ordered bool, b *batch.Batch, fields []string) (taken bool, err error)
}

// searchJob is one search.
type searchJob struct {
	sid, owner string
	p          params
	outline    job.Outline
	began      time.Time
	life       context.Context
	cancel     context.CancelFunc
	done       chan struct{} // closed at the end
	scanned    atomic.Int64
	sent       atomic.Int64 // rows that the sink took
	spool      *results.Spool

	mu              sync.Mutex
	result          *job.Result
	fields          []string
	messages        []message
	log             []string
	failed, final   bool
	saved           bool
	gate            chan struct{} // not nil while the job is paused
	keep            time.Duration
	priority        int
	preview         bool
	ended, touched  time.Time
	changed         time.Time
	earliest, until time.Time
	events          eventRows
}

// eventRows are the events of a search whose rows are none, once they were asked for;
// who reads them first holds once.
type eventRows struct {
	once   sync.Mutex
	rows   *results.Spool
	fields []string
}

// finalizeTime is how long a search may take to end with what it has read, before it
// is ended as it is.
const finalizeTime = 2 * time.Second

// watch is asked before each block of events that the search reads.
func (s *searchJob) watch(ctx context.Context, read int) error {
	n := s.scanned.Add(int64(read))
	for {
		s.mu.Lock()
		if s.p.finalizeAfter > 0 && n > int64(s.p.finalizeAfter) {
			s.final = true
		}
		gate, final := s.gate, s.final
		s.mu.Unlock()
		if final {
			return io.EOF
		}
		if gate == nil {
			return nil
		}
		select {
		case <-gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// pause holds the search before the next block of events.
func (s *searchJob) pause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gate == nil {
		s.gate = make(chan struct{})
	}
}

// unpause lets it go on.
func (s *searchJob) unpause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gate != nil {
		close(s.gate)
		s.gate = nil
	}
}

// finalize ends the search: its results are those of the events read so far.
func (s *searchJob) finalize() {
	s.mu.Lock()
	s.final = true
	s.mu.Unlock()
	s.unpause()
	timer := time.AfterFunc(finalizeTime, s.cancel)
	go func() {
		<-s.done
		timer.Stop()
	}()
}

// collect reads the rows to their end or to a limit. What panics in a search ends
// this one.
func (s *searchJob) collect(ctx context.Context, r *job.Result, c clock.Clock) {
	var err error
	func() {
		defer func() {
			if v := recover(); v != nil {
				err = diag.NewFault(v)
			}
		}()
		for err == nil {
			var b *batch.Batch
			if b, err = r.Rows.Next(ctx); err == nil {
				err = s.add(b, r.Rows.Fields())
			}
		}
	}()
	_ = r.Rows.Close() // it was read to where it is of use
	s.end(r, err, c.Now())
}

// end notes how a search ended.
func (s *searchJob) end(r *job.Result, err error, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fields, s.messages = r.Rows.Fields(), append(s.messages, messagesOf(r.Messages())...)
	var fault *diag.Fault
	switch {
	case errors.Is(err, io.EOF), s.final && errors.Is(err, context.Canceled):
	case errors.Is(err, errEnough):
		s.say("WARN", err.Error())
	case errors.Is(err, context.DeadlineExceeded):
		s.failed = true
		s.say("FATAL", "the search took longer than it may: "+s.timeLimit().String())
	case errors.As(err, &fault):
		s.failed = true
		id := newGUID()
		s.say("FATAL", fmt.Sprintf("%v (id %s: search.log says where)", fault, string(id)))
		s.log = append(s.log, "fault "+string(id)+": "+string(fault.Stack))
	default:
		s.failed = true
		s.say("FATAL", err.Error())
	}
	s.ended, s.touched, s.changed = now, now, now
	close(s.done)
}

func (s *searchJob) say(kind, text string) {
	s.messages = append(s.messages, message{Type: kind, Text: text})
}

// timeLimit is how long the search may take.
func (s *searchJob) timeLimit() time.Duration {
	if s.p.maxTime > 0 {
		return min(searchTime, s.p.maxTime)
	}
	return searchTime
}

// errEnough ends the collecting of rows.
var errEnough = errors.New("the results were cut")

// add keeps rows as long as there is room for them.
func (s *searchJob) add(b *batch.Batch, fields []string) error {
	limit := maxRows
	if s.p.maxCount > 0 {
		limit = min(limit, s.p.maxCount)
	}
	if s.p.sink != nil {
		if taken, err := s.p.sink(s.result.Ordered, b, fields); taken || err != nil {
			s.sent.Add(int64(b.Len))
			return err
		}
	}
	had := s.spool.Len()
	b = b.Slice(0, min(b.Len, limit-had))
	if err := s.spool.Add(b); err != nil {
		return err
	}
	s.mu.Lock()
	s.fields = fields
	s.mu.Unlock()
	size, _ := s.spool.Size()
	switch {
	case had+b.Len >= limit:
		return fmt.Errorf("%w after %d rows", errEnough, limit)
	case size >= maxJobSize:
		return fmt.Errorf("%w after %d rows, which take %d MiB", errEnough, had+b.Len, maxJobSize>>20)
	}
	return nil
}

// close drops the rows.
func (s *searchJob) close() {
	s.cancel()
	_ = s.spool.Close() // the folder is emptied at the next start
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.events.rows != nil {
		_ = s.events.rows.Close()
	}
}

// epoch is a time as a job tells it, 0 for no bound.
func epoch(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return event.At(t).String()
}
