package command

import (
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var nomvSpec = search.Spec{
	Name: "nomv", Kind: search.Streaming,
	Syntax:  "nomv <field>",
	Help:    "makes one value of a multivalue: its values with line breaks between them, or with the delimiter of an mvcombine right before",
	Example: `| stats values(user) as user by dest | nomv user`,
	Bind:    bindNomv,
}

type nomv struct {
	shown
	field string
}

func bindNomv(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.valueField(st.Fields[0])
	return &nomv{shown{st}, st.Fields[0].Text}, a.problems
}

func (s *nomv) Shape(in search.Schema) (search.Schema, diag.List) {
	return in, in.Missing(s.st, "there is nothing to join", s.st.Fields...)
}

func (s *nomv) Needs(want []string) []string { return want }

func (s *nomv) Order() search.Order { return search.OrderKept }

func (s *nomv) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		c := b.Column(s.field)
		if c == nil || c.Codes == nil || !c.Dict.HasMulti() {
			return b, nil
		}
		return b.With(s.field, mapLists(c, func(list []string) []string { return []string{strings.Join(list, "\n")} })), nil
	}), nil
}
