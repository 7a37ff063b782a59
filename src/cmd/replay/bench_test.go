package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkScheme is what splunkd waits for at its start.
func BenchmarkScheme(b *testing.B) {
	for b.Loop() {
		out, err := exec.Command(program, "--scheme").Output()
		require.NoError(b, err)
		require.NotEmpty(b, out)
	}
}

// BenchmarkReplay is the whole input, from the file to somebody who only reads:
// times moved, checkpoints kept. Bytes are those of the events.
func BenchmarkReplay(b *testing.B) {
	text, err := os.ReadFile("../../../testdata/datasets/T1574.011/windows-sysmon.log")
	require.NoError(b, err)
	path := filepath.Join(b.TempDir(), "sysmon.log")
	require.NoError(b, os.WriteFile(path, bytes.Repeat(text, 100), 0o600))
	for _, where := range []string{"keep", "now"} {
		b.Run(where, func(b *testing.B) {
			b.SetBytes(int64(100 * len(text)))
			for b.Loop() {
				p := start(b, stanza(b.TempDir(), "dataset", path, "dataset_roots", filepath.Dir(path), "time", where).AppendXML(nil))
				buf := make([]byte, 64<<10)
				for err = nil; err == nil; {
					_, err = p.out.Read(buf)
				}
				require.NoError(b, p.Wait(), p.stderr.String())
			}
		})
	}
}
