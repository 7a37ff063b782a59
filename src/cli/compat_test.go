package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/command"
	"riskreplay/src/diag"
	"riskreplay/src/spl"
	splscripts "riskreplay/testdata/spl"
)

// TestReferenceOfScripts compares the generated part of docs/compatibility.md with
// the tables and the SPL scripts that it comes from; -update writes it.
func TestReferenceOfScripts(t *testing.T) {
	const path, from, to = "../../docs/compatibility.md", "<!-- generated -->\n", "<!-- end -->"
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	head, rest, ok := strings.Cut(string(text), from)
	require.True(t, ok)
	_, tail, ok := strings.Cut(rest, to)
	require.True(t, ok)
	want := head + from + compatibility(t) + to + tail
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(text), "docs/compatibility.md is stale: make generate writes it")
}

// compatibility is a row of each command: whether it runs, and which of its
// arguments no script uses.
func compatibility(t *testing.T) string {
	used := usedOptions(t)
	var b strings.Builder
	b.WriteString("Written by `make generate`. A command is done when it runs and the scripts of testdata/spl use it\nwith each of its options, partial when options are used by none of them: those may work, but\nnothing here proves it. Options of BY clauses are not counted.\n\n| command | state | options that no script uses |\n|---|---|---|\n")
	runs := map[string]bool{}
	for _, s := range command.All() {
		runs[s.Name] = true
	}
	for _, name := range spl.Commands() {
		if !runs[name] {
			fmt.Fprintf(&b, "| %s | not | |\n", name)
			continue
		}
		missing := slices.DeleteFunc(spl.OptionNames(name), func(o string) bool { return used[name][o] })
		state := "done"
		switch {
		case used[name] == nil:
			state = "partial: no script uses it"
		case len(missing) > 0:
			state = "partial"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, state, strings.Join(missing, ", "))
	}
	return b.String()
}

// usedOptions is the options of commands in the searches of scripts that give rows.
func usedOptions(t *testing.T) map[string]map[string]bool {
	scripts, err := splscripts.Scripts()
	require.NoError(t, err)
	used := map[string]map[string]bool{}
	var walk func(*spl.Search)
	walk = func(s *spl.Search) {
		for _, st := range s.Stages {
			if used[st.Name] == nil {
				used[st.Name] = map[string]bool{}
			}
			for _, o := range st.Options {
				used[st.Name][o.Name] = true
			}
			for _, c := range st.Clauses {
				used[st.Name][c.Keyword] = true
			}
			for _, sub := range st.Subs {
				walk(sub)
			}
		}
	}
	for _, s := range scripts {
		for _, step := range s.Steps {
			if step.Error != "" {
				continue
			}
			if tree, _ := spl.Parse(spl.Plain(&diag.Text{Body: step.Search})); tree != nil {
				walk(tree)
			}
		}
	}
	return used
}
