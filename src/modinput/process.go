package modinput

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"riskreplay/src/clock"
)

// process is a running input.
type process struct {
	cmd    *exec.Cmd
	out    *output // what it writes
	stderr *os.File
	read   chan struct{} // closed when out was read
	logged chan struct{} // closed when stderr was read
	once   sync.Once
}

// startProcess starts a program, writes its input, and reads its log.
func startProcess(x Executable, input []byte, log func(line string), title string) (*process, error) {
	var pipes [6]*os.File // theirs and ours for each stream
	var err error
	for i := 0; i < len(pipes) && err == nil; i += 2 {
		pipes[i], pipes[i+1], err = os.Pipe()
	}
	theirIn, in, out, theirOut, stderr, theirErr := pipes[0], pipes[1], pipes[2], pipes[3], pipes[4], pipes[5]
	p := &process{cmd: x.command(), out: &output{File: out}, stderr: stderr, read: make(chan struct{}), logged: make(chan struct{})}
	if err == nil {
		p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = theirIn, theirOut, theirErr
		ownGroup(p.cmd)
		err = p.cmd.Start()
	}
	closeAll(theirIn, theirOut, theirErr)
	if err != nil {
		closeAll(in, out, stderr)
		return nil, fmt.Errorf("cannot start [%s]: %w", title, err)
	}
	go func() {
		_, _ = in.Write(input) // a program that does not read is its own affair
		closeAll(in)
	}()
	go func() {
		defer close(p.logged)
		readLog(p.stderr, log)
	}()
	go func() {
		<-p.logged
		<-p.read
		closeAll(in) // when nobody ever read it
	}()
	return p, nil
}

func closeAll(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close()
		}
	}
}

// readLog reads lines; one that is too long comes in pieces.
func readLog(f *os.File, log func(line string)) {
	r := bufio.NewReaderSize(f, 64<<10)
	for {
		line, err := r.ReadSlice('\n')
		if text := strings.TrimRight(string(line), "\r\n"); text != "" {
			log(strings.ToValidUTF8(text, replacement))
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}

// drained says that nobody reads the process's output any more.
func (p *process) drained() {
	p.once.Do(func() {
		closeAll(p.out.File)
		close(p.read)
	})
}

// end waits for the process, and for what it leaves behind to close its streams.
// When ctx ends they are told to end, and killed after the grace; what is left
// behind has as long in any case.
func (p *process) end(ctx context.Context, c clock.Clock, grace time.Duration) error {
	exited := make(chan error, 1)
	gone := make(chan struct{})
	go func() {
		exited <- p.cmd.Wait()
		close(gone)
	}()
	killed := false
	select {
	case <-gone:
	case <-ctx.Done():
		endGroup(p.cmd.Process)
		killed = !within(c, grace, gone)
		// Also what the program started and left.
		killGroup(p.cmd.Process)
	}
	err := <-exited
	for reads := p.out.reads.Load(); !within(c, grace, p.logged, p.read); reads = p.out.reads.Load() {
		killGroup(p.cmd.Process)
		closeAll(p.stderr) // whoever holds it has left the group
		if p.out.waits.Load() && p.out.reads.Load() == reads {
			closeAll(p.out.File)
		}
	}
	<-p.logged
	<-p.read
	closeAll(p.stderr)
	if killed {
		return errKilled
	}
	return explainExit(err)
}

// within waits for all to be closed, and tells whether they were in time.
func within(c clock.Clock, d time.Duration, all ...<-chan struct{}) bool {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		_ = c.SleepUntil(ctx, c.Now().Add(d))
		cancel()
	}()
	for _, ch := range all {
		select {
		case <-ch:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// output is a process's standard output. It tells whether its reader waits: one
// that is busy with what it read is given its time.
type output struct {
	*os.File
	waits atomic.Bool
	reads atomic.Int64
}

func (o *output) Read(p []byte) (int, error) {
	o.waits.Store(true)
	defer o.waits.Store(false)
	o.reads.Add(1)
	return o.File.Read(p)
}

// explainExit says how a process ended, nil for code 0.
func explainExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("the input ended with %w", exit)
	}
	return err
}
