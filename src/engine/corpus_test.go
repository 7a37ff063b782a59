package engine

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// realLogs is where recorded logs of others lie on some machines; they are no
// part of the project.
const realLogs = "../../../shared/data/logs"

// sysmonCorpus writes a file of at least size bytes of Sysmon XML, one event a
// line, and gives its path. The events are those of realLogs, or where there are
// none those of the project's datasets, again and again, each round with other
// record ids, GUIDs and times, so that no round's dictionary entries serve
// another.
func sysmonCorpus(tb testing.TB, size int) string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(realLogs, "*.sysmon.log"))
	require.NoError(tb, err)
	if len(paths) == 0 {
		tb.Logf("%s is missing: measuring over the project's own datasets", realLogs)
		paths, err = filepath.Glob("../../testdata/datasets/*/windows-sysmon.log")
		require.NoError(tb, err)
	}
	slices.Sort(paths)
	var seed []byte
	for _, p := range paths {
		data, err := os.ReadFile(p)
		require.NoError(tb, err)
		seed = append(seed, bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))...)
		if !bytes.HasSuffix(seed, []byte("\n")) {
			seed = append(seed, '\n')
		}
	}
	require.NotEmpty(tb, seed)
	path := filepath.Join(tb.TempDir(), "windows-sysmon.log")
	f, err := os.Create(path)
	require.NoError(tb, err)
	for round, written := 0, 0; written < size; round++ {
		n, err := f.Write(varied(seed, round))
		require.NoError(tb, err)
		written += n
	}
	require.NoError(tb, f.Close())
	return path
}

// varied is the seed with other record ids, process GUIDs and seconds.
func varied(seed []byte, round int) []byte {
	out := slices.Clone(seed)
	tag := []byte(fmt.Sprintf("%04X", round&0xffff))
	overwrite(out, []byte("<EventRecordID>"), 0, []byte(strconv.Itoa(1+round%9)))
	overwrite(out, []byte("Guid'>{"), len("5770385F-"), tag)
	overwrite(out, []byte("SystemTime='"), len("2020-07-20T13:24:"), []byte(fmt.Sprintf("%02d", round%60)))
	return out
}

// overwrite puts text at a distance behind every occurrence of mark.
func overwrite(in, mark []byte, distance int, text []byte) {
	for at := 0; ; {
		i := bytes.Index(in[at:], mark)
		if i < 0 {
			return
		}
		at += i + len(mark) + distance
		if at+len(text) > len(in) {
			return
		}
		copy(in[at:], text)
	}
}
