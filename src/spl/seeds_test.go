package spl

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

// seeds are the searches of testdata/*.txtar.
func seeds(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	var list []string
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		require.NoError(t, err)
		for _, f := range archive.Files {
			if strings.HasSuffix(f.Name, ".spl") {
				list = append(list, strings.TrimSpace(string(f.Data)))
			}
		}
	}
	require.NotEmpty(t, list)
	return list
}
