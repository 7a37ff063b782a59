package command

import (
	"unsafe"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/pcre"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var regexSpec = search.Spec{
	Name: "regex", Kind: search.Streaming,
	Syntax:  `regex [<field>=|<field>!=]"<regex>"`,
	Help:    "keeps the rows whose field, _raw unless one is named, matches a regular expression; with != those that do not, also those without the field",
	Example: `| regex process="(?i)\s-e(nc\w*)?\s"`,
	Bind:    bindRegex,
}

// regex keeps rows. Of a multivalue any value counts.
type regex struct {
	shown
	field string
	not   bool
	re    *pcre.Regexp
}

func bindRegex(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &regex{shown: shown{st}, field: "_raw", not: st.Sign == '!'}
	if len(st.Fields) > 0 {
		s.field = st.Fields[0].Text
	}
	a.plain(st.Fields)
	re, err := pcre.Compile(st.Words[0].Text)
	if err != nil {
		a.problem(st.Words[0].Span, err.Error(), "")
	}
	s.re = re
	return s, a.problems
}

func (s *regex) Shape(in search.Schema) (search.Schema, diag.List) {
	effect := "no row passes"
	if s.not {
		effect = "every row passes"
	}
	n := spl.Name{Text: s.field, Span: s.st.NameSpan}
	if len(s.st.Fields) > 0 {
		n = s.st.Fields[0]
	}
	return in, in.Missing(s.st, effect, n)
}

func (s *regex) Needs(want []string) []string { return append(want[:len(want):len(want)], s.field) }

func (s *regex) Order() search.Order { return search.OrderKept }

func (s *regex) Open(w search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		c := b.Column(s.field)
		if c == nil {
			if s.not {
				return b, nil
			}
			return batch.New(0), nil
		}
		var keep []int32
		match := s.matcher(c, w)
		for r := range b.Len {
			if match(r) != s.not {
				keep = append(keep, int32(r))
			}
		}
		return choose(b, keep), nil
	}), nil
}

// matcher tells whether a row matches; each distinct value is looked at once.
func (s *regex) matcher(c *batch.Column, w search.World) func(row int) bool {
	match := func(text string) bool {
		ok, err := s.re.Match(text)
		if err != nil {
			m := s.st.Problem(s.st.Words[0].Span, err.Error(), "anchor the pattern, or make its repetitions exclude each other: [^,]* instead of .*")
			m.Severity, m.Cause = diag.Warning, err
			w.Warn(m)
		}
		return ok
	}
	if c.Bytes != nil {
		return func(row int) bool {
			text := c.Bytes[row]
			return text != nil && match(unsafe.String(unsafe.SliceData(text), len(text)))
		}
	}
	c = c.Coded()
	known := make([]int8, c.Dict.Len())
	var of func(code batch.Code) bool
	of = func(code batch.Code) bool {
		if code == 0 {
			return false
		}
		if known[code] == 0 {
			known[code] = -1
			ok := false
			if list := c.Dict.Multi(code); list != nil {
				for _, v := range list {
					ok = ok || of(v)
				}
			} else {
				ok = match(c.Dict.Text(code))
			}
			if ok {
				known[code] = 1
			}
		}
		return known[code] > 0
	}
	return func(row int) bool { return of(c.Codes[row]) }
}
