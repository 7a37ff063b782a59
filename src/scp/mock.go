package scp

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// Mock plays splunkd for a command in this process, for tests: it asks getinfo,
// sends rows in chunks of any sizes, and has every reply before it sends the next
// request. A reply that begins before its request was read to the end, which
// would hold a real pipe up, is an error.
type Mock struct {
	Command Command
	// Arguments are as typed behind the command's name.
	Arguments string
	// Info is what getinfo says; the arguments are put into it. The zero Info is a
	// probe: give it a SID and a SessionKey for more.
	Info Info
	// Sizes are the numbers of rows of the chunks, again and again; none sends
	// all rows at once.
	Sizes []int
	// Memory, Workers, Getenv and Now are the program's.
	Memory  int64
	Workers int
	Getenv  func(string) string
	Now     func() time.Time
}

// Outcome is a whole conversation.
type Outcome struct {
	Kind       Kind
	Generating bool
	// Fields are the required ones, nil for all.
	Fields []string
	// Rows are those of all replies, in the order of their columns' appearance.
	Rows Table
	// Messages and Metrics are those of all replies.
	Messages []Note
	Metrics  map[string]Metric
	// Stderr is what the program wrote there, Exit its exit code.
	Stderr string
	Exit   int
}

// errEarly is a reply that comes too early.
var errEarly = errors.New("the reply begins before the request was read to its end")

// Run has the conversation. The error is a *CommandError when it is the
// command's own; the Outcome is what there was until then.
func (m *Mock) Run(rows *Table) (*Outcome, error) {
	info := m.Info
	info.Args, info.RawArgs = SplitArguments(m.Arguments)
	if info.Command == "" {
		info.Command = m.Command.Name
	}
	o := &Outcome{}
	in := newLink()
	outR, outW := io.Pipe()
	var stderr tail
	p := &Program{
		Command: m.Command, In: in, Out: &lockstep{in, outW}, Stderr: &stderr,
		Memory: m.Memory, Workers: m.Workers, Getenv: m.Getenv, Now: m.Now,
	}
	var running sync.WaitGroup
	running.Go(func() {
		o.Exit = p.Run()
		_ = outW.Close() // of a pipe in memory
	})
	c := &Conn{name: info.Command, in: in, out: newFrames(outR, Limits{})}
	err := c.getinfo(context.Background(), &info)
	if err == nil {
		o.Kind, o.Generating, o.Fields, o.Messages = c.Kind(), c.Generating(), c.RequiredFields(), c.Messages()
		err = m.execute(c, rows, o)
	}
	c.Close()
	_, drained := io.Copy(io.Discard, outR)
	running.Wait()
	o.Stderr = stderr.String()
	if err == nil {
		err = drained
	}
	return o, err
}

// execute sends the rows and collects the replies.
func (m *Mock) execute(c *Conn, rows *Table, o *Outcome) error {
	if rows == nil {
		rows = &Table{}
	}
	for from, i := 0, 0; ; i++ {
		n := rows.Rows - from
		if len(m.Sizes) > 0 {
			n = min(n, m.Sizes[i%len(m.Sizes)])
		}
		t := rows.Slice(from, from+n)
		from += n
		r, err := c.Execute(context.Background(), &t, from == rows.Rows)
		if err != nil {
			return err
		}
		o.Rows.Append(&r.Rows)
		o.Messages = append(o.Messages, r.Messages...)
		if r.Metrics != nil {
			o.Metrics = r.Metrics
		}
		if r.Finished || from == rows.Rows && !c.Generating() {
			return nil
		}
	}
}

// Append adds rows; fields that one of the two lacks are null there.
func (t *Table) Append(more *Table) {
	for i, f := range more.Fields {
		at := slices.Index(t.Fields, f)
		if at < 0 {
			at = len(t.Fields)
			t.Fields = append(t.Fields, f)
			t.Cells = append(t.Cells, make([][]string, t.Rows, t.Rows+more.Rows))
		}
		if len(t.Cells[at]) == t.Rows {
			t.Cells[at] = append(t.Cells[at], more.Cells[i]...)
		}
	}
	t.Rows += more.Rows
	for i, cells := range t.Cells {
		t.Cells[i] = append(cells, make([][]string, t.Rows-len(cells))...)
	}
}

// link is a pipe without a limit that knows how much of a chunk was not read yet.
type link struct {
	mu     sync.Mutex
	more   sync.Cond
	buf    []byte
	left   int64 // of the chunk that is being sent
	closed bool
}

func newLink() *link {
	l := &link{}
	l.more.L = &l.mu
	return l
}

// Write takes the frame and metadata of a chunk at once, then its body.
func (l *link) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, io.ErrClosedPipe
	}
	if l.left == 0 {
		f := newFrames(strings.NewReader(string(p)), Limits{})
		if _, err := f.next(); err != nil {
			return 0, err
		}
		l.left = int64(len(p)) + f.left
	}
	l.buf = append(l.buf, p...)
	l.more.Signal()
	return len(p), nil
}

// Read waits for bytes.
func (l *link) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.buf) == 0 {
		if l.closed {
			return 0, io.EOF
		}
		l.more.Wait()
	}
	n := copy(p, l.buf)
	l.buf = l.buf[n:]
	l.left -= int64(n)
	return n, nil
}

// Close ends what can be read.
func (l *link) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.more.Broadcast()
	return nil
}

// lockstep refuses a reply that comes before its request was read.
type lockstep struct {
	in  *link
	out *io.PipeWriter
}

func (l *lockstep) Write(p []byte) (int, error) {
	l.in.mu.Lock()
	left := l.in.left
	l.in.mu.Unlock()
	if left > 0 {
		_ = l.out.CloseWithError(errEarly) // never fails
		return 0, errEarly
	}
	return l.out.Write(p)
}
