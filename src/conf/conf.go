// Package conf reads Splunk's .conf files as Splunk reads them, merges them over
// the layers of several apps, and writes generated ones.
//
// The dialect is Splunk's own; no ini library reads it:
//
//	# a comment is a line of its own       -> kept, with its place in the order
//	owner = admin  # not a comment         -> owner: "admin  # not a comment"
//	[My rule]                              -> a stanza; settings above it are [default]'s
//	search = index=main \                  -> search: "index=main \n| stats count"
//	| stats count
//	[a [b] c]                              -> stanza "a [b] c": up to the last bracket
//
// Keys keep their case. A stanza written twice is one stanza, and of a key
// written twice the later value wins. A byte order mark and CRLF line ends are
// understood. Blanks around names and values are cut. What cannot be read (a
// stanza without "]", a line without "=") is a message with its place, and the
// rest of the file still counts.
//
// Three things no document says are decided here: a comment line never goes on
// in the next line, even when it ends in a backslash; ";" begins a comment as
// "#" does; and of a stanza name without "]" the rest of the line is the name,
// so that its settings do not land in the stanza above.
package conf

import (
	"slices"

	"riskreplay/src/diag"
)

// defaultStanza holds what every other stanza of its kind has unless it says
// otherwise.
const defaultStanza = "default"

// Setting is one "key = value".
type Setting struct {
	Key, Value string
	// Text is the value as a text of its own: Name is the file, Body is Value,
	// and Line and Column say where it starts, so that who parses the value
	// reports places in the file.
	Text *diag.Text
}

// Stanza is a named list of settings.
type Stanza struct {
	Name string
	// Settings are in order of first appearance. In a File a key may stand twice
	// (the last counts); in a Conf it stands once.
	Settings []Setting
	// Place is the name in its header; of a stanza that several layers name, the
	// last one's. Settings before any header have the place of the first of them.
	Place diag.Place
	// App is the id of the app whose layer named the stanza last; "" in a File.
	App string
}

// Get is the value of a key, "" when the stanza has no such key.
func (s *Stanza) Get(key string) string {
	setting, _ := s.Lookup(key)
	return setting.Value
}

// Lookup is the setting of a key, the last one when it was written twice.
func (s *Stanza) Lookup(key string) (Setting, bool) {
	for _, setting := range slices.Backward(s.Settings) {
		if setting.Key == key {
			return setting, true
		}
	}
	return Setting{}, false
}

// Kind says what a line of a file is.
type Kind uint8

// The kinds of lines.
const (
	Blank Kind = iota
	Comment
	Header
	Assignment
	// Junk is a line that is none of the others; a message told so.
	Junk
)

// Line is one line of a file as written, its line end included. An Assignment
// holds its continuation lines too.
type Line struct {
	Kind Kind
	Text string
}

// File is one .conf file as written.
type File struct {
	// Name is what messages call it.
	Name string
	// Lines joined are the file, byte for byte.
	Lines []Line
	// Stanzas are in order of first appearance, [default] among them where it
	// was named or has settings.
	Stanzas []*Stanza

	byName map[string]*Stanza
}

// Stanza finds a stanza by its exact name.
func (f *File) Stanza(name string) (*Stanza, bool) {
	s, ok := f.byName[name]
	return s, ok
}

// String is the file as it was written, byte for byte.
func (f *File) String() string {
	n := 0
	for _, l := range f.Lines {
		n += len(l.Text)
	}
	b := make([]byte, 0, n)
	for _, l := range f.Lines {
		b = append(b, l.Text...)
	}
	return string(b)
}
