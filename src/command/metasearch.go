package command

import (
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var metasearchSpec = search.Spec{
	Name: "metasearch", Kind: search.Generating,
	Syntax:  "metasearch [<condition>]",
	Help:    "finds events as search does and gives their time, index, host, source and sourcetype only",
	Example: `| metasearch index=main regsvcs.exe | stats count by host`,
	First: func(st *spl.Stage, c search.Context) ([]search.Stage, diag.List) {
		stages, problems := bindScan(st, c)
		return append(stages, metaOnly{shown{st}}), problems
	},
	Bind: func(st *spl.Stage, _ search.Context) (search.Stage, diag.List) { return metaOnly{shown{st}}, nil },
}

// metaFields is what metasearch gives.
var metaFields = []string{"_time", "host", "index", "source", "sourcetype"}

// metaOnly leaves of events what is known without reading them.
type metaOnly struct{ shown }

func (s metaOnly) String() string { return "fields _time, host, index, source, sourcetype" }

func (s metaOnly) Shape(search.Schema) (search.Schema, diag.List) {
	return search.Schema{Fields: metaFields, From: "metasearch"}, nil
}

func (s metaOnly) Needs([]string) []string { return metaFields }

func (s metaOnly) Order() search.Order { return search.OrderKept }

func (s metaOnly) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		return b.Keep(func(n string) bool { return slices.Contains(metaFields, n) }), nil
	}), nil
}
