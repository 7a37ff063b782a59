package index_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/index"
)

// readers are programs of others that read a segment's file and print a JSON list
// a row: time in nanoseconds, raw in hex, host, source, sourcetype, index, fields.
var readers = map[string]string{
	"pyarrow": `
import sys, json, pyarrow.parquet as pq
t = pq.read_table(sys.argv[1])
times = t["_time"].cast("int64").to_pylist()
for at, r in zip(times, t.drop(["_time"]).to_pylist()):
    print(json.dumps([at, r["_raw"].hex(), r["host"], r["source"], r["sourcetype"], r["index"], [[f["name"], f["value"]] for f in r["fields"] or []]]))
`,
	"duckdb": `
import sys, json, duckdb
for r in duckdb.sql("select epoch_ns(_time), hex(_raw), host, source, sourcetype, index, fields from '%s'" % sys.argv[1]).fetchall():
    print(json.dumps([r[0], r[1].lower(), *r[2:6], [[f["name"], f["value"]] for f in r[6] or []]]))
`,
}

// TestOthersReadSegments reads a segment with readers that have nothing to do with
// the one that wrote it.
func TestOthersReadSegments(t *testing.T) {
	python := cmp.Or(os.Getenv("PYTHON"), "python3")
	dir := t.TempDir()
	x := openDir(t, dir, index.Options{})
	evs := mixed(rand.New(rand.NewPCG(8, 9)), 300)
	for i := range evs {
		evs[i].Time += 123_456_789
	}
	appendAll(t, x, evs...)
	require.NoError(t, x.Close())
	for name, script := range readers {
		t.Run(name, func(t *testing.T) {
			if out, err := exec.Command(python, "-c", "import "+name).CombinedOutput(); err != nil {
				t.Skipf("SKIPPED: no independent Parquet reader %s for %s (set PYTHON to one that has it): %s", name, python, out)
			}
			out, err := exec.Command(python, "-c", script, filepath.Join(dir, "000001.parquet")).Output()
			require.NoError(t, err)
			var want []byte
			for _, e := range evs {
				fields := [][]string{}
				for _, f := range e.Fields {
					fields = append(fields, []string{f.Name, f.Value})
				}
				row, err := json.Marshal([]any{int64(e.Time), fmt.Sprintf("%x", e.Raw), e.Host, e.Source, e.Sourcetype, e.Index, fields})
				require.NoError(t, err)
				want = append(append(want, row...), '\n')
			}
			require.Equal(t, normal(t, want), normal(t, out))
		})
	}
}

// normal is JSON rows without what writers may choose.
func normal(t *testing.T, data []byte) []string {
	t.Helper()
	var out []string
	for dec := json.NewDecoder(bytes.NewReader(data)); dec.More(); {
		dec.UseNumber()
		var v any
		require.NoError(t, dec.Decode(&v))
		row, err := json.Marshal(v)
		require.NoError(t, err)
		out = append(out, string(row))
	}
	return out
}
