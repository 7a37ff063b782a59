package engine

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay"
	"riskreplay/src/aggregate"
	"riskreplay/src/command"
	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

var update = flag.Bool("update", false, "write what wrong searches are told into testdata/spl/wrong")

const wrongSearches = "../../testdata/spl/wrong/*.txt"

// TestWrongSearches: what each wrong search is told. A file is searches, one a
// line, each with its messages below, indented; a hint is indented twice. With
// -update the messages are written as they are now.
func TestWrongSearches(t *testing.T) {
	e := wrongEngine(t)
	paths, err := filepath.Glob(wrongSearches)
	require.NoError(t, err)
	count := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		var out strings.Builder
		for line := range strings.Lines(string(text)) {
			switch {
			case strings.HasPrefix(line, "\t"):
			case strings.HasPrefix(line, "#"), strings.TrimSpace(line) == "":
				out.WriteString(line)
			default:
				count++
				out.WriteString(line + refusal(t, e, strings.TrimSuffix(line, "\n")))
			}
		}
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(out.String()), 0o644))
		}
		require.Equal(t, string(text), out.String(), path)
	}
	require.Greater(t, count, 200)
}

// refusal is the messages of a search that cannot run.
func refusal(t *testing.T, e *Engine, text string) string {
	got := refusalOrNone(t, e, text)
	require.NotEmpty(t, got, "%s\nis no wrong search", text)
	return got
}

// refusalOrNone is "" for a search that runs.
func refusalOrNone(t *testing.T, e *Engine, text string) string {
	now := time.Date(2026, 1, 15, 12, 20, 0, 0, time.UTC)
	r, err := e.Run(t.Context(), job.Request{Search: text, Now: now})
	if err == nil {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = results.ReadAll(ctx, r.Rows)
	}
	if err == nil {
		return ""
	}
	list, ok := err.(diag.List)
	if !ok {
		list = diag.List{{Text: err.Error()}}
	}
	var b strings.Builder
	for _, m := range list.Errors() {
		b.WriteString("\t" + strings.TrimPrefix(m.Short(), "<search>:") + "\n")
		if m.Hint != "" {
			b.WriteString("\t\thint: " + m.Hint + "\n")
		}
	}
	return b.String()
}

// TestWrongSearchesAreOfAllCommands: each command and function has a search that
// uses it wrongly.
func TestWrongSearchesAreOfAllCommands(t *testing.T) {
	paths, err := filepath.Glob(wrongSearches)
	require.NoError(t, err)
	var text strings.Builder
	for _, path := range paths {
		part, err := os.ReadFile(path)
		require.NoError(t, err)
		for line := range strings.Lines(string(part)) {
			if !strings.HasPrefix(line, "\t") {
				text.WriteString(line)
			}
		}
	}
	words := strings.FieldsFunc(text.String(), func(r rune) bool { return strings.ContainsRune(" \n|()=[,", r) })
	for _, s := range command.All() {
		require.Contains(t, words, s.Name, "no wrong search uses the command")
	}
	for _, f := range eval.Functions() {
		require.Contains(t, words, f.Name, "no wrong search uses the function")
	}
	for _, f := range aggregate.All() {
		require.True(t, slices.Contains(words, f.Name) || f.Percent && slices.Contains(words, f.Name+"95"), f.Name)
	}
}

// wrongEngine has the app of the project, and one with a lookup table.
func wrongEngine(t *testing.T) *Engine {
	t.Helper()
	more := fstest.MapFS{"lookups/assets.csv": {Data: []byte("ip,owner\n10.0.0.1,bob\n")}}
	e, problems := New(Options{Apps: []conf.App{{ID: "DA-ESS-RiskReplay", FS: riskreplay.App}, {ID: "more", FS: more}}, App: "more"})
	require.NoError(t, problems.Err())
	return e
}
