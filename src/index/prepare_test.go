package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/index"
)

func prepare(t testing.TB, x *index.Index, queries ...index.Query) {
	t.Helper()
	require.NoError(t, x.Prepare(newBase(t), queries))
}

func prepared(t testing.TB, x *index.Index) {
	t.Helper()
	require.NoError(t, x.Prepared(context.Background()))
}

// TestAPreparedSegmentIsNotRead: with the bytes of its events damaged, a query that
// finds nothing says nothing, as its columns were made before; one without columns
// finds the damage.
func TestAPreparedSegmentIsNotRead(t *testing.T) {
	dir, rnd := t.TempDir(), rand.New(rand.NewPCG(7, 8))
	x := openDir(t, dir, index.Options{Events: 1000})
	q := index.Query{Where: where(t, "n=nosuch m=1"), Fields: []string{"n"}}
	prepare(t, x, index.Query{Where: where(t, "n=other")}, index.Query{Where: where(t, "m=2")})
	var evs []event.Event
	for i := range 2000 {
		noise := make([]byte, 300)
		for j := range noise {
			noise[j] = 'a' + byte(rnd.IntN(26))
		}
		e := line(i)
		e.Raw = fmt.Appendf(nil, "n=%d m=%d x=%s", i, i%3, noise)
		evs = append(evs, e)
	}
	appendAll(t, x, evs[:1000]...)
	appendAll(t, x, evs[1000:]...)
	roll(t, x)
	prepared(t, x)
	require.NoError(t, x.Close())
	for _, name := range []string{"000001.parquet", "000002.parquet"} {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		data[len(data)/2] ^= 1 // _raw is nearly all of it
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
	for _, none := range []bool{false, true} {
		var said told
		x := openDir(t, dir, index.Options{ReadOnly: true, NoColumns: none, Warn: said.warn})
		require.Zero(t, scan(t, x, newBase(t), q).Len)
		require.Equal(t, none, len(said.messages()) > 0, said.messages())
	}
}

func TestSmallSegmentsAreNotPrepared(t *testing.T) {
	dir := t.TempDir()
	x := openDir(t, dir, index.Options{Events: 100})
	prepare(t, x, index.Query{Where: where(t, "n=1")})
	add := func(n int) {
		var evs []event.Event
		for i := range n {
			evs = append(evs, line(i))
		}
		appendAll(t, x, evs...)
		roll(t, x)
		prepared(t, x)
	}
	add(24)
	require.Empty(t, files(t, dir, "*.*.parquet"))
	add(24)
	require.NoError(t, x.Close()) // the two are one by now
	x = openDir(t, dir, index.Options{Events: 100})
	prepare(t, x, index.Query{Where: where(t, "n=1")})
	prepared(t, x)
	require.Len(t, files(t, dir, "*.*.parquet"), 1)
}

// TestNothingIsPrepared where no columns are kept, or no file can be written.
func TestNothingIsPrepared(t *testing.T) {
	dir := t.TempDir()
	q := index.Query{Where: where(t, "n=1")}
	require.NoError(t, openDir(t, dir, index.Options{Events: 1, NoColumns: true}).Close())
	for _, x := range []*index.Index{index.New(index.Options{}), openDir(t, dir, index.Options{ReadOnly: true}), openDir(t, dir, index.Options{Events: 1, NoColumns: true})} {
		prepare(t, x, q)
		prepared(t, x)
	}
	x := openDir(t, t.TempDir(), index.Options{})
	require.ErrorContains(t, x.Prepare(newBase(t), []index.Query{{Model: "Endpont"}}), `data model "Endpont" was not found`)
}
