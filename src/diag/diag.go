// Package diag holds a place in a text and a message about it, printed with
// the line, a mark under the place and a hint.
//
// Every reader of the project (SPL, .conf, YAML, datasets) reports through it,
// so that one form of message reaches people, and one list of values reaches
// tests:
//
//	savedsearches.conf:14:9: unknown command "tstat"
//	    | tstat count from datamodel=Endpoint.Processes
//	      ~~~~~
//	    hint: did you mean "tstats"?
//
// Offsets are bytes, half open; lines and columns are counted from 1, columns
// in characters. A Message is an error value; a List is what a reader returns
// when it went on after the first problem.
package diag

import (
	"sort"
	"strings"
)

// Text is something read: a file, a search given on the command line, one value
// inside a file. Places point into it.
type Text struct {
	// Name is what people call it: a path, or "<search>".
	Name string
	// Body is the whole text.
	Body string
	// Line and Column say where Body starts in the file Name, when it is a part
	// of that file (a search inside a .conf). Zero means 1.
	Line, Column int
}

// Place is a half open range of bytes in a Text. The zero Place is nowhere.
type Place struct {
	Text       *Text
	Start, End int
}

// Severity says how much a message matters. The zero value is Error.
type Severity uint8

// The severities, worst first.
const (
	Error Severity = iota
	Warning
	Info
)

// String gives "error", "warning" or "info".
func (s Severity) String() string { return [...]string{"error", "warning", "info"}[s] }

// Message says what is wrong, where, and what to do about it.
type Message struct {
	Severity Severity
	// Text is lower case, names the thing, and holds no place:
	// `unknown command "tstat"`.
	Text string
	// Place may be nowhere.
	Place Place
	// Hint says what to do: `did you mean "tstats"?`.
	Hint string
	// Notes point to other places that matter, such as a macro's definition.
	Notes []Message
	// Cause is wrapped, for errors.Is and errors.As; Text names it already.
	Cause error
}

// Unwrap gives the cause.
func (m Message) Unwrap() error { return m.Cause }

// Short is the first line only: place and text, without the marked line.
func (m Message) Short() string {
	at := m.Place.String()
	if at == "" {
		return m.Text
	}
	return at + ": " + m.Text
}

// Error prints the whole message: place and text, the line with a mark under
// the place, the hint, and the notes. It does not end in a newline.
func (m Message) Error() string {
	var b strings.Builder
	m.print(&b, "")
	return b.String()
}

func (m Message) print(b *strings.Builder, kind string) {
	if at := m.Place.String(); at != "" {
		b.WriteString(at + ": ")
	}
	b.WriteString(kind + m.Text)
	if snippet := m.Place.snippet(); snippet != "" {
		b.WriteString("\n" + snippet)
	}
	if m.Hint != "" {
		b.WriteString("\n    hint: " + m.Hint)
	}
	for _, n := range m.Notes {
		b.WriteByte('\n')
		n.print(b, "note: ")
	}
}

// List is messages in the order they were found.
type List []Message

// Err is nil when no message is of severity Error, else the list as an error.
func (l List) Err() error {
	if !l.HasErrors() {
		return nil
	}
	return l
}

// HasErrors tells whether any message is of severity Error.
func (l List) HasErrors() bool {
	for _, m := range l {
		if m.Severity == Error {
			return true
		}
	}
	return false
}

// Errors gives the messages of severity Error alone.
func (l List) Errors() List {
	var out List
	for _, m := range l {
		if m.Severity == Error {
			out = append(out, m)
		}
	}
	return out
}

// Error prints every message of the list, one after the other.
func (l List) Error() string {
	parts := make([]string, len(l))
	for i, m := range l {
		parts[i] = m.Error()
	}
	return strings.Join(parts, "\n")
}

// Unwrap gives the messages one by one, for errors.Is and errors.As.
func (l List) Unwrap() []error {
	out := make([]error, len(l))
	for i, m := range l {
		out[i] = m
	}
	return out
}

// Sort orders messages by file, then by place, keeping the order of those at
// one place.
func (l List) Sort() {
	sort.SliceStable(l, func(i, j int) bool {
		a, b := l[i].Place, l[j].Place
		if a.name() != b.name() {
			return a.name() < b.name()
		}
		al, ac := a.LineColumn()
		bl, bc := b.LineColumn()
		if al != bl {
			return al < bl
		}
		return ac < bc
	})
}
