package modinput

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
)

// HostOptions are how a host runs an input.
type HostOptions struct {
	Clock clock.Clock
	// Event takes each event, with the stanza's defaults filled in; its error
	// ends the input. No two of the callbacks run at once. An event without a
	// time has Time 0; an Unbroken one is whole, put together up to its Done, and
	// is yet to be broken.
	Event func(Event) error
	// Text takes what an input that streams plain text writes, piece by piece;
	// done is true once, when it has ended. When it is nil, each line is an Event.
	Text func(s *Stanza, piece []byte, done bool) error
	// Log takes each line of the standard error, and what the host has to say.
	Log func(LogLine)
	// Exit is told of the end of each process.
	Exit func(Exit)
	// Once: each stanza runs once, now, whatever its interval.
	Once bool
	// Grace is how long a process that was told to end may take before it is
	// killed with all that it started: 5 s when it is 0.
	Grace time.Duration
	// MaxEvent bounds the XML of an event: 64 MiB when it is 0.
	MaxEvent int
}

// LogLine is a line of an input's log.
type LogLine struct {
	// Stanza is whose process wrote it; of a single instance the scheme.
	Stanza string
	Level  Level
	Text   string
	// Host: the line is the host's own.
	Host bool
}

// Exit is the end of one process.
type Exit struct {
	Stanza         string
	Started, Ended time.Time
	Events         uint64
	// Problems are places in its stream that could not be read.
	Problems int
	// Err is nil when it exited with code 0, or was told to end.
	Err error
}

// Running is an input that was started.
type Running struct {
	// Scheme is what the program told of itself.
	Scheme *Scheme

	cancel context.CancelCauseFunc
	all    sync.WaitGroup
	mu     sync.Mutex
	errs   []error
}

// Start starts an input as splunkd does: it asks the program for its scheme,
// checks the stanzas, asks for its own validation where it has one, and runs the
// enabled ones, in one process or each in its own, as their intervals say. The
// stanzas' names are "scheme://name"; CheckpointDir is the folder of all schemes,
// and each run gets that of its scheme, which is made.
//
// The context ends the input: its processes are told to end, what they still
// write is read, and what is left after the grace is killed. Wait must be called
// when err is nil.
func Start(ctx context.Context, x Executable, scheme string, c *Config, o HostOptions) (*Running, error) {
	if o.Grace <= 0 {
		o.Grace = 5 * time.Second
	}
	h := &host{x: x, name: scheme, config: c, o: o}
	s, err := Introspect(ctx, x, scheme, o)
	if err != nil {
		return nil, err
	}
	h.scheme = s
	if err := h.check(ctx); err != nil {
		return nil, err
	}
	instances, err := h.instances()
	if err != nil {
		return nil, err
	}
	r := &Running{Scheme: s}
	ctx, r.cancel = context.WithCancelCause(ctx)
	for _, i := range instances {
		r.all.Go(func() { r.ended(i.loop(ctx)) })
	}
	return r, nil
}

// ended keeps an error, which ends all instances.
func (r *Running) ended(err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
	r.cancel(err)
}

// Wait returns when no process is left: after the context has ended, or when
// nothing is to be started again. The error is that of a callback, or with Once
// that of a process; a process that fails otherwise is started again, and Exit
// told of it.
func (r *Running) Wait() error {
	r.all.Wait()
	r.cancel(nil)
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(r.errs...)
}

// host is what the instances of an input share.
type host struct {
	x      Executable
	name   string
	config *Config
	scheme *Scheme
	o      HostOptions
	mu     sync.Mutex // held while a callback runs
}

// check refuses stanzas as splunkd would.
func (h *host) check(ctx context.Context) error {
	for i := range h.config.Stanzas {
		st := &h.config.Stanzas[i]
		if st.Disabled() {
			continue
		}
		list := h.scheme.CheckStanza(st)
		for _, m := range list {
			if m.Severity != diag.Error {
				h.say(st.Name, LevelWarn, m.Text)
			}
		}
		if err := list.Errors().Err(); err != nil {
			return err
		}
		if !h.scheme.ExternalValidation {
			continue
		}
		if err := Validate(ctx, h.x, h.config, st, h.o); err != nil {
			return err
		}
	}
	return nil
}

// instances are the processes there will be.
func (h *host) instances() ([]*instance, error) {
	c := *h.config
	c.Stanzas = nil
	for _, st := range h.config.Stanzas {
		if !st.Disabled() {
			c.Stanzas = append(c.Stanzas, st)
		}
	}
	if c.CheckpointDir != "" {
		c.CheckpointDir = filepath.Join(c.CheckpointDir, h.name)
		if err := os.MkdirAll(c.CheckpointDir, 0o700); err != nil {
			return nil, fmt.Errorf("cannot make the folder for checkpoints: %w", err)
		}
	}
	if len(c.Stanzas) == 0 {
		return nil, nil
	}
	if h.scheme.SingleInstance {
		i, err := newInstance(h, h.name, c)
		return []*instance{i}, err
	}
	var all []*instance
	for _, st := range c.Stanzas {
		own := c
		own.Stanzas = []Stanza{st}
		i, err := newInstance(h, st.Name, own)
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

// say is a line of the host's own.
func (h *host) say(stanza string, level Level, text string) {
	h.log(LogLine{Stanza: stanza, Level: level, Text: text, Host: true})
}

func (h *host) log(l LogLine) {
	if h.o.Log == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.o.Log(l)
}
