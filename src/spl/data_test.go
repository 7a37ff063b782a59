package spl

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

var update = flag.Bool("update", false, "write what the tests get into testdata")

// TestData runs testdata/*.txtar. A case is a file X.spl and what must come of
// it, X.out: the search as Print gives it, the tree, the messages. Files named
// X.macro and Y(2).macro hold definitions for the archive's searches; their first
// line names the arguments.
func TestData(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		require.NoError(t, err)
		find := definitions(archive)
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			var files []txtar.File
			for i, f := range archive.Files {
				if strings.HasSuffix(f.Name, ".out") {
					continue
				}
				files = append(files, f)
				name, isCase := strings.CutSuffix(f.Name, ".spl")
				if !isCase {
					continue
				}
				got := outcome(t, strings.TrimSuffix(string(f.Data), "\n"), find)
				files = append(files, txtar.File{Name: name + ".out", Data: []byte(got)})
				if !*update {
					t.Run(name, func(t *testing.T) { require.Equal(t, wanted(archive, i), got) })
				}
			}
			if archive.Files = files; *update {
				require.NoError(t, os.WriteFile(path, txtar.Format(archive), 0o644))
			}
		})
	}
}

// wanted is the .out file behind case i.
func wanted(a *txtar.Archive, i int) string {
	if i+1 < len(a.Files) && strings.HasSuffix(a.Files[i+1].Name, ".out") {
		return string(a.Files[i+1].Data)
	}
	return ""
}

// definitions are the macros of an archive; nil where it has none.
func definitions(a *txtar.Archive) *Macros {
	found := map[string]Macro{}
	var names []string
	for _, f := range a.Files {
		name, isMacro := strings.CutSuffix(f.Name, ".macro")
		if !isMacro {
			continue
		}
		args, def, _ := strings.Cut(strings.TrimSuffix(string(f.Data), "\n"), "\n")
		m := Macro{Name: name, Args: strings.Fields(args), Definition: def, Text: &diag.Text{Name: f.Name, Body: def}}
		m.Name, _, _ = strings.Cut(name, "(")
		m.IsEval = strings.HasPrefix(def, "eval: ")
		m.Definition = strings.TrimPrefix(def, "eval: ")
		if validated, validation, ok := strings.Cut(m.Definition, "\nvalidation: "); ok {
			m.Definition, m.Validation, m.ErrorMsg = validated, validation, "x must be a number"
		}
		found[m.Name+"/"+strconv.Itoa(len(m.Args))] = m
		names = append(names, name)
	}
	if len(found) == 0 {
		return nil
	}
	return &Macros{
		Find:  func(name string, n int) (Macro, bool) { m, ok := found[name+"/"+strconv.Itoa(n)]; return m, ok },
		Names: func() []string { return append([]string(nil), names...) },
		Eval:  evalForTest,
	}
}

// evalForTest knows string literals, strings joined by dots, and x=x.
func evalForTest(_ *Source, e Expr) (any, error) {
	switch e := e.(type) {
	case *Literal:
		return e.Text, nil
	case *Call:
		x, ok := e.Args[0].(*Literal)
		return ok && x.Number, nil
	case *Binary:
		x, _ := evalForTest(nil, e.X)
		y, _ := evalForTest(nil, e.Y)
		return x.(string) + y.(string), nil
	}
	return nil, nil
}

func outcome(t *testing.T, body string, macros *Macros) string {
	text := &diag.Text{Name: "case.spl", Body: body}
	src, problems := Plain(text), diag.List(nil)
	if macros != nil {
		src, problems = macros.Expand(text)
	}
	tree, more := ParseWith(src, Options{Commands: func(name string) bool { return name == "riskscore" }})
	problems = append(problems, more...)
	var out []string
	if !problems.HasErrors() {
		printed := Print(tree)
		again, wrong := ParseWith(Plain(&diag.Text{Body: printed}), Options{Commands: func(name string) bool { return name == "riskscore" }})
		require.NoError(t, wrong.Err(), printed)
		require.True(t, Equal(tree, again), "%s\nprints as\n%s\nwhich reads as\n%s", body, printed, dump(again))
		out = append(out, printed)
	}
	if d := dump(tree); d != "" {
		out = append(out, d)
	}
	for _, m := range problems {
		line := m.Error()
		if m.Severity != diag.Error {
			line = m.Severity.String() + ": " + line
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n") + "\n"
}
