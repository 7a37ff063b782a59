package scp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// HostOptions are how a host runs a command.
type HostOptions struct {
	// Env is the environment of the process; nil is the host's own.
	Env []string
	// Dir is its working folder; "" is the host's own.
	Dir string
	// Arg0 is the name that the program is started under; "" is its path. A
	// program that is several commands in one file goes by it.
	Arg0 string
	// Limits bound what the command may send.
	Limits Limits
	// Grace is how long a process that was told to end may take before it is
	// killed: 2 seconds when it is 0.
	Grace time.Duration
}

// Start starts a program as splunkd does and asks it how it runs. The context
// ends the process: it, and what it started, is killed, and waited for. Close
// must be called when err is nil.
//
//	c, err := scp.Start(ctx, path, nil, info, scp.HostOptions{})
//	if err != nil {
//		return err            // a *CommandError when it is the command's own
//	}
//	defer c.Close()
//	reply, err := c.Execute(ctx, rows, true)
func Start(ctx context.Context, path string, args []string, info *Info, o HostOptions) (*Conn, error) {
	if o.Grace <= 0 {
		o.Grace = 2 * time.Second
	}
	p, err := startProcess(ctx, path, args, o)
	if err != nil {
		return nil, err
	}
	c := &Conn{name: info.Command, in: p.in, out: newFrames(p.out, o.Limits), process: p, limits: o.Limits.withDefaults()}
	if err := c.getinfo(ctx, info); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// process is a running program with its three streams.
type process struct {
	cmd    *exec.Cmd
	cancel context.CancelFunc
	in     *os.File // what it reads
	out    *os.File // what it writes
	stderr tail
	grace  time.Duration
	once   sync.Once
	err    error
}

func startProcess(ctx context.Context, path string, args []string, o HostOptions) (*process, error) {
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("cannot start %q: %w", path, err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot start %q: %w", path, err), theirIn.Close(), in.Close())
	}
	widen(in, out)
	ctx, cancel := context.WithCancel(ctx)
	p := &process{cmd: exec.CommandContext(ctx, path, args...), cancel: cancel, in: in, out: out, grace: o.Grace}
	p.cmd.Env, p.cmd.Dir = o.Env, o.Dir
	if o.Arg0 != "" {
		p.cmd.Args[0] = o.Arg0
	}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = theirIn, theirOut, &p.stderr
	p.cmd.WaitDelay = o.Grace // a grandchild that holds stderr open holds nobody up
	OwnGroup(p.cmd)
	err = p.cmd.Start()
	closing := errors.Join(theirIn.Close(), theirOut.Close())
	if err == nil {
		err = closing
	}
	if err != nil {
		cancel()
		return nil, errors.Join(fmt.Errorf("cannot start %q: %w", path, err), in.Close(), out.Close())
	}
	return p, nil
}

// end closes the program's input, waits for it to leave for as long as it is
// granted, and kills it then. It gives how the program ended.
func (p *process) end() error {
	p.once.Do(func() {
		_ = p.in.Close() // its end is all that matters now
		ctx, cancel := context.WithTimeout(context.Background(), p.grace)
		stop := context.AfterFunc(ctx, p.cancel)
		_, _ = io.Copy(io.Discard, p.out)
		p.err = p.cmd.Wait()
		stop()
		cancel()
		p.cancel()
		_ = p.out.Close() // it was read to its end
	})
	return p.err
}

// tailSize is how much of a program's stderr is kept.
const tailSize = 16 << 10

// tail keeps the last bytes written to it. Safe for concurrent use.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - tailSize; over > 0 {
		t.buf = slices.Delete(t.buf, 0, over)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}
