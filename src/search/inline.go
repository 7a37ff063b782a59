package search

import (
	"slices"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// maxInline bounds saved searches that begin with saved searches.
const maxInline = 20

// inline replaces a first command that stands for a saved search by the stages
// of that search, and so on. The time range is that of the outermost saved
// search that has one.
func inline(stages []*spl.Stage, c Context) (_ []*spl.Stage, saved Saved, problems diag.List) {
	var chain []string
	for len(stages) > 0 {
		first := stages[0]
		spec, ok := c.Table()(first.Name)
		if !ok || spec.Inline == nil {
			return stages, saved, problems
		}
		next, more := spec.Inline(first, c)
		problems = append(problems, more...)
		if more.HasErrors() {
			return nil, saved, problems
		}
		if next.Search == nil {
			return stages, saved, problems
		}
		if slices.Contains(chain, next.Name) || len(chain) == maxInline {
			text := `saved search "` + next.Name + `" runs itself`
			if len(chain) == maxInline {
				text = `saved search "` + chain[0] + `" stands on more than 20 others`
			}
			return nil, saved, append(problems, first.Problem(first.Span, text, "the chain is "+strings.Join(append(chain, next.Name), " -> ")))
		}
		chain = append(chain, next.Name)
		if saved.Earliest == "" && saved.Latest == "" {
			saved = next
		}
		stages = append(slices.Clone(next.Search.Stages), stages[1:]...)
	}
	return stages, saved, problems
}
