package command

import (
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var filldownSpec = search.Spec{
	Name: "filldown", Kind: search.Centralized,
	Syntax:  "filldown [<field>...]",
	Help:    "puts the last value above where a field is null, in the fields named or in all",
	Example: `| filldown dest user`,
	Bind: func(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
		return &filldown{shown{st}, names(st.Fields)}, nil
	},
}

type filldown struct {
	shown
	fields []string
}

func (s *filldown) Shape(in search.Schema) (search.Schema, diag.List) {
	return in, in.Missing(s.st, "there is nothing to fill in", s.st.Fields...)
}

func (s *filldown) Needs(want []string) []string { return want }

func (s *filldown) fills(name string) bool {
	if len(s.fields) == 0 {
		return !internal(name)
	}
	return matchesAny(s.fields, name)
}

func (s *filldown) Open(search.World) (search.Operator, error) {
	last := map[string][]string{}
	var order []string
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		for i, n := range b.Names {
			if !s.fills(n) {
				continue
			}
			c, end := filledDown(b.Columns[i], last[n])
			if b = b.With(n, c); end != nil {
				if last[n] == nil {
					order = append(order, n)
				}
				last[n] = end
			}
		}
		for _, n := range order {
			if !slices.Contains(b.Names, n) {
				c, _ := filledDown(batch.Nulls(b.Len), last[n])
				b = b.With(n, c)
			}
		}
		return b, nil
	}), nil
}

// filledDown fills null with the value above, which before the first row was
// last. It gives the last value too.
func filledDown(c *batch.Column, last []string) (*batch.Column, []string) {
	if c.Times != nil || c.Len() == 0 {
		return c, last
	}
	c = c.Coded()
	out := batch.Nulls(c.Len())
	tr := batch.NewTranslator(out.Dict).From(c.Dict)
	at := out.Dict.AddValues(last)
	for r, code := range c.Codes {
		if code != 0 {
			at = tr.Code(code)
		}
		out.Codes[r] = at
	}
	return out, out.Dict.Values(at)
}
