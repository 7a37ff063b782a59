package modinput

import (
	"context"
	"errors"
	"os"
	"os/signal"
)

// run is a run from the configuration to the end of the stream.
func (p *Program) run(log *Logger) int {
	quietPipe()
	c, err := ReadConfig(p.In)
	if err != nil {
		log.Errorf("%v", err)
		return 1
	}
	log.Hide(c.SessionKey)
	if len(c.Stanzas) == 0 {
		return 0 // a single instance without enabled stanzas
	}
	ctx, end := context.WithCancelCause(context.Background())
	defer end(nil)
	defer p.watch(ctx, end)()
	s := &Session{
		Config: c, Events: NewWriter(p.Out, p.Clock, p.Input.Writer), Log: log,
		Checkpoints: NewCheckpoints(c.CheckpointDir), Clock: p.Clock,
	}
	s.Events.broken = func(err error) {
		if brokenPipe(err) {
			err = ErrReaderGone
		}
		end(err)
	}
	return p.finish(ctx, log, s)
}

// watch ends the context for a signal and for a parent that is gone. A second
// signal ends the program at once. The function returned stops watching.
func (p *Program) watch(ctx context.Context, end context.CancelCauseFunc) (stop func()) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, endSignals...)
	over, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-signals:
			end(ErrSignal)
			signal.Stop(signals) // the next one does what it does to any program
		case <-over.Done():
		}
	}()
	go func() {
		if awaitOrphan(ctx, p.Clock) {
			end(ErrOrphan)
		}
	}()
	return func() {
		signal.Stop(signals)
		cancel()
	}
}

// finish runs the input and closes the stream, each in a time of its own once
// the context has ended: neither a Run that does not listen nor a reader that
// does not read holds the program up.
func (p *Program) finish(ctx context.Context, log *Logger, s *Session) int {
	ran := make(chan error, 1)
	go func() { ran <- p.guard(log, func() error { return p.Input.Run(ctx, s) }) }()
	late, cancel := p.after(ctx)
	defer cancel()
	var err error
	select {
	case err = <-ran:
	case <-late.run.Done():
		err = errStuck
	}
	closed := make(chan error, 1)
	go func() { closed <- s.Events.Close(late.drain) }()
	select {
	case bad := <-closed:
		if err == nil {
			err = bad
		}
	case <-late.all.Done():
		if err == nil {
			err = errUnread
		}
	}
	return p.verdict(ctx, late.all, log, err)
}

var (
	errStuck  = errors.New("the input did not end when it was told to: the stream was closed without it")
	errUnread = errors.New("nobody reads the events: what was written last may be lost, and is sent again where there is a checkpoint")
)

// verdict logs what is worth a line and gives the exit code.
func (p *Program) verdict(ctx, all context.Context, log *Logger, err error) int {
	cause := context.Cause(ctx)
	var asked endCause
	switch {
	case err == nil, brokenPipe(err):
		return 0
	case errors.As(cause, &asked) && (errors.Is(err, context.Canceled) || errors.Is(err, asked) || errors.Is(err, ErrClosed)):
		return 0
	case errors.Is(err, context.Canceled) && cause != nil:
		err = cause // what ended the stream: the disk is full, say
	}
	logged := make(chan struct{})
	go func() {
		log.Errorf("%v", err)
		close(logged)
	}()
	select {
	case <-logged:
	case <-all.Done(): // nobody reads the log either
	}
	return 1
}

// deadlines end one after the other once a run's context has ended.
type deadlines struct{ run, drain, all context.Context }

func (p *Program) after(ctx context.Context) (deadlines, context.CancelFunc) {
	over, cancel := context.WithCancel(context.Background())
	run, endRun := context.WithCancel(over)
	drain, endDrain := context.WithCancel(over)
	all, endAll := context.WithCancel(over)
	go func() {
		select {
		case <-ctx.Done():
		case <-over.Done():
			return
		}
		from := p.Clock.Now()
		_ = p.Clock.SleepUntil(over, from.Add(runGrace))
		endRun()
		_ = p.Clock.SleepUntil(over, from.Add(drainGrace))
		endDrain()
		_ = p.Clock.SleepUntil(over, from.Add(allGrace))
		endAll()
	}()
	return deadlines{run, drain, all}, cancel
}
