package command

import (
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var savedsearchSpec = search.Spec{
	Name: "savedsearch", Kind: search.Generating,
	Syntax:  "savedsearch <name> [<argument>=<value>]...",
	Help:    "runs a saved search; $argument$ in its text is replaced by the value",
	Example: `| savedsearch "RiskReplay - Detect Regsvcs Spawning a Process - Rule"`,
	Bind: func(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
		// It stands first and is replaced there; behind other commands it is an
		// error that the plan tells of.
		_, problems := findSaved(st, c)
		return nil, append(problems, st.Problem(st.NameSpan, `"savedsearch" must be the first command of a search`, "it makes rows and takes none"))
	},
	Inline: findSaved,
}

// findSaved reads the saved search that the command names.
func findSaved(st *spl.Stage, c search.Context) (search.Saved, diag.List) {
	if len(st.Words) != 1 {
		return search.Saved{}, diag.List{st.Problem(st.Span, "savedsearch takes one name", `quote a name with blanks: savedsearch "my search"`)}
	}
	args := map[string]string{} // by name in lower case
	for _, o := range st.Options {
		if o.Name == "nosubstitution" {
			continue
		}
		args[o.Name] = o.Value.Text
	}
	name := st.Words[0]
	saved, problems := c.SavedSearch(name.Text, args)
	for i, m := range problems {
		if m.Place.Text == nil {
			problems[i].Place = st.Source.At(name.Span)
		}
	}
	if saved.Search == nil && !problems.HasErrors() {
		problems = append(problems, st.Problem(name.Span, `unable to find the saved search named "`+name.Text+`"`, ""))
	}
	saved.Name = name.Text
	return saved, problems
}
