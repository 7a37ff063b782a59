package modinput

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Streaming is the form in which an input gives its events.
type Streaming string

// The forms. XML is the zero value's meaning on the side of a program; a scheme
// that was read always says which.
const (
	XML    Streaming = "xml"
	Simple Streaming = "simple"
)

// DataType is the type of a parameter.
type DataType string

// The types. An Arg without one is a String.
const (
	String  DataType = "string"
	Number  DataType = "number"
	Boolean DataType = "boolean"
)

// Scheme is what an input tells of itself.
type Scheme struct {
	// Name is what stands before "://": letters, digits, "_" and "-". It is also
	// the name of the program's file. A scheme that was read has the name it was
	// asked for.
	Name string
	// Title and Description are shown in Splunk Web.
	Title, Description string
	// SingleInstance: one process gets all stanzas; else each has its own.
	SingleInstance bool
	// ExternalValidation: the program is asked before a stanza is saved. A
	// program with Input.Validate says so whatever stands here.
	ExternalValidation bool
	// Streaming is the form of the events.
	Streaming Streaming
	// Args are the parameters beside Splunk's own (source, sourcetype, host,
	// index, interval, disabled).
	Args []Arg
}

// Arg is one parameter of an input.
type Arg struct {
	Name        string
	Title       string
	Description string
	// Validation is what splunkd itself checks, such as is_pos_int('count').
	Validation string
	Type       DataType
	// RequiredOnCreate and RequiredOnEdit are always written: splunkd takes a
	// parameter that does not say so for a required one.
	RequiredOnCreate, RequiredOnEdit bool
	// Value is how inputs.conf.spec shows a value: "<string>" when it is empty.
	Value string
}

// implicit are the parameters that every input has; declaring them has no
// effect.
var implicit = []string{
	"source", "sourcetype", "host", "index", "disabled", "interval", "python.version", "python.required",
	"persistentQueueSize", "queueSize", "start_by_shell", "run_introspection", "run_only_one", "queue", "_meta", "_TCP_ROUTING",
}

func isImplicit(name string) bool { return slices.Contains(implicit, name) }

// reserved are names of Splunk's own inputs.
var reserved = []string{"batch", "fifo", "monitor", "script", "splunktcp", "tcp", "udp"}

var namePattern = regexp.MustCompile(`^[0-9a-zA-Z][0-9a-zA-Z_-]*$`)

// Check tells why splunkd would not take the scheme, or not as it is meant; nil
// when it would.
func (s *Scheme) Check() error {
	for _, a := range s.Args {
		if isImplicit(a.Name) {
			return fmt.Errorf("cannot declare the parameter %q: every input has it", a.Name)
		}
	}
	return s.acceptable()
}

// acceptable is Check for the schemes of others, many of which declare what
// every input has: that has no effect.
func (s *Scheme) acceptable() error {
	switch {
	case !namePattern.MatchString(s.Name):
		return fmt.Errorf("cannot name a scheme %q: letters, digits, _ and - only, and the first a letter or digit", s.Name)
	case slices.Contains(reserved, strings.ToLower(s.Name)):
		return fmt.Errorf("cannot name a scheme %q: it is one of Splunk's own inputs", s.Name)
	case !slices.Contains([]Streaming{"", XML, Simple}, s.Streaming):
		return fmt.Errorf("cannot stream events as %q: expected xml or simple", s.Streaming)
	}
	for i, a := range s.Args {
		switch {
		case !namePattern.MatchString(a.Name):
			return fmt.Errorf("cannot name a parameter %q: letters, digits, _ and - only, and the first a letter or digit", a.Name)
		case !slices.Contains([]DataType{"", String, Number, Boolean}, a.Type):
			return fmt.Errorf("cannot give the parameter %q the type %q: expected string, number or boolean", a.Name, a.Type)
		case slices.ContainsFunc(s.Args[:i], func(b Arg) bool { return a.Name == b.Name }):
			return fmt.Errorf("cannot declare the parameter %q twice", a.Name)
		}
	}
	return nil
}

// Arg finds a parameter by its name.
func (s *Scheme) Arg(name string) (Arg, bool) {
	for _, a := range s.Args {
		if a.Name == name {
			return a, true
		}
	}
	return Arg{}, false
}
