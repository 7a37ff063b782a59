package src

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// floors is the law of imports, highest first. A package imports only packages
// of lower floors or, on its own floor, those to its left. It is a statement of
// policy: who wants another edge changes docs/architecture.md first, with the
// reason. Test files may import more (a test of a formatter may parse).
const floors = `
faces     server cli cmd/riskreplay cmd/riskscore cmd/replay
assembly  engine check vet report bundle
domain    risk replay detection alert schedule
language  spl eval lookup knowledge aggregate index search command
formats   winevent evtx ingest rebase scp results job modinput hec splunkd spill
leaves    diag clock event batch conf splunktime pcre
`

// forbidden are edges that the floors would allow, direct or not.
var forbidden = []struct {
	from   string
	reach  []string // what it must not reach
	reason string
}{
	{"cmd/replay", language(), "the modular input starts in milliseconds: no search engine in it"},
	{"server", []string{"spl", "eval", "lookup", "knowledge", "aggregate", "search", "command"}, "HTTP speaks to the engine, not to the language"},
	{"risk", []string{"eval"}, "a score is arithmetic; the search command that uses it stays small"},
}

// scoreReach is all that the search command may reach of this module.
var scoreReach = []string{"diag", "conf", "event", "pcre", "risk", "scp"}

// clockUsers may ask the machine for the time; all others take a clock.Clock or
// a moment.
var clockUsers = []string{"clock", "cli", "server", "cmd"}

func language() []string {
	return []string{"spl", "eval", "lookup", "knowledge", "aggregate", "index", "search", "command"}
}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

const module = "riskreplay"

func TestImportsFollowTheFloors(t *testing.T) {
	rank := map[string]int{}
	lines := strings.Split(strings.TrimSpace(floors), "\n")
	for height, line := range lines {
		for place, name := range strings.Fields(line)[1:] {
			rank[name] = (len(lines)-height)*100 + place
		}
	}
	for _, p := range packages(t) {
		from := name(p.ImportPath)
		if from == "" {
			continue // the root package embeds files, and this one holds this test
		}
		at, known := rank[from]
		require.True(t, known, "package %s has no place in the table of floors", from)
		for _, dep := range p.Imports {
			to := name(dep)
			if to == "" {
				continue
			}
			require.True(t, rank[to] != 0 && rank[to] < at, "%s imports %s, which is above it or to its right", from, to)
		}
		reached := own(p.Deps)
		for _, rule := range forbidden {
			if rule.from == from {
				for _, bad := range rule.reach {
					require.NotContains(t, reached, bad, "%s: %s", from, rule.reason)
				}
			}
		}
		if from == "cmd/riskscore" {
			require.Subset(t, scoreReach, reached, "the search command stays small")
		}
	}
}

func TestOnlyClocksAskTheTime(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if slices.Contains(clockUsers, strings.Split(filepath.ToSlash(path), "/")[0]) {
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
					require.NotContains(t, []string{"Now", "Sleep", "After", "Since", "Until", "Tick", "NewTimer", "NewTicker", "AfterFunc"}, sel.Sel.Name,
						"%s: take a clock.Clock or a moment", fset.Position(sel.Pos()))
				}
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else {
			require.NoError(t, err)
		}
		all = append(all, p)
	}
	require.NotEmpty(t, all)
	return all
}

// name is a package's name in the table, "" for what is not in it: other
// modules, the root, this package.
func name(importPath string) string {
	rest, ok := strings.CutPrefix(importPath, module+"/src/")
	if !ok {
		return ""
	}
	return rest
}

func own(deps []string) []string {
	var out []string
	for _, d := range deps {
		if n := name(d); n != "" {
			out = append(out, n)
		}
	}
	return out
}
