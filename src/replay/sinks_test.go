package replay

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Recorded logs, kept in time and written to a file, come out as the bytes that they
// were read as.
func TestKeepIsIdentity(t *testing.T) {
	const dir = "../../../shared/data/logs"
	logs, err := filepath.Glob(filepath.Join(dir, "*.log"))
	require.NoError(t, err)
	if len(logs) == 0 {
		t.Skip("the folder of recorded logs is not beside the repository")
	}
	slices.Sort(logs)
	var want []byte
	data := resolve(t, logs[0])[:0]
	for _, path := range logs {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		if want = append(want, text...); len(want) > 0 && want[len(want)-1] != '\n' {
			want = append(want, '\n')
		}
		data = append(data, resolve(t, path)...)
	}
	out := filepath.Join(t.TempDir(), "out.log")
	m, err := Run(t.Context(), scan(t, data, Settings{}), Files(FileOptions{Path: out, Form: FormRaw}), Options{Clock: newAuto()})
	require.NoError(t, err)
	require.True(t, m.Finished)
	got, err := os.ReadFile(out)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "%d bytes, want %d", len(got), len(want))
}

func BenchmarkRunToFile(b *testing.B) {
	p := scan(b, bigFile(b), Settings{})
	b.SetBytes(p.Bytes)
	for b.Loop() {
		dir := b.TempDir()
		_, err := Run(b.Context(), p, Files(FileOptions{Path: filepath.Join(dir, "out.log")}), Options{Dir: dir, Clock: newAuto()})
		require.NoError(b, err)
	}
}
