package ingest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTeeIsWrittenTheFile(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write(bytes.Repeat([]byte("2026-01-15T11:40:12Z a line\n"), 20_000))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	for name, file := range map[string][]byte{
		"plain":  bytes.Repeat([]byte("2026-01-15T11:40:12Z a line\n\n\n"), 10_000),
		"packed": packed.Bytes(),
		"behind": append(bytes.Clone(packed.Bytes()), bytes.Repeat([]byte("rest"), 100_000)...),
		"cutoff": packed.Bytes()[:packed.Len()/2],
		"utf16":  []byte("\xff\xfea\x00\n\x00"),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.log")
			require.NoError(t, os.WriteFile(path, file, 0o600))
			var tee bytes.Buffer
			_ = Read(t.Context(), newFile(path, Metadata{}), Options{Tee: &tee, NoIndex: true, BlockSize: 4096}, func(b Block) error {
				require.Equal(t, "lines", b.Format)
				require.Empty(t, b.Events[0].Index)
				return nil
			})
			require.True(t, bytes.Equal(file, tee.Bytes()), "%d of %d bytes", tee.Len(), len(file))
		})
	}
}

func TestTeeStopsReading(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.log")
	require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("line\n"), 50_000), 0o600))
	problems := Read(t.Context(), newFile(path, Metadata{}), Options{Tee: refusing{}}, func(Block) error { return nil })
	require.ErrorIs(t, problems.Err(), errRefused)
}

type refusing struct{}

var errRefused = errors.New("refused")

func (refusing) Write([]byte) (int, error) { return 0, errRefused }
