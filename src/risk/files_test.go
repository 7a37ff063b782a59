package risk

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
)

var update = flag.Bool("update", false, "write the files that come from the command's declaration")

// TestSearchbnfIsGenerated fails when default/searchbnf.conf does not say what
// the parser of the arguments knows; `go test ./src/risk -update` writes it.
func TestSearchbnfIsGenerated(t *testing.T) {
	const path = "../../default/searchbnf.conf"
	want := "# What the search assistant knows of | riskscore. Written from the command's\n" +
		"# declaration in src/risk by `go test ./src/risk -update`; do not edit.\n" + declaration.SearchBNF()
	requireFile(t, path, want)
	file, problems := conf.Parse(path, []byte(want))
	require.NoError(t, problems.Err())
	main, ok := file.Stanza("riskscore-command")
	require.True(t, ok)
	for _, reference := range strings.Split(main.Get("syntax"), "<riskscore-")[1:] {
		name, _, _ := strings.Cut(reference, ">")
		_, ok := file.Stanza("riskscore-" + name)
		require.True(t, ok, "%s is named and not defined", name)
	}
	for _, key := range []string{"syntax", "description", "usage"} {
		require.NotEmpty(t, main.Get(key), key)
	}
}

// TestDocumentBeginsWithTheDeclaration does the same for docs/riskscore.md, whose
// end is written by hand.
func TestDocumentBeginsWithTheDeclaration(t *testing.T) {
	const path, end = "../../docs/riskscore.md", "\n## Fields of a result\n"
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(text), end)
	require.True(t, ok, "%s has no heading %q", path, strings.TrimSpace(end))
	requireFile(t, path, declaration.Markdown()+end+rest)
}

func requireFile(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "%s is stale: go test ./src/risk -update", path)
}

func TestCommandsConfSaysOnlyWhatChunkedCommandsMay(t *testing.T) {
	text, err := os.ReadFile("../../default/commands.conf")
	require.NoError(t, err)
	file, problems := conf.Parse("commands.conf", text)
	require.NoError(t, problems.Err())
	require.Len(t, file.Stanzas, 1)
	s := file.Stanzas[0]
	require.Equal(t, declaration.Name, s.Name)
	require.Equal(t, "true", s.Get("chunked"))
	require.Equal(t, declaration.Name, s.Get("filename"))
	require.Len(t, s.Settings, 2)
}
