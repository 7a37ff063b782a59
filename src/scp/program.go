package scp

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"
)

// maxWorkers is how many goroutines work on one chunk: splunkd starts many
// processes at once, and one should not take the machine.
const maxWorkers = 4

// Program is a process that splunkd started for a command. Main makes one of the
// process's own streams; tests make theirs.
type Program struct {
	Command Command
	// In and Out are the protocol's streams. Out gets some 100 KiB at a time.
	In  io.Reader
	Out io.Writer
	// Stderr gets the stacks of panics when there is no log file, nothing else.
	Stderr io.Writer
	// Getenv gives the environment, which says where logs and recordings go.
	Getenv func(name string) string
	// Now is the time, for metrics and the log; nil leaves metrics out.
	Now func() time.Time
	// Workers is how many goroutines work on a chunk of a Streaming command; 0
	// takes the number of processors, at most 4.
	Workers int
	// Memory is how many bytes of rows are kept in memory before they go to disk:
	// 512 MiB when it is 0.
	Memory int64
	Limits Limits
}

// Run has the conversation and gives the exit code: 0 when it came to an end,
// with an error reply too, and when the other side went away between chunks or
// while it was answered; 1 when the stream ended inside a chunk.
func (p *Program) Run() int {
	s := p.session()
	defer func() { _ = s.spill.close() }() // nothing is left to tell
	in, out, rec := p.streams(s)
	defer rec.close()
	c := &conversation{session: s, in: newFrames(in, p.Limits), out: out}
	return c.run()
}

func (p *Program) session() *session {
	getenv := p.Getenv
	if getenv == nil {
		getenv = func(string) string { return "" }
	}
	stderr := p.Stderr
	if stderr == nil {
		stderr = io.Discard
	}
	s := &session{
		command: &p.Command, info: &Info{}, spill: newSpill(p.Memory, ""), messages: &Messages{},
		log: newJournal(p.Command.Name, getenv, stderr, p.Now), limits: p.Limits.withDefaults(),
		workers: p.Workers, now: p.Now, parts: buffers{size: partSize},
	}
	if s.workers <= 0 {
		s.workers = min(runtime.GOMAXPROCS(0), maxWorkers)
	}
	return s
}

// conversation is the program's side of the protocol: a request, its reply.
type conversation struct {
	session *session
	in      *frames
	out     io.Writer
	started bool
}

func (c *conversation) run() int {
	for {
		metadata, err := c.in.next()
		if err == io.EOF {
			return 0
		}
		finished := false
		if err == nil {
			finished, err = c.serve(metadata)
		}
		if err == nil && !finished {
			continue
		}
		if err == nil || gone(err) {
			return 0
		}
		_, _ = io.Copy(io.Discard, c.in) // the request comes first, whatever is wrong with it
		if bad := c.reply(c.session.failure(err), nil); bad != nil && !gone(bad) {
			return 1
		}
		if errors.Is(err, ErrTruncated) {
			return 1
		}
		return 0
	}
}

// serve answers one request. finished tells that the command has nothing more to
// do; an error is still to be told.
func (c *conversation) serve(metadata []byte) (finished bool, err error) {
	r, err := parseRequest(metadata)
	if err != nil {
		return false, c.in.failed(err, "")
	}
	switch {
	case r.Action == "getinfo" && !c.started:
		c.started = true
		if _, err := io.Copy(io.Discard, c.in); err != nil {
			return false, err
		}
		a := c.session.start(r)
		return a.Finished, c.reply(a, nil)
	case r.Action == "getinfo":
		return false, errors.New("getinfo came a second time")
	case r.Action == "execute" && !c.started:
		return false, errors.New("execute came before getinfo")
	case r.Action == "execute":
		a, rows, err := c.session.execute(c.in, r.Finished)
		if err != nil {
			return false, err
		}
		return c.session.done, c.reply(a, rows)
	}
	return false, fmt.Errorf("unknown action %q: expected getinfo or execute", r.Action)
}

// reply writes a chunk, whose size is known. The other side's going away is told
// as an error that gone knows.
func (c *conversation) reply(a *answer, rows *reply) error {
	s := c.session
	began := s.clock()
	if rows == nil {
		rows = &reply{}
	}
	metadata := a.encode()
	err := rows.write(c.out, append(appendFrame(nil, len(metadata), rows.length), metadata...), s.spill)
	s.write.add(began, s.clock(), 0, rows.rows)
	if err != nil {
		return &writeError{err}
	}
	return nil
}

// writeError is a reply that could not be written.
type writeError struct{ err error }

func (e *writeError) Error() string { return "cannot write a reply: " + e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

// gone tells that the other side does not listen any more: a search that was
// ended early, which is no error.
func gone(err error) bool {
	var w *writeError
	return errors.As(err, &w) && (brokenPipe(err) || errors.Is(err, io.ErrClosedPipe))
}
