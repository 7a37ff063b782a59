package cli

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/aggregate"
	"riskreplay/src/command"
	"riskreplay/src/eval"
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

const compatibilityHead = `Written by ` + "`make generate`" + ` from the tables of commands and functions and from the scripts in
testdata/spl, which name the arguments that they show. done: it runs, and scripts show each
argument and what it gives. partial: it runs, but for the arguments named, which scripts show to
be refused or which no script shows. not: it is known by its name, and refused with the reason.

`

// compatibility is what there is of Splunk's commands, their arguments, and its
// functions.
func compatibility(t *testing.T) string {
	suite, err := splscripts.Suite()
	require.NoError(t, err)
	var b strings.Builder
	b.WriteString(compatibilityHead)
	commandsDone(&b, suite)
	functionsDone(&b, "Eval functions", evalNames(), suite.EvalFunctions, nil)
	functionsDone(&b, "Stats functions", statsNames(), suite.StatsFunctions, aggregate.Refused)
	return b.String()
}

// states counts them.
type states map[string]int

func (c states) String() string {
	return fmt.Sprintf("%d done, %d partial, %d not", c["done"], c["partial"], c["not"])
}

func commandsDone(b *strings.Builder, suite splscripts.Shown) {
	var table strings.Builder
	count, shown, refused := states{}, 0, 0
	runs := map[string]bool{}
	for _, s := range command.All() {
		runs[s.Name] = true
	}
	arguments := splscripts.Arguments()
	for _, name := range spl.Commands() {
		canonical := spl.CanonicalCommand(name)
		list := slices.Concat(arguments[canonical], spl.OptionNames(canonical))
		slices.Sort(list)
		list = slices.Compact(list)
		state, done, lacks := "done", []string{}, []string{}
		for _, a := range list {
			switch key := canonical + " " + a; {
			case suite.Covers[key], suite.Covers[strings.TrimPrefix(key, "si")]: // sistats binds the arguments of stats
				done = append(done, a)
			case suite.Refuses[key]:
				lacks = append(lacks, a+" (refused)")
			default:
				lacks = append(lacks, a+" (no script)")
			}
		}
		switch {
		case !runs[canonical]:
			state, done, lacks = "not", nil, []string{command.WhyRefused(canonical)}
		case len(lacks) > 0 || !suite.Commands[canonical]:
			state = "partial"
		}
		if canonical != name {
			done, lacks = nil, []string{"the same as " + canonical}
		} else {
			count[state]++
			shown += len(done)
			if state == "partial" {
				refused += len(lacks)
			}
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", name, state, strings.Join(done, ", "), strings.Join(lacks, ", "))
	}
	fmt.Fprintf(b, "Commands: %s. Of their arguments %d are done, %d not.\n\n| command | state | arguments | what is missing |\n|---|---|---|---|\n%s\n", count, shown, refused, table.String())
}

func functionsDone(b *strings.Builder, title string, names []string, used map[string]bool, refused func(string) (string, bool)) {
	var table strings.Builder
	count := states{}
	for _, name := range names {
		state, missing := "done", ""
		if !used[name] {
			state, missing = "partial", "no script uses it"
		}
		if refused != nil && !used[name] {
			if reason, is := refused(name); is {
				state, missing = "not", reason
			}
		}
		count[state]++
		fmt.Fprintf(&table, "| %s | %s | %s |\n", name, state, missing)
	}
	fmt.Fprintf(b, "%s: %s.\n\n| function | state | what is missing |\n|---|---|---|\n%s\n", title, count, table.String())
}

func evalNames() []string {
	names := map[string]bool{}
	for _, f := range eval.Functions() {
		for _, n := range append(f.Aliases, f.Name) {
			names[n] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// statsNames are all that the language knows, those that are refused too.
func statsNames() []string {
	names := map[string]bool{}
	for _, n := range spl.Aggregates() {
		names[n] = true
	}
	for _, n := range aggregate.Names() {
		names[n] = true
	}
	return slices.Sorted(maps.Keys(names))
}
