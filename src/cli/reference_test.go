package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/aggregate"
	"riskreplay/src/command"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

const referencePath = "../../docs/spl.md"

// TestReference compares docs/spl.md with the tables that it is written from;
// -update writes it.
func TestReference(t *testing.T) {
	want := reference()
	if *update {
		require.NoError(t, os.WriteFile(referencePath, []byte(want), 0o644))
	}
	got, err := os.ReadFile(referencePath)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "docs/spl.md is stale: make generate writes it")
}

func reference() string {
	var b strings.Builder
	b.WriteString(`# SPL that runs

Written from the tables of commands and functions by ` + "`make generate`" + `. What is not listed is
refused by name, with the reason where it never will run; nothing is passed over in silence.

## Commands

`)
	runs := map[string]bool{}
	for _, s := range command.All() {
		runs[s.Name] = true
		fmt.Fprintf(&b, "### %s\n\n`%s` (%s)\n\n%s\n", s.Name, s.Syntax, s.Kind, s.Help)
		if s.Example != "" {
			fmt.Fprintf(&b, "\n```spl\n%s\n```\n", s.Example)
		}
		b.WriteByte('\n')
	}
	var parsed []string
	for _, name := range spl.Commands() {
		if !runs[name] {
			parsed = append(parsed, name)
		}
	}
	fmt.Fprintf(&b, "Parsed and checked, but not run: %s.\n\n## Functions of stats, tstats and their like\n\n| function | tstats | gives |\n|---|---|---|\n", strings.Join(parsed, ", "))
	for _, f := range aggregate.All() {
		name, tstats := f.Name, ""
		if f.Percent {
			name += "N"
		}
		if f.Tstats {
			tstats = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, tstats, f.Help)
	}
	b.WriteString("\n## Functions of eval and where\n")
	kind := ""
	for _, f := range eval.Functions() {
		if f.Kind != kind {
			kind = f.Kind
			fmt.Fprintf(&b, "\n### %s\n\n| function | gives | example |\n|---|---|---|\n", kind)
		}
		example := ""
		if len(f.Examples) > 0 {
			example = fmt.Sprintf("`%s` is `%s`", f.Examples[0].Expr, f.Examples[0].Result)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", cell(f.Syntax), cell(f.Help), cell(example))
	}
	return b.String()
}

// cell is a text in a table of Markdown.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// TestLimitsAreDocumented: docs/compatibility.md has every limit with its default.
func TestLimitsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/compatibility.md")
	require.NoError(t, err)
	for _, l := range search.AllLimits() {
		require.Contains(t, string(text), fmt.Sprintf("| `%s` | %d |", l.Name, l.Default))
	}
}
