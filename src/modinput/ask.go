package modinput

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// Executable is a program that a host starts.
type Executable struct {
	Path string
	// Args stand before those of the protocol.
	Args []string
	// Arg0 is the name it is started under; "" is its path.
	Arg0 string
	// Env is its environment; nil is the host's own.
	Env []string
	// Dir is its working folder; "" is the host's own.
	Dir string
}

func (x Executable) command(args ...string) *exec.Cmd {
	cmd := exec.Command(x.Path, append(append([]string(nil), x.Args...), args...)...)
	if x.Arg0 != "" {
		cmd.Args[0] = x.Arg0
	}
	cmd.Env, cmd.Dir = x.Env, x.Dir
	return cmd
}

// Refusal is the answer of an input that does not accept a stanza.
type Refusal struct {
	Stanza  string
	Message string
}

// Error is the input's own message.
func (e *Refusal) Error() string {
	return fmt.Sprintf("[%s] is refused by the input: %s", e.Stanza, e.Message)
}

// maxAnswer bounds what a program may answer.
const maxAnswer = 4 << 20

// answerTime is how long it may take.
const answerTime = 30 * time.Second

// Introspect asks a program for its scheme. Of the options the clock counts.
func Introspect(ctx context.Context, x Executable, name string, o HostOptions) (*Scheme, error) {
	out, stderr, err := ask(ctx, x, o, nil, "--scheme")
	if err != nil {
		return nil, fmt.Errorf("cannot introspect the scheme %q: %w%s", name, err, because(stderr))
	}
	return ParseScheme(name, out)
}

// Validate asks a program whether it accepts a stanza of the configuration; a
// *Refusal is its answer. Of the options the clock counts.
func Validate(ctx context.Context, x Executable, c *Config, st *Stanza, o HostOptions) error {
	item := *st
	item.Name = st.Title()
	asked := *c
	asked.Stanzas = []Stanza{item}
	out, stderr, err := ask(ctx, x, o, asked.AppendItems(nil), "--validate-arguments")
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && errors.As(err, &exit) && exit.Exited():
		if message := refusal(out); message != "" {
			return &Refusal{Stanza: st.Name, Message: message}
		}
	}
	return fmt.Errorf("cannot validate [%s]: %w%s", st.Name, err, because(stderr))
}

// refusal is the message in what a program answered: that of its XML, or what it
// printed in place of one.
func refusal(out []byte) string {
	var x struct {
		XMLName xml.Name `xml:"error"`
		Message string   `xml:"message"`
	}
	if newDecoder(bytes.NewReader(out)).Decode(&x) == nil {
		return trim(x.Message)
	}
	return trim(string(out))
}

// because is the last line of a standard error.
func because(stderr string) string {
	lines := strings.Split(trim(stderr), "\n")
	if last := trim(lines[len(lines)-1]); last != "" {
		return ": " + last
	}
	return ""
}

var (
	errSlow     = errors.New("it did not answer in " + answerTime.String())
	errMuchSaid = fmt.Errorf("it answered more than %d MiB", maxAnswer>>20)
)

// ask runs a program to its end and gives what it wrote. It, and what it
// started, is killed when it takes too long.
func ask(ctx context.Context, x Executable, o HostOptions, in []byte, args ...string) (out []byte, stderr string, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		if o.Clock.SleepUntil(ctx, o.Clock.Now().Add(answerTime)) == nil {
			cancel(errSlow)
		}
	}()
	cmd := x.command(args...)
	answer, complaint := &bounded{left: maxAnswer}, &bounded{left: 64 << 10}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), answer, complaint
	cmd.WaitDelay = time.Second // a grandchild that holds a stream open holds nobody up
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	stop := context.AfterFunc(ctx, func() { killGroup(cmd.Process) })
	err = cmd.Wait()
	stop()
	switch cause := context.Cause(ctx); {
	case cause != nil:
		err = cause
	case errors.Is(err, exec.ErrWaitDelay) || brokenPipe(err):
		err = nil // it exited with 0, and did not read all, or left somebody behind
	case err == nil && answer.over:
		err = errMuchSaid
	}
	return answer.Bytes(), complaint.String(), err
}

// bounded keeps the first bytes that are written to it.
type bounded struct {
	bytes.Buffer
	left int
	over bool
}

// ReadFrom is hidden: it would go around the bound.
func (b *bounded) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{b}, r)
}

// Write never fails.
func (b *bounded) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.left -= n
	b.over = b.over || n < len(p)
	b.Buffer.Write(p[:n])
	return len(p), nil
}
