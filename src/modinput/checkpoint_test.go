package modinput

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

func TestCheckpoints(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	c := NewCheckpoints(dir)
	got, err := c.Load("tick://x")
	require.NoError(t, err)
	require.Nil(t, got)
	require.NoDirExists(t, dir, "nothing is made before it is needed")
	for _, data := range []string{"one", "", "two\nlines\x00"} {
		for _, save := range []func(string, []byte) error{c.Save, c.Swap} {
			require.NoError(t, save("tick://x", []byte(data)))
			got, err = c.Load("tick://x")
			require.NoError(t, err)
			require.NotNil(t, got)
			require.Equal(t, data, string(got))
		}
	}
	require.NoError(t, c.Save("tick:/_x", []byte("other")), "keys that look alike in a file name")
	require.NoError(t, c.Save(strings.Repeat("ä/../", 100)+"\n", []byte("long")))
	got, err = NewCheckpoints(dir).Load("tick://x")
	require.NoError(t, err)
	require.Equal(t, "two\nlines\x00", string(got))
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 3, "nothing is left aside")
	require.NoError(t, c.Remove("tick://x"))
	require.NoError(t, c.Remove("tick://x"))
	got, err = c.Load("tick://x")
	require.NoError(t, err)
	require.Nil(t, got)
}

func TestCorruptCheckpoints(t *testing.T) {
	dir := t.TempDir()
	c := NewCheckpoints(dir)
	require.NoError(t, c.Save("k", []byte("position 12345")))
	path, err := c.path("k")
	require.NoError(t, err)
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	load := func(file, want string) {
		t.Helper()
		require.NoError(t, os.WriteFile(path, []byte(file), 0o600))
		_, err := c.Load("k")
		require.ErrorIs(t, err, ErrCorrupt)
		var m diag.Message
		require.True(t, errors.As(err, &m))
		require.Equal(t, `cannot trust the checkpoint "`+path+`": `+want, m.Text)
		require.NotEmpty(t, m.Hint)
	}
	load("", "it is empty")
	load("12345", "its first line is not that of a checkpoint")
	load(string(good[:len(good)-1]), "it has 13 bytes where 14 were written")
	load(strings.Replace(string(good), "12345", "12346", 1), "its checksum does not match")
	load(strings.Replace(string(good), `"k"`, `"j"`, 1), `it belongs to "j"`)
	for i := range good { // no byte may change unseen
		bad := []byte(string(good))
		bad[i] ^= 1
		require.NoError(t, os.WriteFile(path, bad, 0o600))
		_, err := c.Load("k")
		require.ErrorIs(t, err, ErrCorrupt, "byte %d", i)
	}
	require.NoError(t, c.Save("k", []byte("again")), "a damaged one is replaced")
}

func TestCheckpointsWithoutAPlace(t *testing.T) {
	_, err := NewCheckpoints("").Load("k")
	require.EqualError(t, err, "cannot keep checkpoints: the host gave no checkpoint_dir")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	c := NewCheckpoints(filepath.Join(file, "sub"))
	require.ErrorContains(t, c.Save("k", nil), "cannot write the checkpoint ")
	require.ErrorContains(t, NewCheckpoints(file).Save("k", nil), "not a directory")
}

func FuzzCheckpoint(f *testing.F) {
	f.Add("k", []byte("data"), []byte(checkpointMagic+" 1 2 \"k\"\nx"))
	f.Fuzz(func(t *testing.T, key string, data, file []byte) {
		_, why := parseCheckpoint(key, file)
		require.NotEmpty(t, why, "nobody makes up a checksum")
		c := NewCheckpoints(t.TempDir())
		require.NoError(t, c.Swap(key, data))
		got, err := c.Load(key)
		require.NoError(t, err)
		require.Equal(t, string(data), string(got))
	})
}
