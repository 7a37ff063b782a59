package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/event"
	"riskreplay/src/ingest"
)

// receipts keeps what a sink settled.
type receipts struct {
	got  chan Receipt
	seen map[uint64]Receipt
}

func newReceipts() *receipts {
	return &receipts{got: make(chan Receipt, 1000), seen: map[uint64]Receipt{}}
}

func (r *receipts) settled(x Receipt) { r.got <- x }

// all are the receipts so far.
func (r *receipts) all() map[uint64]Receipt {
	for len(r.got) > 0 {
		x := <-r.got
		r.seen[x.Seq] = x
	}
	return r.seen
}

// batchesOf cuts events into batches of n.
func batchesOf(events []event.Event, n int) (out []Batch) {
	for len(events) > 0 {
		n = min(n, len(events))
		out = append(out, Batch{Seq: uint64(len(out) + 1), Events: events[:n]})
		events = events[n:]
	}
	return out
}

// deliver sends batches through a sink and closes it.
func deliver(t testing.TB, open Open, batches []Batch) map[uint64]Receipt {
	t.Helper()
	r := newReceipts()
	s, err := open(r.settled)
	require.NoError(t, err)
	for _, b := range batches {
		require.NoError(t, s.Send(t.Context(), b))
	}
	require.NoError(t, s.Flush(t.Context()))
	require.NoError(t, s.Close())
	return r.all()
}

// tree is the content of the files below a folder.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(rel)] = string(text)
		return err
	}))
	return out
}

// various are events of several origins.
func various(n int) []event.Event {
	out := make([]event.Event, n)
	for i := range out {
		out[i] = event.Event{
			Raw: fmt.Appendf(nil, "event %d\r\nof lines", i), Time: event.At(began) + event.Time(i)*1e9,
			Host: []string{"h", "H", "../.."}[i%3], Source: []string{"a:b/c", "A_b_c"}[i%2], Sourcetype: "con", Index: "main",
		}
	}
	return out
}

func TestATreeHoldsEachOrigin(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	got := deliver(t, Files(FileOptions{Path: dir, Form: FormTree}), batchesOf(various(12), 5))
	require.Equal(t, map[uint64]Receipt{1: {Seq: 1, Accepted: 5}, 2: {Seq: 2, Accepted: 5}, 3: {Seq: 3, Accepted: 2}}, got)
	files := tree(t, dir)
	names := []string{}
	size := 0
	for name, text := range files {
		names = append(names, name)
		if name != "out.yml" {
			size += strings.Count(text, "event ")
		}
	}
	require.Equal(t, 12, size)
	require.ElementsMatch(t, []string{
		"out.yml", "h/a_b_c/_con.log", "h/A_b_c/_con~3.log", "H/a_b_c/_con~4.log", "H/A_b_c/_con~2.log", "_.._.._/a_b_c/_con.log", "_.._.._/A_b_c/_con~2.log",
	}, names)
	require.Equal(t, "event 0\r\nof lines\nevent 6\r\nof lines\n", files["h/a_b_c/_con.log"])
	require.Contains(t, files["out.yml"], "\ndate: '2026-01-15'\n")
	datasets, problems := ingest.Resolve(ingest.Input{Path: dir})
	require.NoError(t, problems.Err())
	require.Len(t, datasets, 1)
	require.Len(t, datasets[0].Files, 6)
	require.Equal(t, "a:b/c", datasets[0].Files[0].Source)
}

func TestFilesAreNotWrittenOver(t *testing.T) {
	dir := t.TempDir()
	full := filepath.Join(dir, "x.log")
	require.NoError(t, os.WriteFile(full, []byte("x"), 0o600))
	for _, c := range []struct {
		o    FileOptions
		want string
	}{
		{FileOptions{Path: full}, "has content already"},
		{FileOptions{Path: dir}, "it is a folder"},
		{FileOptions{Path: dir, Form: FormTree}, "is not empty"},
		{FileOptions{Path: full, Form: FormTree}, "it is no folder"},
		{FileOptions{Path: filepath.Join(full, "x.log")}, "not a directory"},
	} {
		_, err := Files(c.o)(func(Receipt) {})
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "cannot write ")
	}
	require.Equal(t, "x", tree(t, dir)["x.log"])
}

func TestASinkThatCannotGoOnSaysSo(t *testing.T) {
	dir := t.TempDir()
	batches := batchesOf(various(12), 3)
	s, err := Files(FileOptions{Path: filepath.Join(dir, "x.log")})(func(Receipt) {})
	require.NoError(t, err)
	require.ErrorContains(t, s.Send(t.Context(), batches[2]), "it holds those up to 0")
	require.NoError(t, s.Close())
	o := FileOptions{Path: filepath.Join(dir, "y.log"), Journal: filepath.Join(dir, "journal")}
	deliver(t, Files(o), batches[:2])
	other := o
	other.Path = filepath.Join(dir, "z.log")
	_, err = Files(other)(func(Receipt) {})
	require.ErrorContains(t, err, "cannot use the journal")
	require.NoError(t, os.Truncate(o.Path, 5))
	_, err = Files(o)(func(Receipt) {})
	require.ErrorContains(t, err, "shorter than the run had left it")
}

// TestAKilledRunGoesOnByteForByte kills a sink at any moment: the files keep
// anything that was written behind what was settled, and the journal is cut
// anywhere in its last line.
func TestAKilledRunGoesOnByteForByte(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		form := rapid.SampledFrom([]Form{FormRaw, FormHEC, FormTree}).Draw(rt, "form")
		batches := batchesOf(various(rapid.IntRange(1, 60).Draw(rt, "events")), rapid.IntRange(1, 9).Draw(rt, "size"))
		base := t.TempDir()
		plain := FileOptions{Path: filepath.Join(base, "whole", "out"), Form: form}
		killed := FileOptions{Path: filepath.Join(base, "killed", "out"), Form: form, Journal: filepath.Join(base, "journal")}
		require.NoError(t, os.MkdirAll(filepath.Dir(plain.Path), 0o755))
		require.NoError(t, os.MkdirAll(filepath.Dir(killed.Path), 0o755))
		deliver(t, Files(plain), batches)
		settled := 0
		for range rapid.IntRange(0, 3).Draw(rt, "kills") {
			r := newReceipts()
			s, err := Files(killed)(r.settled)
			require.NoError(t, err)
			from := rapid.IntRange(0, settled).Draw(rt, "from")
			for _, b := range batches[from:rapid.IntRange(from, len(batches)).Draw(rt, "upto")] {
				require.NoError(t, s.Send(t.Context(), b))
			}
			require.NoError(t, s.Close())
			for seq := range r.all() {
				settled = max(settled, int(seq))
			}
			damage(t, rt, killed)
		}
		deliver(t, Files(killed), batches[min(settled, len(batches)):])
		require.Equal(t, tree(t, filepath.Dir(plain.Path)), tree(t, filepath.Dir(killed.Path)))
	})
}

// damage is what the end of a machine leaves: half a line of the journal, and
// events in the files that no line tells of.
func damage(t *testing.T, rt *rapid.T, o FileOptions) {
	half := rapid.SampledFrom([]string{"", "0", "00000000 {}\n", `deadbeef {"seq":99`}).Draw(rt, "half")
	for path := range tree(t, filepath.Dir(o.Path)) {
		appendTo(t, filepath.Join(filepath.Dir(o.Path), filepath.FromSlash(path)), "torn")
	}
	appendTo(t, o.Journal, half)
}

func appendTo(t *testing.T, path, text string) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	_, err = f.WriteString(text)
	require.NoError(t, errors.Join(err, f.Close()))
}

func TestMoreFilesThanMayBeOpen(t *testing.T) {
	evs := various(3 * maxOpen)
	for i := range evs {
		evs[i].Source = fmt.Sprint(i % (maxOpen + 100))
	}
	dir := filepath.Join(t.TempDir(), "out")
	deliver(t, Files(FileOptions{Path: dir, Form: FormTree, Journal: filepath.Join(t.TempDir(), "j")}), batchesOf(evs, 70))
	n := 0
	for name, text := range tree(t, dir) {
		if name != "out.yml" {
			n += strings.Count(text, "event ")
		}
	}
	require.Equal(t, len(evs), n)
}

func TestStreams(t *testing.T) {
	for form, want := range map[Form]string{
		FormRaw: "event 0\r\nof lines\n",
		FormHEC: `{"time":1768474800,"host":"h","source":"a:b/c","sourcetype":"con","index":"main","event":"event 0\r\nof lines"}` + "\n",
	} {
		var out bytes.Buffer
		got := deliver(t, Stdout(&out, form), batchesOf(various(1), 1))
		require.Equal(t, want, out.String())
		require.Equal(t, map[uint64]Receipt{1: {Seq: 1, Accepted: 1}}, got)
	}
	r := newReceipts()
	s, err := Stdout(broken{}, FormRaw)(r.settled)
	require.NoError(t, err)
	require.ErrorIs(t, s.Send(t.Context(), batchesOf(various(1), 1)[0]), fs.ErrClosed)
	require.Empty(t, r.all())
	_, err = Stdout(&bytes.Buffer{}, FormTree)(r.settled)
	require.Error(t, err)
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, fs.ErrClosed }
