package command

import (
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var strcatSpec = search.Spec{
	Name: "strcat", Kind: search.Streaming,
	Syntax:  `strcat [allrequired=<bool>] <field>|"<text>"... <field>`,
	Help:    "joins fields and texts in quotes to the field named last; an absent field is nothing, or with allrequired=true there is no result",
	Example: `| strcat user "@" domain account`,
	Bind:    bindStrcat,
}

type strcat struct {
	shown
	parts []spl.Value
	to    string
	all   bool
}

func bindStrcat(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	last := len(st.Words) - 1
	s := &strcat{shown: shown{st}, parts: st.Words[:last], to: st.Words[last].Text, all: a.boolean("allrequired", false)}
	if len(s.parts) == 0 {
		a.problem(st.Words[last].Span, "strcat needs something to join before the field for the result", `strcat user "@" domain account`)
	}
	return s, a.problems
}

// sources are the fields joined.
func (s *strcat) sources() []spl.Name {
	var out []spl.Name
	for _, p := range s.parts {
		if !p.Quoted {
			out = append(out, spl.Name(p))
		}
	}
	return out
}

func (s *strcat) Shape(in search.Schema) (search.Schema, diag.List) {
	return in.With(s.to), in.Missing(s.st, "nothing is joined for it", s.sources()...)
}

func (s *strcat) Needs(want []string) []string {
	if !search.MatchAny(want, s.to) {
		return want
	}
	return append(want[:len(want):len(want)], names(s.sources())...)
}

func (s *strcat) Order() search.Order { return search.OrderKept }

// maxJoinedText is how long a text strcat makes, in bytes.
const (
	maxJoinedText  = 16 << 20
	maxJoinedTexts = 256 << 20 // of a batch, in all
)

func (s *strcat) tooLong() diag.Message {
	m := s.st.Problem(s.st.NameSpan, "strcat would make a text of more than 16 MB, or more than 256 MB in all: the row gets none", "")
	m.Severity = diag.Warning
	return m
}

func (s *strcat) Open(w search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		columns := make([]*batch.Column, len(s.parts))
		for i, p := range s.parts {
			if !p.Quoted {
				columns[i] = b.Column(p.Text)
			}
		}
		out := batch.Nulls(b.Len)
		var text []byte
		for r := range b.Len {
			missing := false
			text = text[:0]
			for i, p := range s.parts {
				switch c := columns[i]; {
				case p.Quoted:
					text = append(text, p.Text...)
				case c == nil || c.IsNull(r):
					missing = true
				default:
					text = append(text, c.Text(r)...)
				}
			}
			if len(text) > maxJoinedText || out.Dict.Size() > maxJoinedTexts {
				w.Warn(s.tooLong())
				continue
			}
			if !missing || !s.all {
				out.Codes[r] = out.Dict.AddBytes(text)
			}
		}
		return put(b, s.to, out), nil
	}), nil
}
