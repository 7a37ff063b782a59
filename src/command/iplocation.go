package command

import (
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var iplocationSpec = search.Spec{
	Name: "iplocation", Kind: search.Streaming,
	Syntax:  "iplocation [prefix=<text>] [allfields=<bool>] [lang=<code>] <field>",
	Help:    "would add City, Country, Region, lat and lon of an address; without a database of locations rows stay as they are",
	Example: `| iplocation src`,
	Bind:    bindIplocation,
}

// iplocation knows no locations: the fields are there for what follows, and
// absent in every row.
type iplocation struct {
	shown
	field string
	made  []string
}

func bindIplocation(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	prefix := a.text("prefix", "")
	made := []string{"City", "Country", "Region", "lat", "lon"}
	if a.boolean("allfields", false) {
		made = append(made, "Continent", "MetroCode", "Timezone")
	}
	for i := range made {
		made[i] = prefix + made[i]
	}
	return &iplocation{shown{st}, st.Fields[0].Text, made}, a.problems
}

func (s *iplocation) Shape(in search.Schema) (search.Schema, diag.List) {
	return in.With(s.made...), in.Missing(s.st, "there is no address", s.st.Fields...)
}

func (s *iplocation) Needs(want []string) []string { return want }

func (s *iplocation) Order() search.Order { return search.OrderKept }

func (s *iplocation) Open(w search.World) (search.Operator, error) {
	told := false
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		if c := b.Column(s.field); c != nil && !told && hasValue(c) {
			told = true
			m := s.st.Problem(s.st.NameSpan, "iplocation has no database of locations: no row gets one", "")
			m.Severity = diag.Warning
			w.Warn(m)
		}
		return b, nil
	}), nil
}
