package command

import (
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/knowledge"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var extractSpec = search.Spec{
	Name: "extract", Kind: search.Streaming,
	Syntax:  "extract [pairdelim=<characters>] [kvdelim=<characters>] [limit=N] [maxchars=N] [mv_add=<bool>] [clean_keys=<bool>] [keep_empty_vals=<bool>] [auto=<bool>] [segment=<bool>] [reload=<bool>] [<stanza>]",
	Help:    "makes fields of the pairs in _raw: key=value, or as the characters say that part pairs and keys from values, or as a stanza of transforms.conf says",
	Example: `| extract pairdelim=";" kvdelim=":"`,
	Bind:    bindExtract,
}

// extract reads pairs out of _raw. Of a key that stands twice the first value
// counts, or all with mv_add. A value that holds a character of kvdelim is no
// value, unless it is quoted.
type extract struct {
	shown
	transform   search.Transform
	pairs, keys string // characters; "" is none
	auto        bool
	limit, most int // pairs, characters
	several     bool
	clean       bool
	empty       bool
}

func bindExtract(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &extract{
		shown: shown{st}, pairs: a.text("pairdelim", ""), keys: a.text("kvdelim", ""), auto: a.boolean("auto", true),
		limit: a.number("limit", 1, 50), most: a.number("maxchars", 1, 10_240),
		several: a.boolean("mv_add", false), clean: a.boolean("clean_keys", true), empty: a.boolean("keep_empty_vals", false),
	}
	a.boolean("segment", false)
	a.boolean("reload", false)
	if len(st.Words) > 0 {
		name := st.Words[0]
		t, problems := c.Transform(name.Text)
		for _, m := range problems {
			if m.Place.Text == nil {
				m.Place = st.Source.At(name.Span)
			}
			a.problems = append(a.problems, m)
		}
		s.transform, s.auto = t, false
	}
	switch {
	case s.pairs == "" && s.keys != "":
		s.pairs = " ,;|&\t\r\n"
	case s.pairs != "" && s.keys == "":
		s.keys = "="
	}
	return s, a.problems
}

func (s *extract) source() string {
	if s.transform != nil {
		return s.transform.Source()
	}
	return "_raw"
}

func (s *extract) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "there is nothing to read", spl.Name{Text: s.source(), Span: s.st.NameSpan})
	in.Open = true
	return in, problems
}

func (s *extract) Needs(want []string) []string {
	return append(want[:len(want):len(want)], "_raw", s.source())
}

func (s *extract) Order() search.Order { return search.OrderKept }

func (s *extract) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		if s.transform != nil {
			b = s.transformed(b)
		}
		if s.pairs == "" && !s.auto {
			return b, nil
		}
		x := newExtraction(b.Len)
		x.each(b.Column("_raw"), func(text string) {
			text = text[:min(len(text), s.most)]
			p := foundPairs{extract: s, x: x, seen: map[string]bool{}}
			if s.pairs != "" {
				p.split(text)
			}
			if s.auto {
				p.equations(text)
			}
		})
		return x.into(b), nil
	}), nil
}

// transformed adds the fields that a stanza finds.
func (s *extract) transformed(b *batch.Batch) *batch.Batch {
	c := b.Column(s.source())
	if c == nil {
		return b
	}
	texts := make([][]byte, b.Len)
	for r := range texts {
		if !c.IsNull(r) {
			texts[r] = []byte(c.Text(r))
		}
	}
	names, columns := s.transform.Fields(texts)
	for i, n := range names {
		if columns[i] != nil {
			b = put(b, n, columns[i])
		}
	}
	return b
}

// foundPairs is the pairs of one text.
type foundPairs struct {
	*extract
	x    *extraction
	seen map[string]bool
	n    int
}

func (p *foundPairs) add(key, value string, quoted bool) {
	if p.clean {
		key = knowledge.CleanKey(key)
	}
	if key == "" || value == "" && !p.empty && !quoted || p.n >= p.limit || p.seen[key] && !p.several {
		return
	}
	p.n++
	p.seen[key] = true
	p.x.add(p.x.column(key), value)
}

// split parts a text at the characters of pairdelim, and each pair at the first
// of those of kvdelim. Within double quotes nothing parts.
func (p *foundPairs) split(text string) {
	for part := range knowledge.PartsBy(text, p.pairs) {
		at := strings.IndexAny(part, p.keys)
		if at < 0 {
			continue
		}
		key, value := strings.Trim(part[:at], ` "`), strings.TrimSpace(part[at+1:])
		inner, quoted := unquoted(value)
		if quoted {
			value = inner
		} else if strings.ContainsAny(value, p.keys) {
			continue
		}
		p.add(key, value, quoted)
	}
}

// equations finds key=value and key="a value" wherever they stand.
func (p *foundPairs) equations(text string) {
	for at := 0; at < len(text); {
		n := strings.IndexByte(text[at:], '=')
		if n < 0 {
			return
		}
		key := text[at : at+n]
		if cut := strings.LastIndexAny(key, pairEnds+`"'(){}[]<>`); cut >= 0 {
			key = key[cut+1:]
		}
		at += n + 1
		rest := text[at:]
		end := strings.IndexAny(rest, pairEnds)
		if end < 0 {
			end = len(rest)
		}
		value, quoted := rest[:end], false
		if strings.HasPrefix(rest, `"`) {
			if close := strings.IndexByte(rest[1:], '"'); close >= 0 {
				value, end, quoted = rest[1:1+close], close+2, true
			}
		}
		if key != "" {
			p.add(key, value, quoted)
			at += end
		}
	}
}

// pairEnds part pairs where nothing says what does.
const pairEnds = " \t\r\n,;|&?"

func unquoted(s string) (string, bool) {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1], true
	}
	return s, false
}
