package command

import (
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/pcre"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var makemvSpec = search.Spec{
	Name: "makemv", Kind: search.Streaming,
	Syntax:  `makemv [delim=<text>|tokenizer="<regex>"] [allowempty=<bool>] [setsv=<bool>] <field>`,
	Help:    "splits a field's value into several: at a text, a blank when none is given, or by the first group of a regular expression",
	Example: `| makemv delim="," recipients`,
	Bind:    bindMakemv,
}

// makemv splits each distinct value once. Empty parts go unless allowempty.
type makemv struct {
	shown
	field, delim string
	tokens       *pcre.Regexp
	empty        bool
}

func bindMakemv(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.valueField(st.Fields[0])
	s := &makemv{shown: shown{st}, field: st.Fields[0].Text, delim: a.text("delim", " "), empty: a.boolean("allowempty", false)}
	a.boolean("setsv", false)
	if v, ok := st.Option("tokenizer"); ok {
		if d, both := st.Option("delim"); both {
			a.problem(d.Span, "makemv takes delim= or tokenizer=, not both", "")
		}
		re, err := pcre.Compile(v.Text)
		if err != nil {
			a.problem(v.Span, err.Error(), "")
		} else if len(re.Names()) < 2 {
			a.problem(v.Span, `the tokenizer "`+v.Text+`" has no group`, "its first group is a value: ([^,]+),?")
		}
		s.tokens = re
	}
	if s.delim == "" {
		v, _ := st.Option("delim")
		a.problem(v.Span, "delim= is empty", "")
	}
	return s, a.problems
}

// valueField refuses wildcards and internal fields.
func (a *arguments) valueField(n spl.Name) {
	a.plain([]spl.Name{n})
	if internal(n.Text) {
		a.problem(n.Span, a.st.Name+` does not work on internal fields such as "`+n.Text+`"`, "copy it first: eval copy="+n.Text)
	}
}

func (s *makemv) Shape(in search.Schema) (search.Schema, diag.List) {
	return in, in.Missing(s.st, "there is nothing to split", s.st.Fields...)
}

func (s *makemv) Needs(want []string) []string { return want }

func (s *makemv) Order() search.Order { return search.OrderKept }

func (s *makemv) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		c := b.Column(s.field)
		if c == nil {
			return b, nil
		}
		return b.With(s.field, mapLists(c, func(list []string) []string {
			var out []string
			for _, v := range list {
				out = s.split(out, v)
			}
			return out
		})), nil
	}), nil
}

func (s *makemv) split(out []string, v string) []string {
	if s.tokens != nil {
		all, _ := s.tokens.FindAll(v, -1)
		for _, loc := range all {
			if loc[2] >= 0 && (loc[3] > loc[2] || s.empty) {
				out = append(out, v[loc[2]:loc[3]])
			}
		}
		return out
	}
	for part := range strings.SplitSeq(v, s.delim) {
		if part != "" || s.empty {
			out = append(out, part)
		}
	}
	return out
}
