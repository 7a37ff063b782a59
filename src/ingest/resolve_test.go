package ingest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

// tree writes the files of a txtar text below a folder. {lfs} stands for a Git
// LFS pointer, an empty file is empty, a name that ends in / is a folder.
func tree(t *testing.T, text string) string {
	root := t.TempDir()
	for _, f := range txtar.Parse([]byte(text)).Files {
		if strings.HasPrefix(f.Name, "want: ") {
			continue
		}
		path := filepath.Join(root, filepath.FromSlash(f.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		if strings.HasSuffix(f.Name, "/") {
			require.NoError(t, os.MkdirAll(path, 0o700))
			continue
		}
		content := strings.ReplaceAll(string(f.Data), "{lfs}\n", pointer)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	return root
}

const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:ecd26db0e9f8b54b5a0f0c6e2d6f3a5c8f3e8c1f2b9a7d6c5e4f3a2b1c0d9e8f\nsize 7096789\n"

// resolved prints datasets and what was said, paths from the root of the tree.
func resolved(t *testing.T, root, arg string) string {
	in, err := ParseInput(filepath.Join(root, filepath.FromSlash(arg)))
	require.NoError(t, err)
	datasets, problems := Resolve(in)
	var b strings.Builder
	for _, d := range datasets {
		fmt.Fprintf(&b, "%s %v %s\n", d.Name, d.Technique, d.Path)
		for _, f := range d.Files {
			fmt.Fprintf(&b, "  %s (%s) %s|%s|%s|%s|%s\n", f.Path, f.Name, f.Sourcetype, f.Source, f.Host, f.Index, f.Format)
			if f.From.Source == FromArgument {
				fmt.Fprintf(&b, "    from %s|%s|%s|%s|%s\n", f.From.Sourcetype, f.From.Source, f.From.Host, f.From.Index, f.From.Format)
			}
			require.Equal(t, isYAML(d.Path) && f.Format == "", f.Catalogue == d.Path)
		}
	}
	for _, m := range problems {
		fmt.Fprintln(&b, m.Error())
	}
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), root+string(filepath.Separator), ""), root, ".")
}

// TestResolve runs testdata/resolve/*.txt: a tree of files, and for each file
// `want: ARGUMENT` in it what is resolved.
func TestResolve(t *testing.T) {
	scripts, err := filepath.Glob("testdata/resolve/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(script)
			require.NoError(t, err)
			root := tree(t, string(text))
			for _, f := range txtar.Parse(text).Files {
				if arg, ok := strings.CutPrefix(f.Name, "want: "); ok {
					require.Equal(t, string(f.Data), resolved(t, root, arg), arg)
				}
			}
		})
	}
}

func TestDeepYAMLIsRefused(t *testing.T) {
	for _, piece := range []string{"[", "{a: ", "- ", "? "} {
		path := write(t, "x.yml", "datasets:\n"+strings.Repeat(piece, 60_000))
		_, problems := Resolve(Input{Path: path})
		require.Contains(t, said(problems), "cannot read the YAML: it is nested too deeply")
	}
	_, problems := Resolve(Input{Path: write(t, "x.yml", "datasets:\n"+strings.Repeat("#", 300_000))})
	require.Contains(t, said(problems), "it has more than 256 KiB, which no catalogue has")
	for _, line := range []string{strings.Repeat("-", 80), strings.Repeat("- a", 80), "[" + strings.Repeat("a, ", 80) + "]"} {
		require.Equal(t, -1, tooDeep("description: |\n  "+line+"\n"))
	}
}
