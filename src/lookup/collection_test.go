package lookup

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
)

// FuzzCollection: documents that can be read are written so that they read the
// same.
func FuzzCollection(f *testing.F) {
	for _, seed := range []string{`[]`, `[{"_key":"1","a":["x","y"],"b":{"c":1},"d":null,"e":true}]`, `[{"a":1},{"b":"2"}]`, `{`, `[1]`, `[{"a":"x\ny"}]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		once, problems := parseCollection("c", data, nil)
		require.Equal(t, once == nil, problems.HasErrors())
		if once == nil {
			return
		}
		out, err := once.documents()
		require.NoError(t, err)
		again, problems := parseCollection("c", out, once.Columns())
		require.Empty(t, problems)
		require.Equal(t, once.rows, again.rows)
	})
}

// TestAStoreInAFolder keeps what was written, and writes nowhere else.
func TestAStoreInAFolder(t *testing.T) {
	dir := t.TempDir()
	open := func() *Store {
		s, err := OpenStore(dir)
		require.NoError(t, err)
		return s
	}
	rows := batch.New(2)
	rows.Set("u", batch.Texts("a", "b"))
	for _, name := range []string{"../x.csv", "/x.csv", "a/x.csv", `..\x.csv`, ".x.csv", "c:x.csv", "x.txt"} {
		require.Error(t, open().Write(Places{}, name, Rows{Rows: rows}), name)
	}
	for _, name := range []string{"x.csv", "x.csv.gz"} {
		require.NoError(t, open().Write(Places{}, name, Rows{Rows: rows}))
		got, problems := Open(name, Places{Store: open()})
		require.Empty(t, problems, name)
		require.Equal(t, 2, got.Len())
		require.Equal(t, "b", got.Value(1, 0))
	}
	require.ErrorContains(t, open().Write(Places{}, "x.csv.gz", Rows{Rows: rows, Append: true}), "the file is compressed")
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 2)
}
