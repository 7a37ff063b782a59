package cli

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
)

var update = flag.Bool("update", false, "write the real output into the documents and scripts")

// demo is what `make demo` runs; the Makefile's own words are checked below.
const demo = "riskreplay run --now 2026-01-15T12:20:00Z testdata/datasets/T1574.011 testdata/datasets/T1218.009"

// TestDocs runs every `$ riskreplay` command that stands in a console block of
// the README or of docs/ and compares what it prints with what the document
// shows. A line `...` stands for any lines; lengths of time and speeds are not
// compared. With -update the documents get the real output, but for blocks that
// hold a line `...`.
func TestDocs(t *testing.T) {
	t.Chdir("../..")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	docs, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	ran := 0
	for _, path := range append(docs, "README.md") {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		var out strings.Builder
		for _, part := range splitConsole(string(text)) {
			if !part.console {
				out.WriteString(part.text)
				continue
			}
			got := runConsole(t, part.text, &ran)
			if !*update || strings.Contains(part.text, "\n...\n") {
				out.WriteString(part.text)
				requireShown(t, path, part.text, got)
				continue
			}
			out.WriteString(got)
		}
		if *update && out.String() != string(text) {
			require.NoError(t, os.WriteFile(path, []byte(out.String()), 0o644))
		}
	}
	require.NotZero(t, ran, "no command was found in the documents")
}

// TestLinks looks for the files that documents point to.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	docs, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	for _, path := range append(docs, "../../README.md", "../../app/README.md") {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			require.FileExists(t, filepath.Join(filepath.Dir(path), m[1]), path)
		}
	}
}

func TestDemoOfMakefile(t *testing.T) {
	text, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	words := strings.Fields(demo)
	require.Contains(t, string(text), "NOW      := "+words[3]+"\n")
	require.Contains(t, string(text), "DATASETS := "+strings.Join(words[4:], " ")+"\n")
	require.Contains(t, string(text), "\t@bin/riskreplay run --now $(NOW) $(DATASETS)\n")
}

type docPart struct {
	text    string
	console bool
}

const fence = "```"

// splitConsole parts a document into console blocks (without their fences) and
// all else.
func splitConsole(text string) []docPart {
	var parts []docPart
	for {
		open := strings.Index(text, fence+"console\n")
		if open < 0 {
			return append(parts, docPart{text: text})
		}
		open += len(fence + "console\n")
		end := strings.Index(text[open:], fence+"\n")
		if end < 0 {
			return append(parts, docPart{text: text})
		}
		parts = append(parts, docPart{text: text[:open]}, docPart{text: text[open : open+end], console: true})
		text = text[open+end:]
	}
}

// runConsole runs the commands of a block and gives the block as it should be.
// Commands that are not riskreplay's stay as they are, with what is shown.
func runConsole(t *testing.T, block string, ran *int) string {
	t.Helper()
	var out strings.Builder
	mine := false
	scratch := t.TempDir() + "/" // what a block calls /tmp/
	for line := range strings.Lines(block) {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			if !mine {
				out.WriteString(line)
			}
			continue
		}
		out.WriteString(line)
		command = strings.TrimSpace(command)
		if command == "make demo" {
			command = demo
		}
		args, status, found := riskreplayArgs(t, strings.ReplaceAll(command, "/tmp/", scratch))
		if mine = found; !found {
			continue
		}
		*ran++
		var shown bytes.Buffer
		code := execute(context.Background(), args, streams{in: strings.NewReader(""), out: &shown, err: &shown, clock: clock.Real{}})
		if status {
			shown.WriteString(map[int]string{0: "0", 1: "1", 2: "2", 3: "3"}[code] + "\n")
		} else {
			require.Zero(t, code, "%s\n%s", command, shown.String())
		}
		out.WriteString(strings.ReplaceAll(shown.String(), scratch, "/tmp/"))
	}
	return out.String()
}

// riskreplayArgs splits a command line with single and double quotes; `; echo
// $?` at its end shows the exit code.
func riskreplayArgs(t *testing.T, command string) (args []string, status, ok bool) {
	t.Helper()
	command, status = strings.CutSuffix(command, "; echo $?")
	for rest := strings.TrimSpace(command); rest != ""; rest = strings.TrimLeft(rest, " ") {
		var word strings.Builder
		for rest != "" && rest[0] != ' ' {
			if quote := rest[0]; quote == '\'' || quote == '"' {
				end := strings.IndexByte(rest[1:], quote)
				require.GreaterOrEqual(t, end, 0, "unbalanced quotes: %s", command)
				word.WriteString(rest[1 : 1+end])
				rest = rest[end+2:]
				continue
			}
			word.WriteByte(rest[0])
			rest = rest[1:]
		}
		args = append(args, word.String())
	}
	if len(args) == 0 || args[0] != "riskreplay" && args[0] != "bin/riskreplay" {
		return nil, status, false
	}
	return args[1:], status, true
}

// varies is lengths of time, and when a run began.
var varies = regexp.MustCompile(`\d+(\.\d+)? (ms|s)\b|\b\d{8}T\d{6}Z\b`)

func requireShown(t *testing.T, path, shown, got string) {
	t.Helper()
	shown, got = varies.ReplaceAllString(shown, "TIME"), varies.ReplaceAllString(got, "TIME")
	var pattern []string
	for _, chunk := range strings.Split(shown, "\n...\n") {
		pattern = append(pattern, regexp.QuoteMeta(chunk))
	}
	require.Regexp(t, "(?s)^"+strings.Join(pattern, "\n(.*\n)?")+"$", got, "%s does not show what the command prints; make generate mends it", path)
}
