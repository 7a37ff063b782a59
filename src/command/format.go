package command

import (
	"context"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var formatSpec = search.Spec{
	Name: "format", Kind: search.Transforming,
	Syntax:  `format [mvsep=<text>] [maxresults=N] ["<row prefix>" "<column prefix>" "<column separator>" "<column end>" "<row separator>" "<row end>"] [emptystr=<text>]`,
	Help:    "writes all rows as one condition, in the field search; a subsearch does it without being told",
	Example: `| format`,
	Bind:    bindFormat,
}

// format writes rows as text:
//
//	( ( host="a" AND source="b" ) OR ( host="c" ) )
//
// fields by name, internal ones left out; a multivalue is ( f="a" OR f="b" ).
type format struct {
	shown
	rowStart, columnStart, columnBreak, columnEnd, rowBreak, rowEnd string
	valueBreak, none                                                string
	most                                                            int
}

func bindFormat(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &format{
		shown: shown{st}, rowStart: "(", columnStart: "(", columnBreak: "AND", columnEnd: ")", rowBreak: "OR", rowEnd: ")",
		valueBreak: a.text("mvsep", "OR"), none: a.text("emptystr", "NOT ( )"), most: a.number("maxresults", 0, 0),
	}
	a.unsupported("quote", "values stand in quotes")
	switch len(st.Words) {
	case 0:
	case 6:
		for i, to := range []*string{&s.rowStart, &s.columnStart, &s.columnBreak, &s.columnEnd, &s.rowBreak, &s.rowEnd} {
			*to = st.Words[i].Text
		}
	default:
		a.problem(st.Words[0].Span, "the six texts of format must be given together or not at all",
			`"<row prefix>" "<column prefix>" "<column separator>" "<column end>" "<row separator>" "<row end>"`)
	}
	return s, a.problems
}

func (s *format) Shape(search.Schema) (search.Schema, diag.List) {
	return search.Schema{Fields: []string{"search"}, Ordered: true, From: "format"}, nil
}

func (s *format) Needs([]string) []string { return []string{"*"} }

func (s *format) Open(search.World) (search.Operator, error) {
	return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) {
		out := batch.New(1)
		out.Set("search", batch.Texts(s.text(all)))
		return out, nil
	}), nil
}

func (s *format) text(b *batch.Batch) string {
	var rows []string
	fields := shownFields(b)
	for r := range b.Len {
		if s.most > 0 && len(rows) == s.most {
			break
		}
		var parts []string
		for _, f := range fields {
			if p := s.cell(f, b.Column(f).Values(r)); p != "" {
				parts = append(parts, p)
			}
		}
		if len(parts) > 0 {
			rows = append(rows, spaced(s.columnStart, strings.Join(parts, " "+s.columnBreak+" "), s.columnEnd))
		}
	}
	if len(rows) == 0 {
		return s.none
	}
	return spaced(s.rowStart, strings.Join(rows, " "+s.rowBreak+" "), s.rowEnd)
}

// spaced joins what is not empty by blanks.
func spaced(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " ")
}

func (s *format) cell(field string, values []string) string {
	switch {
	case len(values) == 0:
		return ""
	case field == "search":
		return values[0]
	}
	parts := make([]string, len(values))
	for i, v := range values {
		if parts[i] = v; field != "query" {
			parts[i] = nameText(field) + "=" + quotedText(v)
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "( " + strings.Join(parts, " "+s.valueBreak+" ") + " )"
}

// quotedText is a value in quotes, as search reads it back.
func quotedText(v string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
}
