//go:build unix

package ingest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A pipe can be read once only: nothing is taken from it before it is read, and a
// folder's pipes, which nobody may ever write into, are left alone.
func TestPipes(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("pipes with names cannot be made here: " + err.Error())
	}
	found, problems := Resolve(Input{Path: pipe})
	require.Empty(t, problems)
	require.Equal(t, pipe, found[0].Files[0].Path)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.log"), []byte("x"), 0o600))
	found, problems = Resolve(Input{Path: dir})
	require.Empty(t, problems)
	require.Len(t, found[0].Files, 1)
	require.Equal(t, "a.log", found[0].Files[0].Name)
}

func TestLinkToNothing(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink("gone", link))
	_, problems := Resolve(Input{Path: link})
	require.Equal(t, "it is a link to what is not there", problems[0].Hint)
}
