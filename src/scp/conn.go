package scp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// Conn is a conversation with a command, seen from the host: the side that
// splunkd has. One goroutine at a time may use it.
type Conn struct {
	name    string
	in      io.Writer
	out     *frames
	process *process // nil for one in this process
	limits  Limits
	plan    setup
	notes   []Note
	done    bool
	err     error
}

// setup is the metadata of a reply, as a host reads it. Unknown keys are passed
// over.
type setup struct {
	Type       Kind               `json:"type"`
	Generating bool               `json:"generating"`
	Fields     []string           `json:"required_fields"`
	Preop      string             `json:"streaming_preop"`
	Inspector  map[string]rawJSON `json:"inspector"`
	Finished   bool               `json:"finished"`
	Error      string             `json:"error"`
}

// rawJSON is a value that is read later.
type rawJSON []byte

// UnmarshalJSON keeps the text.
func (r *rawJSON) UnmarshalJSON(b []byte) error {
	*r = bytes.Clone(b)
	return nil
}

// Reply is what a command gave for a request.
type Reply struct {
	// Rows are null cells where the command said nothing.
	Rows Table
	// Finished tells that the command takes no more.
	Finished bool
	// Messages are for the user; Metrics for the job inspector.
	Messages []Note
	Metrics  map[string]Metric
}

// CommandError is an error that the command reported itself, or how its program
// ended, in splunkd's words.
type CommandError struct{ Command, Text string }

// Error is what the user of a search sees.
func (e *CommandError) Error() string {
	return fmt.Sprintf("Error in '%s' command: %s", e.Command, e.Text)
}

// Kind is what the command said it is.
func (c *Conn) Kind() Kind { return c.plan.Type }

// Generating tells that the command makes rows and takes none.
func (c *Conn) Generating() bool { return c.plan.Generating }

// RequiredFields are the fields that the command reads; nil are all.
func (c *Conn) RequiredFields() []string {
	if namesAll(c.plan.Fields) {
		return nil
	}
	return c.plan.Fields
}

// Preop is the search that a reporting command wants to run before it.
func (c *Conn) Preop() string { return c.plan.Preop }

// Messages are what the command told the user when it was set up.
func (c *Conn) Messages() []Note { return c.notes }

// Stderr is the end of what the program wrote there.
func (c *Conn) Stderr() string {
	if c.process == nil {
		return ""
	}
	return c.process.stderr.String()
}

// Close ends the conversation and the program, and waits for it. It is not an
// error when the program had to be killed. It may be called several times, and
// while another goroutine is in Execute, which then fails.
func (c *Conn) Close() {
	if c.process != nil {
		_ = c.process.end()
	} else if in, ok := c.in.(io.Closer); ok {
		_ = in.Close()
	}
}

// selected tells whether only the required fields are sent, and replies merged.
func (c *Conn) selected() bool {
	return !c.plan.Generating && (c.plan.Type == KindStreaming || c.plan.Type == KindStateful) && !namesAll(c.plan.Fields)
}

// getinfo asks the command how it runs.
func (c *Conn) getinfo(ctx context.Context, info *Info) error {
	metadata, err := getinfoRequest(info)
	if err != nil {
		return fmt.Errorf("cannot ask the command %q how it runs: %w", c.name, err)
	}
	p, _, err := c.exchange(ctx, metadata, nil, duringSetup)
	if err != nil {
		return err
	}
	c.plan, c.done = *p, p.Finished
	c.notes, _ = p.inspect()
	if c.plan.Type == "" {
		c.plan.Type = KindStreaming
	}
	switch c.plan.Type {
	case KindStreaming, KindStateful, KindEvents, KindReporting:
		return nil
	}
	return c.failed(fmt.Sprintf("Invalid custom search command type: %s", c.plan.Type), nil)
}

// Metadata of execute requests, as splunkd writes it.
var (
	executeMore = []byte(`{"action":"execute","finished":false}`)
	executeLast = []byte(`{"action":"execute","finished":true}`)
)

// Execute sends one chunk of rows and reads its reply; finished says that it is
// the last. Any number of rows will do. A command of the kinds events and
// reporting gives its rows with the last reply; a generating one gives some for
// each Execute until the reply is finished.
//
// Where the command named its fields and is streaming or stateful, only those
// are sent, and what comes back is merged into the rows by their number: fields
// that the command does not know stay as they are.
func (c *Conn) Execute(ctx context.Context, rows *Table, finished bool) (*Reply, error) {
	if c.err != nil {
		return nil, c.err
	}
	if c.done {
		return &Reply{Finished: true}, nil
	}
	if err := rows.check(); err != nil {
		return nil, err
	}
	metadata := executeMore
	if finished {
		metadata = executeLast
	}
	p, body, err := c.exchange(ctx, metadata, c.body(rows), duringSearch)
	if err != nil {
		return nil, err
	}
	r := &Reply{Finished: p.Finished}
	r.Messages, r.Metrics = p.inspect()
	c.done = p.Finished
	if r.Rows, err = ParseCSV(body); err != nil {
		return nil, c.failed(duringSearch.invalid, err)
	}
	if c.selected() {
		merged, ok := merge(rows, &r.Rows)
		if !ok {
			return nil, c.failed(mergeError, nil)
		}
		r.Rows = merged
	}
	return r, nil
}

// body is what is sent of rows.
func (c *Conn) body(rows *Table) []byte {
	if len(rows.Fields) == 0 {
		return nil
	}
	switch {
	case c.selected():
		t := only(rows, c.plan.Fields)
		t.Fields = append(t.Fields, chunkedIndex)
		t.Cells = append(t.Cells, numbers(rows.Rows))
		return t.AppendCSV(nil)
	case c.plan.Type == KindReporting && !namesAll(c.plan.Fields):
		t := only(rows, c.plan.Fields)
		return t.AppendCSV(nil)
	}
	return rows.AppendCSV(nil)
}

// phase is splunkd's words for what went wrong when.
type phase struct{ invalid string }

var (
	duringSetup  = phase{"Invalid message received from external search command during setup, see search.log."}
	duringSearch = phase{"Invalid message received from external search command during search, see search.log."}
)

// exchange sends a request and reads its reply, at the same time: a command that
// answers before it has read everything would hold both up for ever.
func (c *Conn) exchange(ctx context.Context, metadata, body []byte, when phase) (*setup, []byte, error) {
	if c.process != nil {
		stop := context.AfterFunc(ctx, c.process.cancel)
		defer stop()
	}
	sent := make(chan error, 1)
	go func() {
		head := append(appendFrame(nil, len(metadata), int64(len(body))), metadata...)
		_, err := c.in.Write(head)
		if err == nil && len(body) > 0 {
			_, err = c.in.Write(body)
		}
		sent <- err
	}()
	p, answer, err := c.receive()
	if err != nil {
		return nil, nil, c.broken(ctx, err, when)
	}
	if p.Error != "" {
		c.err = &CommandError{c.name, p.Error}
		c.Close() // also ends a write that nobody reads any more
		<-sent
		return nil, nil, c.err
	}
	if err := <-sent; err != nil && !p.Finished {
		return nil, nil, c.failed("Failed to send message to external search command, see search.log.", err)
	}
	return p, answer, nil
}

// receive reads a reply.
func (c *Conn) receive() (*setup, []byte, error) {
	metadata, err := c.out.next()
	if err != nil {
		return nil, nil, err
	}
	p := &setup{}
	if len(metadata) > 0 {
		if err := unmarshalObject(metadata, p); err != nil {
			return nil, nil, c.out.failed(err, "")
		}
	}
	var body bytes.Buffer
	body.Grow(int(min(c.out.left, 1<<26)))
	if _, err := body.ReadFrom(c.out); err != nil {
		return nil, nil, err
	}
	return p, body.Bytes(), nil
}

// broken tells what ended the conversation: the context, the program's end, or a
// reply that is none.
func (c *Conn) broken(ctx context.Context, err error, when phase) error {
	if c.process == nil {
		return c.failed(when.invalid, err)
	}
	over := err == io.EOF || errors.Is(err, ErrTruncated)
	if !over {
		c.process.cancel()
	}
	how := c.process.end()
	if ctx.Err() != nil {
		c.err = ctx.Err()
		return c.err
	}
	var exit *exec.ExitError
	if !over {
		return c.failed(when.invalid, err)
	}
	if errors.As(how, &exit) && exit.ExitCode() > 0 {
		return c.failed(fmt.Sprintf("External search command exited unexpectedly with non-zero error code %d.", exit.ExitCode()), nil)
	}
	return c.failed("External search command exited unexpectedly.", nil)
}

// failed ends the conversation with splunkd's words, and what they do not say.
func (c *Conn) failed(text string, cause error) error {
	if c.process != nil {
		c.process.cancel()
	}
	c.Close()
	if cause != nil {
		text += " (" + cause.Error() + ")"
	}
	if s := strings.TrimSpace(c.Stderr()); s != "" {
		text += "\nstderr: " + s
	}
	c.err = &CommandError{c.name, text}
	return c.err
}
