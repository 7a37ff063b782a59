package spl

import (
	"slices"
	"sort"

	"riskreplay/src/diag"
)

// Source is a search after macro expansion, with a map back to where each part
// was written: in the search itself or in a macro's definition.
type Source struct {
	// Text is the expanded text; Spans point into it.
	Text string
	// Written is the search as it was given.
	Written  *diag.Text
	parts    []origin
	expanded bool // Expand has told of what is wrong with macros and comments
}

// Plain is a text as it stands, without anything expanded: macro uses and
// comments are still in it, and Parse keeps them in the tree.
func Plain(text *diag.Text) *Source { return &Source{Text: text.Body, Written: text} }

// origin says that Text[start:] up to the next part was written at from in text,
// and, when that is a macro's definition, by which use it came here.
type origin struct {
	start int
	text  *diag.Text
	from  int
	whole bool // the part is not byte for byte the text's: all of it came from there
	use   *use // nil in the search itself
}

// use is one use of a macro, and the use whose definition it stands in.
type use struct {
	name  string
	nargs int
	place diag.Place
	outer *use
}

// At is where the text of a span was written. A span that starts in a macro's
// definition is placed there; one that starts in an argument, at the argument.
func (s *Source) At(sp Span) diag.Place {
	i := s.part(sp.Start)
	if i < 0 {
		return s.Written.At(sp.Start, sp.End)
	}
	p := s.parts[i]
	if p.whole {
		return p.text.At(p.from, len(p.text.Body))
	}
	from := p.from + sp.Start - p.start
	return p.text.At(from, max(s.end(i, sp), from))
}

// end is where a span that starts in part i ends, in that part's text.
func (s *Source) end(i int, sp Span) int {
	p := s.parts[i]
	last := s.part(max(sp.End-1, sp.Start))
	for j := last; j > i; j-- {
		if q := s.parts[j]; q.text == p.text && q.use == p.use && !q.whole {
			return q.from + min(sp.End, s.stop(j)) - q.start
		}
	}
	return min(p.from+min(sp.End, s.stop(i))-p.start, len(p.text.Body))
}

// stop is where part i ends in Text.
func (s *Source) stop(i int) int {
	if i+1 < len(s.parts) {
		return s.parts[i+1].start
	}
	return len(s.Text)
}

// part is the index of the part that holds a byte of Text, or -1.
func (s *Source) part(at int) int {
	return sort.Search(len(s.parts), func(i int) bool { return s.parts[i].start > at }) - 1
}

// fromMacro tells whether a byte of Text came from a macro's definition.
func (s *Source) fromMacro(at int) bool {
	i := s.part(at)
	return i >= 0 && s.parts[i].use != nil
}

// notesShown is how many uses of macros within each other a message names.
const notesShown = 6

// Problem is an error about a span, with a note to each use of a macro that the
// text came through, the nearest first.
func (s *Source) Problem(sp Span, text, hint string) diag.Message {
	m := diag.Message{Text: text, Place: s.At(sp), Hint: hint}
	if i := s.part(sp.Start); i >= 0 {
		m.Notes = s.parts[i].use.notes()
	}
	return m
}

func (u *use) notes() []diag.Message {
	var notes []diag.Message
	for ; u != nil && len(notes) < notesShown; u = u.outer {
		notes = append(notes, diag.Message{Severity: diag.Info, Text: "in the expansion of macro `" + u.name + "`", Place: u.place})
	}
	return notes
}

// add puts from[i:j] at the end of s, with its places.
func (s *Source) add(out *[]byte, from *Source, i, j int) {
	for i < j {
		k := from.part(i)
		p, stop := origin{start: 0, text: from.Written, from: 0}, len(from.Text)
		if k >= 0 {
			p, stop = from.parts[k], from.stop(k)
		}
		stop = min(stop, j)
		if !p.whole {
			p.from += i - p.start
		}
		p.start = len(*out)
		s.parts = append(s.parts, p)
		*out = append(*out, from.Text[i:stop]...)
		i = stop
	}
}

// chain is the names of the uses from the outermost to u.
func (u *use) chain() []string {
	var names []string
	for ; u != nil; u = u.outer {
		names = append(names, u.name)
	}
	slices.Reverse(names)
	return names
}
