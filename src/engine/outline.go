package engine

import (
	"cmp"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/job"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// Outline tells of a search without running it.
func (e *Engine) Outline(r job.Request) (job.Outline, error) {
	c := e.bindContext(r)
	_, tree, problems := c.plan(&diag.Text{Name: cmp.Or(r.Name, "<search>"), Body: r.Search})
	if problems.HasErrors() {
		return job.Outline{}, problems
	}
	out := job.Outline{Text: spl.Print(tree)}
	table := c.Table()
	var events, report []string
	for i, st := range tree.Stages {
		spec, _ := table(st.Name)
		text := spl.Print(&spl.Search{Stages: tree.Stages[i : i+1]})
		generating := spec.Kind == search.Generating || i == 0
		kind := spec.Kind.String()
		if st.Name == "search" && i > 0 {
			kind = search.Streaming.String()
		}
		out.Commands = append(out.Commands, job.Command{Name: st.Name, Args: arguments(st, text), Kind: kind, Generating: generating})
		if len(report) > 0 || spec.Kind == search.Transforming || spec.Kind == search.Generating && st.Name != "search" {
			report = append(report, text)
		} else {
			events = append(events, text)
		}
	}
	out.Events, out.Report = strings.Join(events, " "), strings.Join(report, " ")
	return out, nil
}

// arguments is a printed command without its name, where it has one.
func arguments(st *spl.Stage, text string) string {
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "|"))
	if st.Implicit {
		return text
	}
	_, args, _ := strings.Cut(text, " ")
	return args
}
