package modinput

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"

	"riskreplay/src/clock"
)

// Program is an input with its surroundings.
type Program struct {
	Input  Input
	Args   []string
	In     io.Reader
	Out    io.Writer
	Stderr io.Writer
	Clock  clock.Clock
}

// Main is a whole program for an input: the answers to `--scheme` and
// `--validate-arguments`, a run without arguments, and `--help` for people. It
// gives the exit code: 0 when it came to an end or was asked to, 1 when it did
// not, 2 for arguments it does not know. From here on nothing but the protocol
// is written to the standard output: what other code prints goes to the standard
// error.
func Main(in Input, c clock.Clock) int {
	out := os.Stdout
	os.Stdout = os.Stderr
	p := &Program{Input: in, Args: os.Args[1:], In: os.Stdin, Out: out, Stderr: os.Stderr, Clock: c}
	if len(p.Args) == 0 && isTerminal(os.Stdin) {
		p.Args = []string{"--help"}
	}
	return p.Main()
}

// Main does what the arguments say and gives the exit code.
func (p *Program) Main() int {
	log := NewLogger(p.Stderr)
	switch strings.Join(p.Args, " ") {
	case "--scheme":
		return p.scheme(log)
	case "--validate-arguments":
		return p.validate(log)
	case "":
		return p.run(log)
	case "--help", "-h", "help":
		return p.write(log, []byte(p.usage()))
	}
	log.Errorf("%s: unknown arguments %q; --help says what there is", p.Input.Scheme.Name, p.Args)
	return 2
}

// scheme touches nothing but the standard output: splunkd asks at every start.
func (p *Program) scheme(log *Logger) int {
	s := p.Input.Scheme
	if err := s.Check(); err != nil {
		log.Errorf("%v", err)
		return 1
	}
	s.ExternalValidation = s.ExternalValidation || p.Input.Validate != nil
	return p.write(log, s.AppendXML(nil))
}

func (p *Program) validate(log *Logger) int {
	c, err := ReadItems(p.In)
	if err == nil && p.Input.Validate != nil {
		log.Hide(c.SessionKey)
		ctx, stop := signal.NotifyContext(context.Background(), endSignals...)
		defer stop()
		err = p.guard(log, func() error { return p.Input.Validate(ctx, c) })
	}
	if err == nil {
		return 0
	}
	text := err.Error()
	if c != nil && c.SessionKey != "" {
		text = strings.ReplaceAll(text, c.SessionKey.Reveal(), "***")
	}
	b, _ := appendText([]byte("<error><message>"), text)
	p.write(log, append(b, "</message></error>\n"...))
	return 1
}

func (p *Program) write(log *Logger, b []byte) int {
	if _, err := p.Out.Write(b); err != nil {
		if !brokenPipe(err) {
			log.Errorf("cannot write the answer: %v", err)
		}
		return 1
	}
	return 0
}

// guard runs an input's code; a panic becomes an error with an id, under which
// the log has the stack.
func (p *Program) guard(log *Logger, run func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			id := strconv.FormatUint(uint64(p.Clock.Now().UnixNano())^uint64(os.Getpid())<<40, 36)
			log.Errorf("id=%s panic: %v\n%s", id, v, debug.Stack())
			err = fmt.Errorf("internal error %s in the input: its stack is in splunkd.log (index=_internal)", id)
		}
	}()
	return run()
}

func (p *Program) usage() string {
	s := &p.Input.Scheme
	var b strings.Builder
	fmt.Fprintf(&b, "%s is the modular input %s:// of Splunk.\n", s.Name, s.Name)
	if s.Description != "" {
		fmt.Fprintf(&b, "%s\n", s.Description)
	}
	fmt.Fprintf(&b, "\nsplunkd starts it, as\n\n    %s --scheme\n    %s --validate-arguments < ITEM.xml\n    %s < CONFIG.xml\n", s.Name, s.Name, s.Name)
	fmt.Fprintf(&b, "\n`splunk cmd splunkd print-modinput-config %s NAME` prints a CONFIG.xml.\n\n", s.Name)
	b.Write(s.AppendSpec(nil))
	return b.String()
}

// isTerminal tells that a person, and not a program, is at the other end.
func isTerminal(f *os.File) bool {
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull && !isNull(st)
}

// isNull tells that a file is the null device under another name.
func isNull(st os.FileInfo) bool {
	null, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(st, null)
}
