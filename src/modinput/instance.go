package modinput

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// instance is what one process at a time is started for.
type instance struct {
	*host
	title    string // in messages: the stanza, or the scheme
	config   Config
	interval Interval
	pieces   map[pieceKey]*Event // unbroken events that are not done
	events   uint64
	problems int
}

func newInstance(h *host, title string, c Config) (*instance, error) {
	every, err := ParseInterval(c.Stanzas[0].Get("interval"))
	if err != nil {
		return nil, fmt.Errorf("[%s] %w", c.Stanzas[0].Name, err)
	}
	return &instance{host: h, title: title, config: c, interval: every}, nil
}

// failurePause is how long an input that failed is left alone at least: one that
// is to be started again as soon as it ends would else do nothing but fail.
const failurePause = time.Second

// loop starts the process again and again. The error is a callback's, or with
// Once the process's.
func (i *instance) loop(ctx context.Context) error {
	at, ok := i.interval.First(i.o.Clock.Now())
	if i.o.Once {
		at, ok = i.o.Clock.Now(), true
	}
	for ok {
		if i.o.Clock.SleepUntil(ctx, at) != nil {
			return nil
		}
		exit, err := i.run(ctx)
		i.tell(exit)
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return nil
		case i.o.Once:
			return exit.Err
		}
		at, ok = i.interval.Next(exit.Started, exit.Ended)
		if again := exit.Ended.Add(failurePause); exit.Err != nil && at.Before(again) {
			at = again
		}
	}
	return nil
}

func (i *instance) tell(exit Exit) {
	if exit.Err != nil {
		i.say(i.title, LevelError, exit.Err.Error())
	}
	if i.o.Exit == nil {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.o.Exit(exit)
}

// run is one process from its start to its end.
func (i *instance) run(ctx context.Context) (Exit, error) {
	exit := Exit{Stanza: i.title, Started: i.o.Clock.Now()}
	i.events, i.problems, i.pieces = 0, 0, map[pieceKey]*Event{}
	p, err := startProcess(i.x, i.config.AppendXML(nil), i.logLine, i.title)
	if err != nil {
		exit.Ended, exit.Err = i.o.Clock.Now(), err
		return exit, nil
	}
	over, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- p.end(over, i.o.Clock, i.o.Grace) }()
	called := i.read(p)
	if called != nil {
		cancel()
	}
	p.drained()
	exit.Err = <-ended
	if (ctx.Err() != nil || called != nil) && !errors.Is(exit.Err, errKilled) {
		exit.Err = nil // it was told to end, and did
	}
	exit.Ended, exit.Events, exit.Problems = i.o.Clock.Now(), i.events, i.problems
	return exit, called
}

// read gives what the process writes to the callbacks.
func (i *instance) read(p *process) error {
	if i.scheme.Streaming == Simple {
		return i.readText(p)
	}
	r := NewReader(p.out)
	r.MaxEvent = i.o.MaxEvent
	r.Problem = func(err *StreamError) {
		i.problems++
		i.say(i.title, LevelWarn, err.Error())
	}
	for {
		e, err := r.Next()
		if err != nil {
			return i.flushPieces() // what a pipe says at its end is of no interest
		}
		if err := i.take(&e); err != nil {
			return err
		}
	}
}

// give hands an event to the callback.
func (i *instance) give(e Event) error {
	i.events++
	if i.o.Event == nil {
		return nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.o.Event(e)
}

// fill writes a stanza's defaults where the event has nothing of its own.
func (i *instance) fill(e *Event) {
	st := i.stanza(e.Stanza)
	e.Stanza = st.Name
	e.Source = cmp.Or(e.Source, st.Get("source"), st.Name)
	e.Sourcetype = cmp.Or(e.Sourcetype, st.Get("sourcetype"), i.name)
	e.Index = cmp.Or(e.Index, st.Get("index"))
	if e.Index == "" || e.Index == "default" {
		e.Index = "main"
	}
	if e.Host = cmp.Or(e.Host, st.Get("host")); e.Host == "" || e.Host == "$decideOnStartup" {
		e.Host = i.config.ServerHost
	}
}

// stanza is the one an event names, the first when it names none or another.
func (i *instance) stanza(name string) *Stanza {
	if name != "" && len(i.config.Stanzas) > 1 {
		for n := range i.config.Stanzas {
			if st := &i.config.Stanzas[n]; st.Name == name || st.Title() == name {
				return st
			}
		}
	}
	return &i.config.Stanzas[0]
}

func (i *instance) logLine(line string) {
	level, text := ParseLogLine(line)
	i.log(LogLine{Stanza: i.title, Level: level, Text: text})
}

// errKilled is how a process ended that did not end when it was told to.
var errKilled = errors.New("it did not end when it was told to, and was killed")
