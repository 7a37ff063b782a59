package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/index"
)

func files(t testing.TB, dir, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, pattern))
	require.NoError(t, err)
	for i, f := range list {
		list[i] = filepath.Base(f)
	}
	return list
}

func roll(t testing.TB, x *index.Index) {
	t.Helper()
	require.NoError(t, x.Roll(context.Background()))
}

// TestAFolderIsTheSameAsMemory: random appends, rolls, new openings and drops; then
// queries give what they give of a plain list of events, which stands in memory.
func TestAFolderIsTheSameAsMemory(t *testing.T) {
	base := newBase(t)
	rapid.Check(t, func(rt *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		dir := t.TempDir()
		o := index.Options{
			Events: rapid.SampledFrom([]int{10, 60, 1000}).Draw(rt, "segment"), Bytes: rapid.SampledFrom([]int{0, 20_000}).Draw(rt, "bytes"),
			Memory: rapid.SampledFrom([]int{0, 1}).Draw(rt, "memory"),
		}
		x := openDir(t, dir, o)
		if rapid.Bool().Draw(rt, "prepare") {
			require.NoError(rt, x.Prepare(base, []index.Query{drawQuery(rt, t), drawQuery(rt, t)}))
		}
		reader := openDir(t, dir, index.Options{ReadOnly: true, Memory: o.Memory})
		var evs []event.Event
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				roll(t, x)
			case 1:
				require.NoError(rt, x.Close())
				x = openDir(t, dir, o)
			case 2:
				before := len(evs)
				evs = slices.DeleteFunc(evs, func(e event.Event) bool {
					return slices.Contains(e.Fields, event.Field{Name: "zone", Value: "z2"})
				})
				n, err := x.Drop(context.Background(), "zone", "z2")
				require.NoError(rt, err)
				require.Equal(rt, before-len(evs), n)
			case 3:
				require.Equal(rt, len(evs), scan(t, reader, base, index.Query{Indexes: []string{"*", "_*"}}).Len)
			default:
				more := mixed(rnd, 1+rnd.IntN(40))
				appendAll(t, x, more...)
				evs = append(evs, more...)
			}
		}
		require.Equal(rt, len(evs), x.Len())
		require.NoError(rt, x.Prepared(context.Background()))
		memory := inMemory(t, evs)
		var queries []index.Query
		for range rapid.IntRange(1, 4).Draw(rt, "queries") {
			q := drawQuery(rt, t)
			queries = append(queries, q)
			want := rowsOf(scan(t, memory, base, q))
			require.Equal(rt, want, rowsOf(scan(t, x, base, q)))
			require.Equal(rt, want, rowsOf(scan(t, reader, base, q)))
		}
		// Once more, with nothing in memory but what searches left on disk.
		queries = append(queries, drawQuery(rt, t))
		require.NoError(rt, reader.Close())
		reader = openDir(t, dir, index.Options{ReadOnly: true, Memory: o.Memory})
		for _, q := range queries {
			require.Equal(rt, rowsOf(scan(t, memory, base, q)), rowsOf(scan(t, reader, base, q)))
		}
		require.NoError(rt, x.Close())
		require.NoError(rt, reader.Close())
	})
}

// meanwhile is a folder where something happens between two steps of a reader: when
// it lists the names.
type meanwhile struct {
	index.Files
	happens func()
}

func (m *meanwhile) Names() ([]string, error) {
	if do := m.happens; do != nil {
		m.happens = nil
		do()
	}
	return m.Files.Names()
}

// TestAJournalThatBecomesASegmentMeanwhile: a reader that has read the manifest, and
// not yet the journals, when one of them becomes a segment, misses nothing.
func TestAJournalThatBecomesASegmentMeanwhile(t *testing.T) {
	f, base := newForgetful(), newBase(t)
	x := openDir(t, "x", index.Options{Files: f})
	appendAll(t, x, line(1), line(2))
	m := &meanwhile{Files: f}
	reader := openDir(t, "x", index.Options{Files: m, ReadOnly: true})
	appendAll(t, x, line(3))
	m.happens = func() { roll(t, x); appendAll(t, x, line(4)) }
	require.Len(t, contents(t, reader, base), 4)
	require.Nil(t, m.happens)
}

func TestSmallSegmentsAreJoined(t *testing.T) {
	dir, base := t.TempDir(), newBase(t)
	x := openDir(t, dir, index.Options{Events: 64})
	for i := range 100 {
		appendAll(t, x, line(i))
		roll(t, x)
	}
	roll(t, x)
	require.NoError(t, x.Close())
	require.LessOrEqual(t, len(files(t, dir, "*.parquet")), 8)
	require.Empty(t, files(t, dir, "journal-*"))
	x = openDir(t, dir, index.Options{})
	b := scan(t, x, base, index.Query{Fields: []string{"n"}})
	require.Equal(t, 100, b.Len)
	for r := range b.Len {
		require.Equal(t, fmt.Sprint(r), b.Column("n").Text(r))
	}
}

func TestSegmentsAreMadeBySizeAndNumber(t *testing.T) {
	for _, o := range []index.Options{{Events: 10}, {Bytes: 200}} {
		dir := t.TempDir()
		x := openDir(t, dir, o)
		for i := range 100 {
			appendAll(t, x, line(i))
		}
		require.NoError(t, x.Close())
		require.Greater(t, len(files(t, dir, "*.parquet")), 1)
		require.Equal(t, 100, openDir(t, dir, index.Options{}).Len())
	}
}

func TestSegmentsAreMadeByAge(t *testing.T) {
	dir, now := t.TempDir(), clock.NewManual(time.Unix(1_000_000, 0))
	x := openDir(t, dir, index.Options{Age: 10 * time.Second, Clock: now})
	require.NoError(t, now.WaitForSleepers(context.Background(), 1))
	appendAll(t, x, line(1))
	for len(files(t, dir, "*.parquet")) == 0 {
		now.Advance(10 * time.Second)
		require.NoError(t, now.WaitForSleepers(context.Background(), 1))
	}
}

func TestOldSegmentsGo(t *testing.T) {
	base := newBase(t)
	at := func(i int) []event.Event {
		evs := make([]event.Event, 50)
		for k := range evs {
			evs[k] = line(i)
		}
		return evs
	}
	dir := t.TempDir()
	x := openDir(t, dir, index.Options{Events: 50, Retain: 100 * time.Second, Clock: clock.NewManual(time.Unix(1000, 0))})
	for _, i := range []int{500, 950, 800, 990} {
		appendAll(t, x, at(i)...)
		roll(t, x)
	}
	roll(t, x)
	require.NoError(t, x.Close())
	x = openDir(t, dir, index.Options{})
	require.Equal(t, 100, scan(t, x, base, index.Query{}).Len)
	require.Len(t, files(t, dir, "*.parquet"), 2)

	dir = t.TempDir()
	x = openDir(t, dir, index.Options{Events: 50, RetainBytes: 5000})
	for i := range 10 {
		appendAll(t, x, at(i)...)
		roll(t, x)
	}
	require.NoError(t, x.Close())
	x = openDir(t, dir, index.Options{})
	b := scan(t, x, base, index.Query{Fields: []string{"n"}})
	require.Less(t, b.Len, 500)
	require.Equal(t, "9", b.Column("n").Text(b.Len-1), "the newest stay")
}

// TestADamagedSegmentIsSetAside turns bits over all through a segment's file: the
// other segments serve, the damaged one is named and set aside.
func TestADamagedSegmentIsSetAside(t *testing.T) {
	dir, base := t.TempDir(), newBase(t)
	x := openDir(t, dir, index.Options{Events: 40})
	evs := mixed(rand.New(rand.NewPCG(5, 6)), 120)
	for part := range slices.Chunk(evs, 40) {
		appendAll(t, x, part...)
		roll(t, x)
	}
	require.NoError(t, x.Close())
	require.Equal(t, []string{"000001.parquet", "000002.parquet", "000003.parquet"}, files(t, dir, "*.parquet"))
	all := map[string][]byte{}
	for _, name := range append(files(t, dir, "*.parquet"), "index.manifest") {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		all[name] = data
	}
	want := contents(t, inMemory(t, append(slices.Clone(evs[:40]), evs[80:]...)), base)
	whole := contents(t, inMemory(t, evs), base)
	damage := map[string]func([]byte) []byte{
		"missing": func([]byte) []byte { return nil }, "empty": func([]byte) []byte { return []byte{} }, "short": func(d []byte) []byte { return d[:len(d)-1] }, "long": func(d []byte) []byte { return append(d, 0) },
	}
	size := len(all["000002.parquet"])
	for bit := 0; bit < 8*size; bit += 8*size/60 + 1 {
		damage[fmt.Sprint("bit ", bit)] = func(d []byte) []byte { d[bit/8] ^= 1 << (bit % 8); return d }
	}
	for name, change := range damage {
		dir := t.TempDir()
		for name, data := range all {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
		}
		path := filepath.Join(dir, "000002.parquet")
		if bad := change(slices.Clone(all["000002.parquet"])); bad == nil {
			require.NoError(t, os.Remove(path))
		} else {
			require.NoError(t, os.WriteFile(path, bad, 0o600))
		}
		for _, newest := range []bool{false, true} {
			var said told
			r := openDir(t, dir, index.Options{ReadOnly: true, Warn: said.warn})
			q := everything
			q.NewestFirst = newest
			require.Len(t, rowsOf(scan(t, r, base, q)), len(want), name)
			require.Len(t, said.messages(), 1, name)
			require.Contains(t, said.messages()[0], `segment "000002"`)
			require.Contains(t, said.messages()[0], `its 40 events are left out`)
			require.NoError(t, r.Close())
		}
		var said told
		x := openDir(t, dir, index.Options{Events: 40, Warn: said.warn})
		require.Equal(t, want, contents(t, x, base), name)
		appendAll(t, x, line(1))
		require.NoError(t, x.Close())
		require.Len(t, said.messages(), 1)
		require.Equal(t, name != "missing", len(files(t, dir, "*.parquet.damaged")) == 1, name)
		x = openDir(t, dir, index.Options{Events: 40})
		require.Len(t, contents(t, x, base), len(want)+1, name)
		require.NoError(t, x.Close())
	}
	require.Len(t, whole, 120)
}

func TestATicketOutlivesAFullDisk(t *testing.T) {
	f, base := newForgetful(), newBase(t)
	var said told
	x := openDir(t, "x", index.Options{Files: f, Events: 5, Warn: said.warn})
	full := func(is bool) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.full = is
	}
	appendAll(t, x, line(1), line(2))
	full(true)
	require.ErrorContains(t, x.Roll(context.Background()), "no space left on device")
	require.Len(t, contents(t, x, base), 2)
	full(false)
	appendAll(t, x, line(3))
	roll(t, x)
	require.Len(t, contents(t, x, base), 3)
	require.Len(t, said.messages(), 1)
	require.Contains(t, said.messages()[0], "cannot write a segment")
	require.NoError(t, x.Close())
	require.Len(t, contents(t, openDir(t, "x", index.Options{Files: f}), base), 3)
}

// TestKeptColumnsMayBeDamaged: what a search left on disk is used by the next one,
// and is no part of the answer when it is damaged, deleted, or another's.
func TestKeptColumnsMayBeDamaged(t *testing.T) {
	dir, base := t.TempDir(), newBase(t)
	evs := mixed(rand.New(rand.NewPCG(11, 12)), 400)
	x := openDir(t, dir, index.Options{})
	appendAll(t, x, evs...)
	require.NoError(t, x.Close())
	search := func() []string {
		x := openDir(t, dir, index.Options{ReadOnly: true})
		defer func() { require.NoError(t, x.Close()) }()
		return rowsOf(scan(t, x, base, processQuery(t)))
	}
	want := search()
	require.NotEmpty(t, want)
	kept := files(t, dir, "000001.*.parquet")
	require.NotEmpty(t, kept)
	require.Equal(t, want, search())
	require.Equal(t, kept, files(t, dir, "000001.*.parquet"), "nothing new to keep")
	for _, name := range kept {
		path := filepath.Join(dir, name)
		good, err := os.ReadFile(path)
		require.NoError(t, err)
		for at := 0; at < len(good); at += len(good)/40 + 1 {
			bad := slices.Clone(good)
			bad[at] ^= 0x10
			require.NoError(t, os.WriteFile(path, bad, 0o600))
			require.Equal(t, want, search(), "%s, byte %d", name, at)
		}
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		require.Equal(t, want, search())
		require.NoError(t, os.Remove(path))
		require.Equal(t, want, search())
	}
	none := openDir(t, dir, index.Options{ReadOnly: true, NoColumns: true})
	require.Equal(t, want, rowsOf(scan(t, none, base, processQuery(t))))
}
