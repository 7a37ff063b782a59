package modinput

import (
	"context"
	"time"

	"riskreplay/src/clock"
)

// Input is a modular input.
type Input struct {
	Scheme Scheme
	// Validate tells why a configuration is refused; its text is shown to who
	// saves the stanza. The one stanza has its name without the scheme. Nil
	// leaves everything to splunkd.
	Validate func(ctx context.Context, c *Config) error
	// Run gives the events. It should return soon after ctx ends, with nil or
	// ctx's error; whatever was written is flushed then. When it returns the
	// program ends, and splunkd starts it again as the stanza's interval says.
	Run func(ctx context.Context, s *Session) error
	// Writer says how events are buffered. A nil Settled may also be set through
	// Session.Settled, once Run knows what to remember.
	Writer WriterOptions
}

// Session is one run.
type Session struct {
	// Config has at least one stanza: without any, Run is not called.
	Config *Config
	Events *Writer
	Log    *Logger
	// Checkpoints are in the folder that splunkd gave.
	Checkpoints *Checkpoints
	Clock       clock.Clock
}

// Settled sets what is told of marks that need not be repeated; see
// WriterOptions. It is called before the first Mark.
func (s *Session) Settled(tell func(mark uint64) error) { s.Events.setSettled(tell) }

// What ends the context of a run; context.Cause gives it.
type endCause string

// Error is the reason.
func (e endCause) Error() string { return string(e) }

// The reasons for which the context of a run ends.
const (
	// ErrSignal: splunkd, or a person, asked the program to end.
	ErrSignal endCause = "the program was asked to end"
	// ErrOrphan: the parent process is gone.
	ErrOrphan endCause = "the parent process is gone"
	// ErrReaderGone: nobody reads the events any more.
	ErrReaderGone endCause = "the standard output is closed"
)

// How long a program takes to end: Run has runGrace to return, then the stream
// is closed without it, the reader has until drainGrace to take it, and at
// allGrace the program leaves whatever is still blocked.
const (
	runGrace   = 1000 * time.Millisecond
	drainGrace = 1350 * time.Millisecond
	allGrace   = 1500 * time.Millisecond
)
