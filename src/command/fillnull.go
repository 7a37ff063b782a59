package command

import (
	"context"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var fillnullSpec = search.Spec{
	Name: "fillnull", Kind: search.Streaming,
	Syntax:  "fillnull [value=<text>] [<field>...]",
	Help:    "puts a value, 0 when none is given, where a field is null",
	Example: `| fillnull value=unknown user, dest`,
	Bind:    bindFillnull,
}

// fillnull fills the fields named, which may be new, or every field that some
// row has (rule N5). Internal fields are filled only by name.
type fillnull struct {
	shown
	value string
	names []string
}

func bindFillnull(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	a.once(st.Fields)
	return &fillnull{shown{st}, a.text("value", "0"), names(st.Fields)}, a.problems
}

func (s *fillnull) Shape(in search.Schema) (search.Schema, diag.List) {
	return in.With(s.names...), nil
}

func (s *fillnull) Needs(want []string) []string { return want }

func (s *fillnull) Order() search.Order { return search.OrderKept }

func (s *fillnull) Open(search.World) (search.Operator, error) {
	if len(s.names) == 0 {
		return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) { return s.fillAll(all), nil }), nil
	}
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		for _, n := range s.names {
			b = b.With(n, filled(b.Column(n), s.value, b.Len))
		}
		return b, nil
	}), nil
}

func (s *fillnull) fillAll(all *batch.Batch) *batch.Batch {
	out := batch.New(all.Len)
	for i, n := range all.Names {
		c := all.Columns[i]
		if !internal(n) && hasValue(c) {
			c = filled(c, s.value, all.Len)
		}
		out.Set(n, c)
	}
	return out
}

func hasValue(c *batch.Column) bool {
	for r := range c.Len() {
		if !c.IsNull(r) {
			return true
		}
	}
	return false
}

// filled is a column with a text in the place of null.
func filled(c *batch.Column, text string, n int) *batch.Column {
	if c == nil {
		return batch.Constant(text, n)
	}
	full := true
	for r := range n {
		full = full && !c.IsNull(r)
	}
	if full {
		return c
	}
	c = c.Coded()
	out := batch.Nulls(n)
	fill := out.Dict.Add(text)
	tr := batch.NewTranslator(out.Dict).From(c.Dict)
	for r, code := range c.Codes {
		if out.Codes[r] = fill; code != 0 {
			out.Codes[r] = tr.Code(code)
		}
	}
	return out
}

func (s *fillnull) String() string {
	text := `fillnull value="` + s.value + `"`
	if len(s.names) > 0 {
		text += " " + strings.Join(s.names, ", ")
	}
	return text
}
