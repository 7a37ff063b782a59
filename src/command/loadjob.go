package command

import (
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var loadjobSpec = search.Spec{
	Name: "loadjob", Kind: search.Generating,
	Syntax:  "loadjob savedsearch=<owner>:<app>:<name>",
	Help:    "gives what a saved search gives: it is run anew, as finished searches are not kept",
	Example: `| loadjob savedsearch="nobody:DA-ESS-RiskReplay:RiskReplay - Detect Regsvcs Spawning a Process - Rule"`,
	Bind: func(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
		_, problems := findJob(st, c)
		return nil, append(problems, st.Problem(st.NameSpan, `"loadjob" must be the first command of a search`, "it makes rows and takes none"))
	},
	Inline: findJob,
}

// findJob reads the saved search that loadjob names.
func findJob(st *spl.Stage, c search.Context) (search.Saved, diag.List) {
	a := argumentsOf(st)
	v, ok := st.Option("savedsearch")
	if !ok {
		a.unsupportedHere(st.Span, "loadjob reads no search id here: the rows of finished searches are not kept", `loadjob savedsearch="owner:app:name" runs a saved search anew`)
		return search.Saved{}, a.problems
	}
	_, rest, _ := strings.Cut(v.Text, ":")
	_, name, named := strings.Cut(rest, ":")
	if !named || name == "" {
		a.problem(v.Span, `savedsearch= takes owner:app:name, not "`+v.Text+`"`, "")
		return search.Saved{}, a.problems
	}
	one := *st
	one.Words = []spl.Value{{Text: name, Quoted: true, Span: v.Span}}
	one.Options = nil
	return findSaved(&one, c)
}
