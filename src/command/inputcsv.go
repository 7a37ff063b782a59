package command

import (
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var inputcsvSpec = search.Spec{
	Name: "inputcsv", Kind: search.Generating,
	Syntax:  "inputcsv [append=<bool>] [strict=<bool>] [start=N] [max=N] [events=<bool>] [dispatch=<bool>] <file> [WHERE <condition>]",
	Help:    "gives the rows that outputcsv wrote; files lie with the lookup files here",
	Example: `| inputcsv hosts where dest=pc*`,
	Bind: func(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
		return bindInputlookup(csvNamed(st), c)
	},
}

var outputcsvSpec = search.Spec{
	Name: "outputcsv", Kind: search.Dataset,
	Syntax:  "outputcsv [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] [singlefile=<bool>] [dispatch=<bool>] [usexml=<bool>] <file>",
	Help:    "writes rows into a CSV file and passes them on; files lie with the lookup files here",
	Example: `| outputcsv hosts`,
	Bind: func(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
		a := argumentsOf(st)
		a.boolean("singlefile", true)
		for _, name := range []string{"usexml"} {
			if a.boolean(name, false) {
				a.unsupported(name, "rows are written as CSV")
			}
		}
		if len(st.Words) == 0 {
			a.problem(st.NameSpan, "outputcsv needs a file's name here", "outputcsv hosts")
		}
		if a.failed() {
			return nil, a.problems
		}
		return bindOutputlookup(csvNamed(st), c)
	},
}

// csvNamed is the stage with .csv behind the file's name.
func csvNamed(st *spl.Stage) *spl.Stage {
	out := *st
	name := st.Words[0]
	if !strings.HasSuffix(name.Text, ".csv") && !strings.HasSuffix(name.Text, ".csv.gz") {
		name.Text += ".csv"
	}
	out.Words = []spl.Value{name}
	return &out
}
