package src

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is known of a source type is data in knowledge/builtin: no Go file names
// one but those of ingest, which tell formats apart. stash is Splunk's name for
// what searches write, and no source's.
func TestSourceTypesAreData(t *testing.T) {
	names := sourcetypes(t)
	require.Contains(t, names, "XmlWinEventLog")
	require.Contains(t, names, "aws:cloudtrail")
	named := naming(names)
	for source, want := range map[string]int{
		`x := "sourcetype=xmlwineventlog"`:                      1,
		`x := []string{"XmlWinEventLog:Security", "suricata"}`:  2,
		"x := \"`wineventlog_security`\"":                       0,
		`x := struct{ Example string }{Example: "suricata"}`:    0,
		`x := "stash" // of suricata`:                           0,
		"x.Example = `riskreplay search 'sourcetype=suricata'`": 0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc f() {\n"+source+"\n}\n", 0)
		require.NoError(t, err)
		require.Len(t, literals(file, named), want, source)
	}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(filepath.ToSlash(path), "ingest/") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		for _, l := range literals(file, named) {
			t.Errorf("%s: %s names a source type: what is known of one is data in knowledge/builtin", files.Position(l.Pos()), l.Value)
		}
		return nil
	})
	require.NoError(t, err)
}

// sourcetypes are the names of the stanzas of the built-in props.conf that are one.
func sourcetypes(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("knowledge/builtin/default/props.conf")
	require.NoError(t, err)
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^\[([A-Za-z0-9_:]+)\]$`).FindAllSubmatch(data, -1) {
		if name := string(m[1]); !strings.Contains(name, "::") && name != "stash" && name != "default" {
			out = append(out, name)
		}
	}
	return out
}

// naming matches text with one of the names as a word.
func naming(names []string) *regexp.Regexp {
	for i, n := range names {
		names[i] = regexp.QuoteMeta(n)
	}
	return regexp.MustCompile(`(?i)\b(` + strings.Join(names, "|") + `)\b`)
}

// literals are the strings of a file that match, but for examples in help.
func literals(file *ast.File, re *regexp.Regexp) []*ast.BasicLit {
	var out []*ast.BasicLit
	isExample := func(e ast.Expr) bool {
		switch e := e.(type) {
		case *ast.Ident:
			return e.Name == "Example"
		case *ast.SelectorExpr:
			return e.Sel.Name == "Example"
		}
		return false
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			return !isExample(n.Key)
		case *ast.AssignStmt:
			return !isExample(n.Lhs[0])
		case *ast.BasicLit:
			if n.Kind == token.STRING && re.MatchString(n.Value) {
				out = append(out, n)
			}
		}
		return true
	})
	return out
}
