package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/knowledge"
)

// told is a Warn that keeps the messages.
type told struct {
	mu   sync.Mutex
	list []string
}

func (w *told) warn(m diag.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, m.Text)
}

func (w *told) messages() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.list)
}

// silent fails the test when anything is said.
func silent(t testing.TB) func(diag.Message) {
	return func(m diag.Message) { t.Errorf("said: %s", m.Text) }
}

func openDir(t testing.TB, dir string, o index.Options) *index.Index {
	t.Helper()
	if o.Warn == nil {
		o.Warn = silent(t)
	}
	x, err := index.Open(dir, o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = x.Close() }) // once more does nothing
	return x
}

// everything is each event's fields that an index keeps, in the order of a scan.
var everything = index.Query{Fields: []string{"_time", "_raw", "host", "source", "sourcetype", "index", "zone"}, Indexes: []string{"*", "_*"}}

func contents(t testing.TB, x *index.Index, base *knowledge.Base) []string {
	t.Helper()
	return rowsOf(scan(t, x, base, everything))
}

func inMemory(t testing.TB, evs []event.Event) *index.Index {
	t.Helper()
	x := index.New(index.Options{})
	appendAll(t, x, evs...)
	return x
}

func TestAFolderKeepsEvents(t *testing.T) {
	dir, base := filepath.Join(t.TempDir(), "new", "index"), newBase(t)
	evs := mixed(rand.New(rand.NewPCG(1, 2)), 500)
	want := contents(t, inMemory(t, evs), base)
	x := openDir(t, dir, index.Options{})
	require.True(t, index.IsFolder(dir))
	appendAll(t, x, evs[:200]...)
	require.Equal(t, want[:200], contents(t, x, base))
	require.NoError(t, x.Close())
	x = openDir(t, dir, index.Options{})
	require.Equal(t, 200, x.Len())
	appendAll(t, x, evs[200:]...)
	require.Equal(t, want, contents(t, x, base))
	require.NoError(t, x.Close())
	x = openDir(t, dir, index.Options{ReadOnly: true})
	require.Equal(t, want, contents(t, x, base))
}

func TestTheEventsAreCopied(t *testing.T) {
	x := openDir(t, t.TempDir(), index.Options{})
	e := line(1)
	appendAll(t, x, e)
	copy(e.Raw, "xxx")
	require.Equal(t, "n=1", scan(t, x, newBase(t), index.Query{Fields: []string{"_raw"}}).Column("_raw").Text(0))
}

func TestOneWriterManyReaders(t *testing.T) {
	dir, base := t.TempDir(), newBase(t)
	w := openDir(t, dir, index.Options{})
	_, err := index.Open(dir, index.Options{})
	require.ErrorIs(t, err, index.ErrLocked)
	require.ErrorContains(t, err, fmt.Sprintf("process %d (", os.Getpid()))
	r := openDir(t, dir, index.Options{ReadOnly: true})
	_, err = r.Append(context.Background(), []event.Event{line(1)})
	require.ErrorContains(t, err, "opened to be read only")
	for i := range 20 {
		appendAll(t, w, line(i), line(100+i))
		require.Equal(t, contents(t, w, base), contents(t, r, base))
	}
	require.NoError(t, w.Close())
	_, err = w.Append(context.Background(), []event.Event{line(1)})
	require.ErrorContains(t, err, "it is closed")
	w = openDir(t, dir, index.Options{})
	appendAll(t, w, line(999))
	require.Len(t, contents(t, r, base), 41)
}

func TestWhatIsNoIndex(t *testing.T) {
	dir := t.TempDir()
	require.False(t, index.IsFolder(dir))
	_, err := index.Open(dir, index.Options{ReadOnly: true})
	require.ErrorContains(t, err, "there is none")
	_, err = index.Open(filepath.Join(dir, "nosuch"), index.Options{ReadOnly: true})
	require.ErrorContains(t, err, "there is none")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "letter.txt"), []byte("dear"), 0o600))
	_, err = index.Open(dir, index.Options{})
	require.ErrorContains(t, err, `the folder holds other files, such as "letter.txt"`)
	_, err = index.Open(filepath.Join(dir, "letter.txt"), index.Options{})
	require.ErrorContains(t, err, "letter.txt")
	for body, want := range map[string]string{
		"": "no manifest", "[1]": "no manifest", `{"format":2,"crc32c":0,"manifest":{}}`: "version 2", `{"format":1,"crc32c":1,"manifest":{}}`: "checksum",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "index.manifest"), []byte(body), 0o600))
		for _, readOnly := range []bool{false, true} {
			_, err = index.Open(dir, index.Options{ReadOnly: readOnly})
			require.ErrorContains(t, err, want)
		}
	}
}

func TestManyAppendAtOnce(t *testing.T) {
	dir, base := t.TempDir(), newBase(t)
	x := openDir(t, dir, index.Options{})
	var wg sync.WaitGroup
	for k := range 20 {
		wg.Go(func() {
			for i := range 25 {
				appendAll(t, x, line(1000*k+i))
			}
		})
	}
	wg.Wait()
	require.Equal(t, 500, x.Len())
	before := contents(t, x, base)
	require.NoError(t, x.Close())
	require.Equal(t, before, contents(t, openDir(t, dir, index.Options{}), base))
}

// TestAJournalCutAtEachByte cuts the last record at each of its bytes: what was
// appended before is there, what was cut is not, and the index takes more.
func TestAJournalCutAtEachByte(t *testing.T) {
	dir, base := t.TempDir(), newBase(t)
	x := openDir(t, dir, index.Options{})
	appendAll(t, x, line(1), line(2))
	journal := filepath.Join(dir, "journal-000001")
	first, err := os.ReadFile(journal)
	require.NoError(t, err)
	appendAll(t, x, line(3), line(4))
	both, err := os.ReadFile(journal)
	require.NoError(t, err)
	manifest, err := os.ReadFile(filepath.Join(dir, "index.manifest"))
	require.NoError(t, err)
	for size := len(first); size <= len(both); size++ {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "index.manifest"), manifest, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "journal-000001"), both[:size], 0o600))
		want := 2
		if size == len(both) {
			want = 4
		}
		require.Equal(t, want, openDir(t, dir, index.Options{ReadOnly: true}).Len())
		var said told
		x := openDir(t, dir, index.Options{Warn: said.warn})
		require.Equal(t, want, x.Len())
		if torn := size > len(first) && size < len(both); torn {
			require.Len(t, said.messages(), 1)
			require.Contains(t, said.messages()[0], fmt.Sprintf("its last %d bytes are cut", size-len(first)))
		} else {
			require.Empty(t, said.messages())
		}
		appendAll(t, x, line(5))
		require.NoError(t, x.Close())
		x = openDir(t, dir, index.Options{})
		require.Equal(t, want+1, x.Len())
		got := contents(t, x, base)
		require.Contains(t, got[want], "n=5")
		require.NoError(t, x.Close())
	}
}

// TestBitFlipsInAJournal turns single bits over: events of other records stay, and
// nothing is there that was not appended.
func TestBitFlipsInAJournal(t *testing.T) {
	dir, base := t.TempDir(), newBase(t)
	x := openDir(t, dir, index.Options{})
	for i := range 5 {
		appendAll(t, x, line(2*i), line(2*i+1))
	}
	want := contents(t, x, base)
	good, err := os.ReadFile(filepath.Join(dir, "journal-000001"))
	require.NoError(t, err)
	manifest, err := os.ReadFile(filepath.Join(dir, "index.manifest"))
	require.NoError(t, err)
	dir = t.TempDir()
	for bit := 0; bit < 8*len(good); bit += 13 {
		bad := slices.Clone(good)
		bad[bit/8] ^= 1 << (bit % 8)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "index.manifest"), manifest, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "journal-000001"), bad, 0o600))
		var said told
		x := openDir(t, dir, index.Options{Warn: said.warn})
		got := contents(t, x, base)
		if bit < 8*20 {
			require.Equal(t, want, got)
		} else {
			require.Len(t, got, 8, "bit %d", bit)
			require.Len(t, said.messages(), 1)
		}
		require.Subset(t, want, got)
		require.NoError(t, x.Close())
		kept := said.messages() != nil && strings.Contains(said.messages()[0], "is damaged")
		if kept {
			saved, err := os.ReadFile(filepath.Join(dir, "journal-000001.damaged"))
			require.NoError(t, err)
			require.Equal(t, bad, saved)
		}
	}
}

// TestAnEventIsNoRecord: the records of one journal are nothing in another, so
// that nobody can smuggle in events with a torn append.
func TestAnEventIsNoRecord(t *testing.T) {
	dir := t.TempDir()
	x := openDir(t, dir, index.Options{})
	appendAll(t, x, line(1))
	data, err := os.ReadFile(filepath.Join(dir, "journal-000001"))
	require.NoError(t, err)
	require.NoError(t, x.Close())
	forged := line(2)
	forged.Raw = append(data[20:], "tail"...)
	dir = t.TempDir()
	x = openDir(t, dir, index.Options{})
	appendAll(t, x, forged)
	data, err = os.ReadFile(filepath.Join(dir, "journal-000001"))
	require.NoError(t, err)
	manifest, err := os.ReadFile(filepath.Join(dir, "index.manifest"))
	require.NoError(t, err)
	dir = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.manifest"), manifest, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "journal-000001"), data[:len(data)-1], 0o600))
	require.Zero(t, openDir(t, dir, index.Options{Warn: (&told{}).warn}).Len())
}

func TestAFullDiskIsSaidAndGoesAway(t *testing.T) {
	f, base := newForgetful(), newBase(t)
	x := openDir(t, "x", index.Options{Files: f})
	appendAll(t, x, line(1))
	f.mu.Lock()
	f.full = true
	f.mu.Unlock()
	ticket, err := x.Append(context.Background(), []event.Event{line(2)})
	require.NoError(t, err)
	require.ErrorContains(t, ticket.Wait(context.Background()), `cannot write to the index "x": no space left on device`)
	require.Len(t, contents(t, x, base), 1)
	f.mu.Lock()
	f.full = false
	f.mu.Unlock()
	appendAll(t, x, line(3))
	require.NoError(t, x.Close())
	x = openDir(t, "x", index.Options{Files: f})
	require.Equal(t, contents(t, inMemory(t, []event.Event{line(1), line(3)}), base), contents(t, x, base))
}
