package command

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/pcre"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var rexSpec = search.Spec{
	Name: "rex", Kind: search.Streaming,
	Syntax:  `rex [field=<field>] ["<regex>" [max_match=N] [offset_field=<field>]|mode=sed "s/<regex>/<text>/[g|N]"|mode=sed "y/<letters>/<letters>/"]`,
	Help:    "makes fields of a regular expression's named groups, or replaces text in a field; the field is _raw unless another is named",
	Example: `| rex field=process "(?i)-enc\w*\s+(?<encoded>\S+)"`,
	Bind:    bindRex,
}

// rex reads fields out of a text. Rows that do not match keep what they had; of a
// multivalue each value is matched.
type rex struct {
	shown
	field  string
	re     *pcre.Regexp
	most   int // matches, -1 is all
	groups []rexGroup
	offset string // the field of places, "" is none
	sed    *pcre.Sed
}

// rexGroup is a named group: its number and the field that it fills.
type rexGroup struct {
	n    int
	name string
}

func bindRex(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &rex{shown: shown{st}, field: a.text("field", "_raw"), offset: a.text("offset_field", "")}
	if s.most = a.number("max_match", 0, 1); s.most == 0 {
		s.most = -1
	}
	pattern := st.Words[0]
	if mode, ok := st.Option("mode"); ok {
		if !strings.EqualFold(mode.Text, "sed") {
			a.problem(mode.Span, `rex has no mode "`+mode.Text+`"`, "the mode is sed")
			return nil, a.problems
		}
		s.bindSed(a, pattern)
		return s, a.problems
	}
	re, err := pcre.Compile(pattern.Text)
	if err != nil {
		a.problem(pattern.Span, err.Error(), "")
		return nil, a.problems
	}
	s.re = re
	for n, name := range re.Names() {
		if name != "" {
			s.groups = append(s.groups, rexGroup{n, name})
		}
	}
	if len(s.groups) == 0 {
		a.problem(pattern.Span, `the regex "`+pattern.Text+`" extracts nothing`, "name a group: (?<field>...)")
	}
	return s, a.problems
}

func (s *rex) bindSed(a *arguments, v spl.Value) {
	for _, o := range a.st.Options {
		if o.Name == "max_match" || o.Name == "offset_field" {
			a.problem(o.NameSpan, `option "`+o.Name+`" of rex does not go together with mode=sed`, "")
		}
	}
	sed, err := pcre.ReadSed(v.Text)
	if err != nil {
		a.problem(v.Span, err.Error(), "it is s/regex/text/, s/regex/text/g, s/regex/text/2 or y/abc/xyz/")
	}
	s.sed = sed
}

func (s *rex) made() []string {
	if s.sed != nil {
		return []string{s.field}
	}
	var out []string
	for _, g := range s.groups {
		out = append(out, g.name)
	}
	if s.offset != "" {
		out = append(out, s.offset)
	}
	return out
}

func (s *rex) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "there is nothing to match", optionName(s.st, "field", s.field))
	if s.sed != nil {
		return in, problems
	}
	return in.With(s.made()...), problems
}

// optionName is a field that an option names, with its place.
func optionName(st *spl.Stage, option, field string) spl.Name {
	if v, ok := st.Option(option); ok {
		return spl.Name{Text: field, Span: v.Span}
	}
	return spl.Name{Text: field, Span: st.NameSpan}
}

func (s *rex) Needs(want []string) []string {
	for _, n := range s.made() {
		if search.MatchAny(want, n) {
			return append(want[:len(want):len(want)], s.field)
		}
	}
	return want
}

func (s *rex) Order() search.Order { return search.OrderKept }

func (s *rex) Open(w search.World) (search.Operator, error) {
	warn := s.warner(w)
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		c := b.Column(s.field)
		if c == nil {
			return b, nil
		}
		if s.sed != nil {
			return b.With(s.field, sedColumn(s.sed, c, warn)), nil
		}
		x := newExtraction(b.Len)
		columns := make([]*extracted, len(s.groups))
		for i, g := range s.groups {
			columns[i] = x.column(g.name)
		}
		x.each(c, func(text string) { s.match(x, columns, text, warn) })
		return x.into(b), nil
	}), nil
}

// warner tells of matches that were given up.
func (s *rex) warner(w search.World) func(error) {
	return func(err error) {
		m := s.st.Problem(s.st.Words[0].Span, err.Error(), "anchor the pattern, or make its repetitions exclude each other: [^,]* instead of .*")
		m.Severity, m.Cause = diag.Warning, err
		w.Warn(m)
	}
}

func (s *rex) match(x *extraction, columns []*extracted, text string, warn func(error)) {
	if s.most == 1 {
		loc, err := s.re.Find(text, 0)
		if err != nil {
			warn(err)
		}
		if loc != nil {
			s.take(x, columns, text, loc)
		}
		return
	}
	limit := s.most
	if limit < 0 || limit > maxRexMatches {
		limit = maxRexMatches
	}
	all, err := s.re.FindAll(text, limit)
	if len(all) == maxRexMatches && err == nil {
		err = errors.New("rex takes the first 1,000,000 matches of a text, and one has as many")
	}
	if err != nil {
		warn(err)
	}
	for _, loc := range all {
		s.take(x, columns, text, loc)
	}
}

// maxRexMatches is how many matches rex takes of one text.
const maxRexMatches = 1_000_000

// take takes the groups of one match. A group that took no part gives nothing.
func (s *rex) take(x *extraction, columns []*extracted, text string, loc []int) {
	var places []string
	for i, g := range s.groups {
		from, to := loc[2*g.n], loc[2*g.n+1]
		if from < 0 {
			continue
		}
		x.add(columns[i], text[from:to])
		if s.offset != "" {
			first := utf8.RuneCountInString(text[:from])
			last := first + utf8.RuneCountInString(text[from:to]) - 1
			places = append(places, g.name+"="+strconv.Itoa(first)+"-"+strconv.Itoa(last))
		}
	}
	if s.offset != "" && places != nil {
		x.add(x.column(s.offset), strings.Join(places, "&"))
	}
}
