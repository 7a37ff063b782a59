package command

import (
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var xmlkvSpec = search.Spec{
	Name: "xmlkv", Kind: search.Streaming,
	Syntax:  "xmlkv [<field>] [maxinputs=N]",
	Help:    "makes a field of each innermost XML element, <name>value</name>; the text is _raw unless a field is named",
	Example: `| xmlkv UserData_Xml`,
	Bind:    bindXmlkv,
}

// xmlkv reads innermost elements. Of two of one name the last counts; entities
// stay encoded. What stands around the elements need not be XML.
type xmlkv struct {
	shown
	field string
	most  int
}

func bindXmlkv(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	s := &xmlkv{shown: shown{st}, field: "_raw", most: a.number("maxinputs", 1, 50_000)}
	if len(st.Fields) > 0 {
		s.field = st.Fields[0].Text
	}
	return s, a.problems
}

func (s *xmlkv) Shape(in search.Schema) (search.Schema, diag.List) {
	n := spl.Name{Text: s.field, Span: s.st.NameSpan}
	if len(s.st.Fields) > 0 {
		n = s.st.Fields[0]
	}
	problems := in.Missing(s.st, "there is nothing to read", n)
	in.Open = true
	return in, problems
}

func (s *xmlkv) Needs(want []string) []string { return append(want[:len(want):len(want)], s.field) }

// Open reads maxinputs rows and leaves the others as they are.
func (s *xmlkv) Open(w search.World) (search.Operator, error) {
	left := s.most
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		c := b.Column(s.field)
		if c == nil {
			return b, nil
		}
		n := min(left, b.Len)
		if n < b.Len {
			m := s.st.Problem(s.st.NameSpan, "xmlkv read the first rows only: maxinputs is reached", "maxinputs=N reads more")
			m.Severity = diag.Warning
			w.Warn(m)
		}
		left -= n
		x := newExtraction(b.Len)
		if n > 0 {
			x.each(c.Slice(0, n), func(text string) { innermost(text, func(name, v string) { x.set(x.column(name), v) }) })
		}
		return x.into(b), nil
	}), nil
}

// innermost calls f with <name>value</name> where value holds no tag.
func innermost(text string, f func(name, value string)) {
	for {
		open := strings.IndexByte(text, '<')
		if open < 0 {
			return
		}
		text = text[open+1:]
		name, value, closed, ok := element(text)
		if !ok {
			return
		}
		text = value
		if name == "" || name[0] == '/' || name[0] == '?' || name[0] == '!' || !closed {
			continue
		}
		end := strings.IndexByte(value, '<')
		if end < 0 {
			return
		}
		rest := value[end+1:]
		if len(rest) > len(name)+1 && rest[0] == '/' && rest[len(name)+1] == '>' && rest[1:len(name)+1] == name {
			f(name, strings.TrimSpace(value[:end]))
			text = rest[len(name)+2:]
		}
	}
}

// element reads the name of a tag that begins before text, and what stands behind
// the tag. Where another tag begins within, closed is false, and the rest begins
// with that.
func element(text string) (name, rest string, closed, ok bool) {
	end := -1
	for i := range len(text) {
		switch text[i] {
		case '>':
			if end < 0 {
				end = i
			}
			return text[:end], text[i+1:], true, true
		case '<':
			return "", text[i:], false, true
		case ' ', '\t', '\r', '\n':
			if end < 0 {
				end = i
			}
		}
	}
	return "", "", false, false
}
