package scp_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/scp"
)

// FuzzProgram has a conversation with bytes of any kind: every reply is whole,
// nothing panics or hangs, and after an error nothing follows.
func FuzzProgram(f *testing.F) {
	names := []string{"shout", "double", "odd", "total", "first", "turn", "tally", "count", "split"}
	paths, err := filepath.Glob("../../testdata/scp/conversations/*.txt")
	require.NoError(f, err)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(f, err)
		s := parseScript(f, path, string(text))
		f.Add(uint8(max(slices.Index(names, s.command), 0)), s.in)
	}
	f.Fuzz(func(t *testing.T, which uint8, in []byte) {
		var out, stderr bytes.Buffer
		p := scp.Program{
			Command: commands[names[int(which)%len(names)]], In: bytes.NewReader(in), Out: &out, Stderr: &stderr,
			Limits: scp.Limits{Row: 1 << 20}, Workers: 2, Memory: 1 << 10,
		}
		exit := p.Run()
		require.Contains(t, []int{0, 1}, exit)
		require.Empty(t, stderr.String())
		list := replies(t, out.Bytes())
		for i, r := range list {
			metadata, body, _ := strings.Cut(r, "\n")
			if strings.Contains(metadata, `"error":`) {
				require.Equal(t, len(list)-1, i, "an error is the last reply")
				require.Empty(t, body, "and has no rows")
			}
			if _, err := scp.ParseCSV([]byte(body)); err != nil {
				require.NoError(t, err, "%q", body)
			}
		}
	})
}
