package scp

import (
	"errors"

	"riskreplay/src/diag"
)

// Command is a search command as it is declared: what it is called, what it
// takes, and how one use of it is set up. Help, searchbnf.conf and the page of
// the documentation are generated from it (Usage, SearchBNF, Markdown), so that
// they cannot say something else than the parser does.
type Command struct {
	// Name is the stanza of commands.conf: a to z and 0 to 9.
	Name string
	// Short is one sentence, Help a few (paragraphs are separated by an empty
	// line).
	Short, Help string
	// Options are the name=value arguments, in the order help shows them.
	Options []Option
	// Clauses are the keyword arguments, such as FOR a, b.
	Clauses []Clause
	// Words says what bare words outside of clauses mean; "" refuses them.
	Words string
	// Examples are shown in help and in the search assistant, the best first.
	Examples []Example
	// Tags and Related are for the search assistant.
	Tags, Related []string
	// Setup checks the arguments and says how the command will run. It answers
	// getinfo, which splunkd asks several times a search, also without a session
	// (Info.Probe): it must be fast, touch no network and have no side effects.
	//
	// A list with an error makes the search fail with all of its errors in one
	// text; warnings go to the user.
	Setup func(info *Info, args *Args) (Plan, diag.List)
}

// Example is a use of a command, as one would type it after a pipe (or a whole
// search, which begins with "|"), and what it is good for.
type Example struct{ Text, Comment string }

// Kind is the type of a command on the wire: where it runs and what it gets.
type Kind string

// The kinds of commands.
const (
	// KindStreaming runs on indexers and search heads, many processes in
	// parallel; rows come in chunks of any size and in no order.
	KindStreaming Kind = "streaming"
	// KindStateful runs in one process on the search head; rows come in order.
	KindStateful Kind = "stateful"
	// KindEvents gets all rows before it gives one, and keeps them events.
	KindEvents Kind = "events"
	// KindReporting gets all rows and makes others of them.
	KindReporting Kind = "reporting"
)

// Plan is how one use of a command runs. Exactly one of Streaming, Stateful,
// Events, Reporting and Generating is set.
type Plan struct {
	Streaming  Streaming
	Stateful   Stateful
	Events     Events
	Reporting  Reporting
	Generating Generating

	// Fields are the fields that the command reads; nil and "*" are all.
	//
	// For a Streaming or Stateful command named fields switch on the selected
	// fields mode: only they cross the pipe, and splunkd merges the reply into
	// its rows. In that mode a row can be changed or dropped, but neither
	// returned twice nor made anew (Writer says so when it is tried).
	Fields []string
	// Type is the kind that a Generating command tells splunkd, KindStateful
	// when empty.
	Type Kind
	// Preop is the search that a Reporting command wants to run on the indexers
	// before it (streaming_preop).
	Preop string
	// MaxWait is how many seconds of silence splunkd grants; 0 leaves it to
	// commands.conf.
	MaxWait int
}

// Streaming is a command that treats each row by itself.
//
// Process is called for the parts of a chunk, in parallel and from several
// goroutines; what parts of a chunk write is put together in order. A part is
// some hundred rows, and never a border that a command may rely on. Whatever
// calls share must be read only or guarded; in and out belong to the call.
type Streaming interface {
	Process(in *Rows, out *Writer) error
}

// Stateful is a command that sees all rows in their order. Its methods are never
// called at the same time.
type Stateful interface {
	Process(in *Rows, out *Writer) error
	// Finish is called once, after the last row, and may write more of them
	// (not in the selected fields mode).
	Finish(out *Writer) error
}

// Events is a command that gets all rows and returns them in another order, or
// fewer of them, or changed.
type Events interface {
	// Arrange is called once, with all rows.
	Arrange(all *Spool, out *Writer) error
}

// Reporting is a command that makes other rows out of all rows. Its methods are
// never called at the same time. One that needs the rows themselves keeps them
// in a Spool, which goes to disk when they are many.
type Reporting interface {
	// Add takes the next rows. They are views: keep copies.
	Add(in *Rows) error
	// Report is called once, after the last Add.
	Report(out *Writer) error
}

// Generating is a command that makes rows. Generate is called for each chunk
// that splunkd asks for; it writes some rows, at best until out.Full, and
// returns ErrDone with, or after, the last.
type Generating interface {
	Generate(out *Writer) error
}

// ErrDone is returned by a command that needs, or has, no more rows. It ends the
// command, not the search: what was written before is returned.
var ErrDone = errors.New("no more rows are needed")

// Summary is implemented by commands that have something to say when all rows
// are seen, such as how many were skipped. It is called once, before the last
// reply, and not at all when a search is ended early.
type Summary interface {
	Summarise(m *Messages)
}

// kind is what is told to splunkd.
func (p *Plan) kind() Kind {
	switch {
	case p.Streaming != nil:
		return KindStreaming
	case p.Stateful != nil:
		return KindStateful
	case p.Events != nil:
		return KindEvents
	case p.Reporting != nil:
		return KindReporting
	case p.Type != "":
		return p.Type
	}
	return KindStateful
}

// run is the one that is set.
func (p *Plan) run() any {
	switch {
	case p.Streaming != nil:
		return p.Streaming
	case p.Stateful != nil:
		return p.Stateful
	case p.Events != nil:
		return p.Events
	case p.Reporting != nil:
		return p.Reporting
	}
	return p.Generating
}

// selected tells whether splunkd will send only the fields named.
func (p *Plan) selected() bool {
	if p.Streaming == nil && p.Stateful == nil || len(p.Fields) == 0 {
		return false
	}
	for _, f := range p.Fields {
		if f == "*" {
			return false
		}
	}
	return true
}
