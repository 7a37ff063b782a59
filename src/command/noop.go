package command

import (
	"context"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// Commands that change no row: those that say where Splunk runs the rest of the
// search, or how its web pages show a result.
var (
	noopSpec         = passing("noop", "noop [<option>=<value>]...", "does nothing; its options tune Splunk's own running of the search", "| noop search_optimization=false")
	localopSpec      = passing("localop", "localop", "does nothing here: it keeps the rest of a search off other machines", "| localop | iplocation src")
	redistributeSpec = passing("redistribute", "redistribute [num_of_reducers=N] [BY <field>...]", "does nothing here: it shares the rest of a search between machines", "| redistribute by dest | stats count by dest")
	highlightSpec    = passing("highlight", "highlight <text>...", "does nothing here: it marks texts where a page shows events", "| highlight regsvcs.exe")
	iconifySpec      = passing("iconify", "iconify <field>...", "does nothing here: it draws a sign for each value where a page shows events", "| iconify eventtype")
	fieldformatSpec  = search.Spec{
		Name: "fieldformat", Kind: search.Streaming,
		Syntax:  "fieldformat <field>=<expression>",
		Help:    "says how pages and tables show a field; the value stays as it is, and so does what is given here",
		Example: `| fieldformat firstTime=strftime(firstTime, "%Y-%m-%d")`,
		Bind:    bindFieldformat,
	}
)

func passing(name, syntax, help, example string) search.Spec {
	return search.Spec{
		Name: name, Kind: search.Streaming, Syntax: syntax, Help: help, Example: example,
		Bind: func(st *spl.Stage, _ search.Context) (search.Stage, diag.List) { return passed{shown{st}}, nil },
	}
}

// bindFieldformat checks the expression as eval does.
func bindFieldformat(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	_, problems := bindEval(st, c)
	return passed{shown{st}}, problems
}

// passed is a stage that does nothing.
type passed struct{ shown }

func (s passed) Shape(in search.Schema) (search.Schema, diag.List) { return in, nil }

func (s passed) Needs(want []string) []string { return want }

func (s passed) Order() search.Order { return search.OrderKept }

// Identity: the plan goes without it.
func (s passed) Identity() bool { return true }

func (s passed) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) { return b, nil }), nil
}

var requireSpec = search.Spec{
	Name: "require", Kind: search.Centralized,
	Syntax:  "require",
	Help:    "ends the search with an error when no row comes",
	Example: `| search user=* | require`,
	Bind: func(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
		return &requirement{shown{st}}, nil
	},
}

type requirement struct{ shown }

func (s *requirement) Shape(in search.Schema) (search.Schema, diag.List) { return in, nil }

func (s *requirement) Needs(want []string) []string { return want }

func (s *requirement) Order() search.Order { return search.OrderKept }

func (s *requirement) Open(search.World) (search.Operator, error) { return &requiring{s, false}, nil }

type requiring struct {
	*requirement
	any bool
}

func (o *requiring) Push(_ context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	o.any = o.any || in.Len > 0
	return emit(in)
}

func (o *requiring) Finish(context.Context, func(*batch.Batch) error) error {
	if o.any {
		return nil
	}
	return o.st.Problem(o.st.NameSpan, "the search before require gives no row", "")
}
