package scp

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

// job is a part of a chunk on its way through a command.
type job struct {
	rows Rows
	out  *Writer
	err  error
}

// rows lets the command work on a body, part by part, while it arrives. What is
// written is appended to writers in the order of the rows.
func (s *session) rows(src io.Reader, writers *[]*Writer) error {
	if s.plan.Generating != nil {
		out := s.writer()
		*writers = append(*writers, out)
		err := s.guard(func() error { return s.plan.Generating.Generate(out) })
		if bad := out.flush(); bad != nil {
			return bad
		}
		return err
	}
	p := &parts{src: src, limit: s.limits.Row, pool: &s.parts, known: s.header, lenient: s.lenient}
	err := s.work(p, writers)
	if p.header != nil {
		s.header = p.header
	}
	return err
}

// work hands parts to as many goroutines as the command allows. The first part
// is kept back until there is a second: small chunks are treated on the spot.
func (s *session) work(p *parts, writers *[]*Writer) error {
	var jobs []*job
	var queue chan *job
	var running sync.WaitGroup
	var over atomic.Bool
	workers := s.workers
	if s.plan.Streaming == nil {
		workers = 1
	}
	var first *job
	var readErr error
	for {
		body, err := p.next()
		if err != nil {
			if err != io.EOF {
				readErr = err
			}
			break
		}
		j := s.job(p.header, body)
		jobs = append(jobs, j)
		if len(jobs) == 1 {
			first = j
			continue
		}
		if queue == nil {
			queue = make(chan *job, 2*workers)
			for range workers {
				running.Go(func() {
					for j := range queue {
						s.run(j, &over)
					}
				})
			}
			queue <- first
		}
		queue <- j
	}
	if queue != nil {
		close(queue)
		running.Wait()
	} else if first != nil && readErr == nil {
		s.run(first, &over)
	}
	return s.collect(jobs, readErr, writers)
}

// collect takes what jobs wrote, up to the first that failed or was done.
func (s *session) collect(jobs []*job, readErr error, writers *[]*Writer) error {
	before := 0
	for _, j := range jobs {
		var bad *RowError
		if errors.As(j.err, &bad) {
			bad.Row += before
		}
		before += j.rows.read
		s.process.In += int64(j.rows.read)
		if j.err == nil || errors.Is(j.err, ErrDone) {
			*writers = append(*writers, j.out)
		}
		if j.err != nil {
			return j.err
		}
	}
	return readErr
}

func (s *session) job(h *Header, body []byte) *job {
	j := &job{out: s.writer()}
	j.rows.reset(h, body)
	return j
}

// run lets the command work on a part, and gives its memory back. After a
// failure, or when the command is done, it sees no more.
func (s *session) run(j *job, over *atomic.Bool) {
	defer func() {
		s.parts.put(j.rows.body)
		j.rows.body = nil
		if j.err != nil {
			over.Store(true)
		}
	}()
	if over.Load() && s.plan.Streaming == nil {
		return
	}
	j.err = s.guard(func() error { return s.treat(&j.rows, j.out) })
	if j.rows.err != nil {
		j.err = j.rows.err // a row that cannot be read comes before what followed from it
	}
	if bad := j.out.flush(); j.err == nil {
		j.err = bad
	}
}

func (s *session) treat(in *Rows, out *Writer) error {
	switch p := &s.plan; {
	case p.Streaming != nil:
		return p.Streaming.Process(in, out)
	case p.Stateful != nil:
		return p.Stateful.Process(in, out)
	case p.Reporting != nil:
		return p.Reporting.Add(in)
	}
	all := s.all()
	for in.Next() {
		if err := all.Add(in); err != nil {
			return err
		}
	}
	return nil
}
