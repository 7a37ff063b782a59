package command

import (
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var addinfoSpec = search.Spec{
	Name: "addinfo", Kind: search.Streaming,
	Syntax:  "addinfo",
	Help:    "adds to each row the search's time range, its moment and its id: info_min_time, info_max_time, info_search_time, info_sid",
	Example: `| addinfo | eval age=info_search_time-_time`,
	Bind: func(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
		return &addinfo{shown{st}}, nil
	},
}

type addinfo struct{ shown }

var infoFields = []string{"info_min_time", "info_max_time", "info_search_time", "info_sid"}

func (s *addinfo) Shape(in search.Schema) (search.Schema, diag.List) {
	return in.With(infoFields...), nil
}

func (s *addinfo) Needs(want []string) []string { return search.Wants(want, infoFields, nil) }

func (s *addinfo) Order() search.Order { return search.OrderKept }

func (s *addinfo) Open(w search.World) (search.Operator, error) {
	i := w.Info()
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		for _, p := range infoPairs(i) {
			b = b.With(p[0], batch.Constant(p[1], b.Len))
		}
		return b.With("info_sid", batch.Constant(i.SID, b.Len)), nil
	}), nil
}
