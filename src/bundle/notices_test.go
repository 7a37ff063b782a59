package bundle

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write app/THIRD-PARTY.txt")

// TestThirdPartyNotices: app/THIRD-PARTY.txt has the licences of all modules that
// the programs are built from, for every platform, as go.mod has them.
func TestThirdPartyNotices(t *testing.T) {
	const path = root + "/app/THIRD-PARTY.txt"
	want := notices(t)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, headings(want), headings(string(got)), "make generate writes it")
	require.Equal(t, want, string(got), "make generate writes it")
}

var heading = regexp.MustCompile(`(?m)^== .*$`)

func headings(text string) []string { return heading.FindAllString(text, -1) }

type module struct{ Path, Version, Dir string }

func notices(t *testing.T) string {
	modules := map[string]module{}
	for _, p := range Platforms {
		cmd := exec.Command("go", "list", "-deps", "-json=Module", "./src/cmd/...")
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.OS, "GOARCH="+p.Arch)
		out, err := cmd.Output()
		require.NoError(t, err)
		for d := json.NewDecoder(strings.NewReader(string(out))); ; {
			var one struct{ Module *module }
			err := d.Decode(&one)
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			if m := one.Module; m != nil && m.Version != "" {
				modules[m.Path] = *m
			}
		}
	}
	paths := make([]string, 0, len(modules))
	for path := range modules {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	var b strings.Builder
	b.WriteString("RiskReplay's programs contain the modules below, each under its own licence, and Go's\nstandard library under the licence of golang.org/x/sys.\n")
	for _, path := range paths {
		m := modules[path]
		fmt.Fprintf(&b, "\n== %s %s\n", m.Path, m.Version)
		for _, text := range licences(t, m) {
			b.WriteString("\n" + text + "\n")
		}
	}
	return b.String()
}

// licences are the texts of a module's LICENSE (or UNLICENSE) and NOTICE files.
func licences(t *testing.T, m module) (texts []string) {
	entries, err := os.ReadDir(m.Dir)
	require.NoError(t, err, m.Path)
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.IsDir() || !strings.HasPrefix(name, "LICENSE") && !strings.HasPrefix(name, "LICENCE") && !strings.HasPrefix(name, "UNLICENSE") && !strings.HasPrefix(name, "COPYING") && !strings.HasPrefix(name, "NOTICE") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(m.Dir, e.Name()))
		require.NoError(t, err)
		texts = append(texts, strings.TrimSpace(strings.ReplaceAll(string(data), "\r\n", "\n")))
	}
	require.NotEmpty(t, texts, "%s has no licence", m.Path)
	return texts
}
