package modinput

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"riskreplay/src/clock"
	"riskreplay/src/event"
)

// The test binary is every input of the tests: it is started again with the
// name in its environment.
const inputVariable = "MODINPUT_TEST_INPUT"

func TestMain(m *testing.M) {
	if name := os.Getenv(inputVariable); name != "" {
		os.Exit(Main(inputs[name], clock.Real{}))
	}
	os.Exit(m.Run())
}

// program is an input of the tests as a host starts it.
func program(name string) Executable {
	return Executable{Path: os.Args[0], Env: append(os.Environ(), inputVariable+"="+name, "GORACE=halt_on_error=1 atexit_sleep_ms=0")}
}

func command(name string, args ...string) *exec.Cmd { return program(name).command(args...) }

var inputs = map[string]Input{
	"tick":  {Scheme: Scheme{Name: "tick", Args: []Arg{{Name: "count", Type: Number, RequiredOnCreate: true}}}, Validate: positive, Run: tick},
	"loop":  {Scheme: Scheme{Name: "loop"}, Run: loop},
	"deaf":  {Scheme: Scheme{Name: "deaf"}, Run: deaf},
	"flood": {Scheme: Scheme{Name: "flood"}, Run: flood},
	"panic": {Scheme: Scheme{Name: "panic"}, Validate: explode, Run: crash},
	"leak":  {Scheme: Scheme{Name: "leak"}, Validate: leakInError, Run: leak},
	"all":   {Scheme: Scheme{Name: "all", SingleInstance: true}, Run: all},
	"count": {Scheme: Scheme{Name: "count", Args: []Arg{{Name: "count", Type: Number}}}, Run: resumable},
	"bench": {Scheme: Scheme{Name: "bench", Args: []Arg{{Name: "count", Type: Number}}}, Run: benchRun},
}

func positive(_ context.Context, c *Config) error {
	if n, err := strconv.Atoi(c.Stanzas[0].Get("count")); err != nil || n < 1 {
		return fmt.Errorf("count is %q: expected a number & more than <0>", c.Stanzas[0].Get("count"))
	}
	return nil
}

func tick(ctx context.Context, s *Session) error {
	n, _ := strconv.Atoi(s.Config.Stanzas[0].Get("count"))
	for i := range n {
		if ctx.Err() != nil {
			return nil
		}
		e := Event{Event: event.Event{Raw: fmt.Appendf(nil, "tick %d <&>", i), Time: event.Time(1372274622_493_000_000 + i), Host: "h&<", Source: "a&b"}}
		if err := s.Events.Write(&e); err != nil {
			return err
		}
	}
	return nil
}

// loop says that it runs, and waits.
func loop(ctx context.Context, s *Session) error {
	e := Event{Event: event.Event{Raw: []byte("up")}}
	if err := s.Events.Write(&e); err != nil {
		return err
	}
	<-ctx.Done()
	e.Raw = []byte("down: " + context.Cause(ctx).Error())
	if err := s.Events.Write(&e); err != nil {
		return err
	}
	return ctx.Err()
}

// deaf does not listen to its context.
func deaf(_ context.Context, s *Session) error {
	e := Event{Event: event.Event{Raw: []byte("up")}}
	if err := s.Events.Write(&e); err != nil {
		return err
	}
	select {}
}

// flood writes for ever, and never looks at its context.
func flood(_ context.Context, s *Session) error {
	e := Event{Event: event.Event{Raw: make([]byte, 1000)}}
	for {
		if err := s.Events.Write(&e); err != nil {
			return err
		}
	}
}

func explode(context.Context, *Config) error { panic("in validation") }

func crash(_ context.Context, s *Session) error {
	e := Event{Event: event.Event{Raw: []byte("before")}}
	if err := s.Events.Write(&e); err != nil {
		return err
	}
	panic("in the run")
}

func leakInError(_ context.Context, c *Config) error {
	return errors.New("the key is " + c.SessionKey.Reveal())
}

func leak(_ context.Context, s *Session) error {
	s.Log.Infof("%v %s %q %+v", s.Config.SessionKey, s.Config.SessionKey, s.Config.SessionKey, *s.Config)
	s.Log.Warnf("revealed: %s\nand more", s.Config.SessionKey.Reveal())
	return nil
}

// all gives an event for each stanza.
func all(_ context.Context, s *Session) error {
	for i := range s.Config.Stanzas {
		st := &s.Config.Stanzas[i]
		if err := s.Events.Write(&Event{Event: event.Event{Raw: []byte("of " + st.Title())}, Stanza: st.Name}); err != nil {
			return err
		}
	}
	return nil
}

// resumable counts to count, over as many runs as it takes.
func resumable(ctx context.Context, s *Session) error {
	st := &s.Config.Stanzas[0]
	n, _ := strconv.ParseUint(st.Get("count"), 10, 64)
	s.Settled(func(mark uint64) error { return s.Checkpoints.Swap(st.Name, binary.BigEndian.AppendUint64(nil, mark)) })
	saved, err := s.Checkpoints.Load(st.Name)
	if err != nil {
		return err
	}
	var at uint64
	if saved != nil {
		at = binary.BigEndian.Uint64(saved)
	}
	for ; at < n && ctx.Err() == nil; at++ {
		e := Event{Event: event.Event{Raw: fmt.Appendf(nil, "%08d %0190d", at, 0)}}
		if err := s.Events.Write(&e); err != nil {
			return err
		}
		s.Events.Mark(at + 1)
	}
	return nil
}
