package server

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPasswordIsKeptHashed(t *testing.T) {
	dir := t.TempDir()
	file, plain := filepath.Join(dir, "passwd"), filepath.Join(dir, "plain")
	_, err := ReadPassword(file)
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = MakePassword(file, plain)
	require.NoError(t, err)
	text, err := os.ReadFile(plain)
	require.NoError(t, err)
	p, err := ReadPassword(file)
	require.NoError(t, err)
	require.True(t, p.is(strings.TrimSpace(string(text))))
	for _, wrong := range []string{"", "x", string(text)} {
		require.False(t, p.is(wrong))
	}
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NotContains(t, string(kept), strings.TrimSpace(string(text)))
	require.Equal(t, "[hidden] [hidden]", fmt.Sprintf("%v %#v", p, p))
	for _, f := range []string{file, plain} {
		info, err := os.Stat(f)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	_, err = MakePassword(file, plain)
	require.ErrorContains(t, err, "there is a file")
}

func FuzzPassword(f *testing.F) {
	f.Add("admin:pbkdf2-sha512:1000:AAAAAAAAAAAAAAAAAAAAAA==:" + strings.Repeat("A", 86) + "==")
	f.Add("admin:pbkdf2-sha512:999999999999:AA==:")
	f.Fuzz(func(t *testing.T, text string) {
		if p, ok := parsePassword(text); ok {
			require.LessOrEqual(t, p.rounds, 10_000_000)
			require.GreaterOrEqual(t, len(p.salt), 16)
			require.NotEmpty(t, p.hash)
		}
	})
}
