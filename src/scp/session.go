package scp

import (
	"errors"
	"fmt"
	"io"
	"time"

	"riskreplay/src/diag"
)

// session is one conversation: getinfo, then chunks of rows.
type session struct {
	command  *Command
	info     *Info
	plan     Plan
	spill    *spill
	messages *Messages
	log      *journal
	limits   Limits
	workers  int
	now      func() time.Time

	header  *Header // of the chunk before
	parts   buffers
	spool   *Spool // all rows of an Events command
	lenient bool   // rows are not splunkd's
	done    bool   // the command needs no more rows

	process, write Metric
}

// start answers getinfo.
func (s *session) start(r *request) *answer {
	s.info = r.info()
	s.info.spill = s.spill
	args, problems := s.command.Parse(s.info)
	if !problems.HasErrors() {
		var more diag.List
		err := s.guard(func() error {
			s.plan, more = s.command.Setup(s.info, args)
			return nil
		})
		if err != nil {
			return s.failure(err)
		}
		problems = append(problems, more...)
	}
	for _, m := range problems {
		if m.Severity != diag.Error {
			s.messages.Add(level(m.Severity), sentence(m))
		}
	}
	if problems.HasErrors() {
		return s.failure(errors.New(ErrorText(problems)))
	}
	if s.plan.run() == nil {
		return s.failure(fmt.Errorf("the command %s has nothing to run", s.command.Name))
	}
	a := &answer{
		Type: s.plan.kind(), Generating: s.plan.Generating != nil,
		Fields: s.plan.Fields, Preop: s.plan.Preop, MaxWait: s.plan.MaxWait,
	}
	a.notes = s.messages.take(false)
	return a
}

func level(s diag.Severity) Level {
	if s == diag.Warning {
		return LevelWarn
	}
	return LevelInfo
}

func sentence(m diag.Message) string {
	if m.Hint == "" {
		return m.Text
	}
	return m.Text + " " + m.Hint
}

// failure is the last reply of a command that cannot go on. It has no rows.
func (s *session) failure(err error) *answer {
	return &answer{Finished: true, Error: err.Error(), notes: s.messages.take(true)}
}

// execute treats a chunk, whose body is src, and gives the reply. The whole body
// was read when it returns, also with an error.
func (s *session) execute(src io.Reader, finished bool) (*answer, *reply, error) {
	writers, err := s.gather(src, finished)
	if err != nil {
		return nil, nil, err
	}
	rep, err := newReply(s.spill, writers)
	if err != nil {
		return nil, nil, err
	}
	s.process.Out += int64(rep.rows)
	a := &answer{Finished: s.done || finished && s.plan.Generating == nil}
	if a.Finished {
		s.metrics(a)
	}
	a.notes = s.messages.take(a.Finished)
	return a, rep, nil
}

// gather has the command work on a body; what it wrote is in the writers, in the
// order of the rows.
func (s *session) gather(src io.Reader, finished bool) (writers []*Writer, err error) {
	began := s.clock()
	err = s.rows(src, &writers)
	if _, drained := io.Copy(io.Discard, src); drained != nil {
		err = drained // a body that is not whole comes before what was made of it
	}
	s.process.add(began, s.clock(), 0, 0)
	if errors.Is(err, ErrDone) {
		s.done, err = true, nil
	}
	if err == nil && (finished && s.plan.Generating == nil || s.done) {
		err = s.last(&writers)
	}
	return writers, err
}

// last lets the command write what it writes at the end.
func (s *session) last(writers *[]*Writer) error {
	finish := func(run func(out *Writer) error) error {
		out := s.writer()
		*writers = append(*writers, out)
		err := s.guard(func() error { return run(out) })
		if bad := out.flush(); err == nil || errors.Is(err, ErrDone) {
			err = bad
		}
		return err
	}
	var err error
	switch p := &s.plan; {
	case p.Stateful != nil:
		err = finish(p.Stateful.Finish)
	case p.Events != nil:
		err = finish(func(out *Writer) error { return p.Events.Arrange(s.all(), out) })
	case p.Reporting != nil:
		err = finish(p.Reporting.Report)
	}
	if err != nil {
		return err
	}
	if sum, ok := s.plan.run().(Summary); ok {
		s.messages.summary()
		return s.guard(func() error { sum.Summarise(s.messages); return nil })
	}
	return nil
}

// all is the spool of an Events command.
func (s *session) all() *Spool {
	if s.spool == nil {
		s.spool = s.info.NewSpool()
	}
	return s.spool
}

// writer is a fresh one.
func (s *session) writer() *Writer {
	return &Writer{store: store{spill: s.spill}, messages: s.messages, selected: s.plan.selected(), room: s.room()}
}

// defaultRows is how many rows a chunk has when splunkd does not say.
const defaultRows = 50000

func (s *session) room() int {
	if s.info.MaxRows > 0 {
		return s.info.MaxRows
	}
	return defaultRows
}

func (s *session) clock() time.Time {
	if s.now == nil {
		return time.Time{}
	}
	return s.now()
}

func (m *Metric) add(from, to time.Time, in, out int) {
	m.Seconds += to.Sub(from).Seconds()
	m.Calls++
	m.In += int64(in)
	m.Out += int64(out)
}

// metrics adds what took how long, for the job inspector.
func (s *session) metrics(a *answer) {
	if s.now == nil {
		return
	}
	name := "metric." + s.command.Name + "."
	a.inspect(name+"process", s.process.list())
	a.inspect(name+"write", s.write.list())
}
