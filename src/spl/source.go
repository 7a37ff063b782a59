package spl

import (
	"sort"

	"riskreplay/src/diag"
)

// Source is a search after macro expansion, with a map back to where each part
// was written: in the search itself or in a macro's definition.
type Source struct {
	// Text is the expanded text; Spans point into it.
	Text string
	// Written is the search as it was given.
	Written *diag.Text
	parts   []part
}

// part says that Text[start:] up to the next part was written at from in text,
// and, when it comes from a macro, where that macro was used.
type part struct {
	start int
	text  *diag.Text
	from  int
	whole bool        // the part is not byte for byte the text's (an argument was put in)
	use   *diag.Place // nil in the search itself
	name  string      // the macro's
}

// At is where the text of a span was written. A span that starts in a macro's
// definition is placed there.
func (s *Source) At(sp Span) diag.Place {
	p := s.part(sp.Start)
	if p == nil {
		return s.Written.At(sp.Start, sp.End)
	}
	if p.whole {
		return p.text.At(p.from, p.from+1)
	}
	from := p.from + sp.Start - p.start
	to := from + sp.End - sp.Start
	if q := s.part(max(sp.End-1, sp.Start)); q != p {
		to = len(p.text.Body)
		if p.use == nil && q != nil && q.text == p.text {
			to = q.from + sp.End - q.start
		}
	}
	return p.text.At(from, min(to, len(p.text.Body)))
}

// Problem is an error about a span, with a note to the use of the macro that
// the text came from.
func (s *Source) Problem(sp Span, text, hint string) diag.Message {
	m := diag.Message{Text: text, Place: s.At(sp), Hint: hint}
	if p := s.part(sp.Start); p != nil && p.use != nil {
		m.Notes = append(m.Notes, diag.Message{Severity: diag.Info, Text: "in the expansion of macro `" + p.name + "`", Place: *p.use})
	}
	return m
}

func (s *Source) part(at int) *part {
	i := sort.Search(len(s.parts), func(i int) bool { return s.parts[i].start > at }) - 1
	if i < 0 {
		return nil
	}
	return &s.parts[i]
}
