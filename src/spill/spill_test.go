package spill

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// some is rows of every form of column: codes with multivalues and nulls, times, bytes.
func some(r *rand.Rand, n int) *batch.Batch {
	codes, times, raw := batch.Nulls(n), &batch.Column{Times: make([]event.Time, n)}, &batch.Column{Bytes: make([][]byte, n)}
	for i := range n {
		switch r.IntN(4) {
		case 0:
		case 1:
			codes.Codes[i] = codes.Dict.AddValues([]string{fmt.Sprint(r.IntN(9)), fmt.Sprint(r.IntN(9)), ""})
		default:
			codes.Codes[i] = codes.Dict.Add(fmt.Sprint("v", r.IntN(50)))
		}
		times.Times[i] = event.Time(r.Int64() - r.Int64())
		if r.IntN(3) > 0 {
			raw.Bytes[i] = []byte(strings.Repeat("x", r.IntN(40)))
		}
	}
	b := batch.New(n)
	b.Set("codes", codes)
	b.Set("_time", times)
	b.Set("_raw", raw)
	return b
}

// TestBlocks: what is read back from disk is what was written, and has no more values
// than its rows hold.
func TestBlocks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		in := some(r, r.IntN(200))
		part := in.Slice(in.Len/3, in.Len)
		for _, b := range []*batch.Batch{in, part, compact(part)} {
			out, err := decode(encode(b))
			require.NoError(t, err)
			require.Equal(t, b.String(), out.String())
			require.Equal(t, b.Names, out.Names)
			for i, c := range b.Column("_raw").Bytes {
				require.Equal(t, c == nil, out.Column("_raw").Bytes[i] == nil)
			}
		}
		few, err := decode(encode(in.Slice(0, min(1, in.Len))))
		require.NoError(t, err)
		require.LessOrEqual(t, few.Column("codes").Coded().Len(), 1)
	}
}

// FuzzDecode: no bytes make reading them panic.
func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	f.Add(encode(some(r, 5)))
	f.Add(encode(batch.New(3)))
	f.Add([]byte{4, 12, 2, 1, 'a'})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			t.Skip()
		}
		if b, err := decode(data); err == nil {
			again, err := decode(encode(b))
			require.NoError(t, err)
			require.Equal(t, b.String(), again.String())
		}
	})
}

func byCodes(most int) By[[]string] {
	return By[[]string]{
		Most: most,
		Keys: func(b *batch.Batch) []string {
			out := make([]string, b.Len)
			for i := range out {
				out[i] = b.Column("codes").Text(i)
			}
			return out
		},
		// An order that goes in a circle for some: only the shape of the sort decides.
		Compare: func(a []string, i int32, b []string, j int32) int {
			if len(a[i]) == len(b[j]) {
				return strings.Compare(a[i], b[j])
			}
			return strings.Compare(b[j], a[i])
		},
	}
}

// TestSorter: rows come in the same order from memory and from disk, whatever the
// sizes of the batches, even where not all pairs agree on an order.
func TestSorter(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, sortRun, 3*sortRun + 7, 40 * sortRun} {
		for _, most := range []int{0, 10} {
			all := some(r, n)
			var want strings.Builder
			memory := NewSorter(nil, byCodes(most))
			budget := New(1<<16, t.TempDir())
			disk := NewSorter(budget, byCodes(most))
			for from := 0; from < n; {
				to := min(n, from+1+r.IntN(3000))
				require.NoError(t, memory.Add(t.Context(), all.Slice(from, to)))
				require.NoError(t, disk.Add(t.Context(), all.Slice(from, to)))
				from = to
			}
			require.NoError(t, memory.Each(t.Context(), func(b *batch.Batch) error {
				want.WriteString(b.String())
				return nil
			}))
			var got strings.Builder
			require.NoError(t, disk.Each(t.Context(), func(b *batch.Batch) error {
				got.WriteString(b.String())
				return nil
			}))
			require.Equal(t, n > 2*sortRun, disk.OnDisk())
			require.True(t, want.String() == got.String(), "%d rows, %d of them", n, most)
			require.NoError(t, budget.Close())
		}
	}
}

// TestOrder: the rows of a sort that all pairs agree on are those of the standard
// library's.
func TestOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, n := range []int{0, 1, 5, sortRun, 33*sortRun + 1} {
		keys := make([]int, n)
		for i := range keys {
			keys[i] = r.IntN(n/4 + 1)
		}
		compare := func(a, b int32) int { return keys[a] - keys[b] }
		want := batch.AllRows(n)
		slices.SortStableFunc(want, compare)
		require.Equal(t, want, append([]int32{}, Order(n, 0, compare)...))
		require.Equal(t, want[:min(n, 7)], append([]int32{}, Order(n, 7, compare)...))
	}
}

// TestPartitions: rows with the same values are in one part, in order, and those of a
// part are dealt out to several at the next level.
func TestPartitions(t *testing.T) {
	budget := New(1<<16, t.TempDir())
	defer budget.Close()
	all := some(rand.New(rand.NewPCG(9, 10)), 5000)
	p := budget.Partitions(0, "codes")
	require.NoError(t, p.Add(all))
	runs, err := p.Parts()
	require.NoError(t, err)
	at, rows := map[string]int{}, 0
	for i, run := range runs {
		require.NoError(t, run.Each(t.Context(), func(b *batch.Batch) error {
			rows += b.Len
			for r := range b.Len {
				text := b.Column("codes").Text(r)
				if _, known := at[text]; !known {
					at[text] = i
				}
				require.Equal(t, i, at[text])
			}
			return nil
		}))
	}
	require.Equal(t, 5000, rows)
}

// TestBudget: the folder is for its owner alone, is gone at the end, and cannot be
// made anew; operators share what there is.
func TestBudget(t *testing.T) {
	dir := t.TempDir()
	b := New(1<<16, dir)
	a, other := b.Account(), b.Account()
	require.False(t, a.Hold(1<<15))
	require.False(t, other.Hold(1<<13), "all is not held yet")
	require.True(t, a.Hold(1<<16))
	require.False(t, other.Hold(1<<13), "who has little may go on")
	a.Release()
	require.False(t, other.Hold(1<<16))

	f := b.Buffer()
	require.NoError(t, f.Add(some(rand.New(rand.NewPCG(1, 1)), 5000)))
	require.True(t, f.OnDisk())
	folders, err := filepath.Glob(filepath.Join(dir, "riskreplay-*"))
	require.NoError(t, err)
	require.Len(t, folders, 1)
	info, err := os.Stat(folders[0])
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	}
	require.NoError(t, b.Close())
	require.NoError(t, b.Close())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
	require.ErrorContains(t, f.Add(some(rand.New(rand.NewPCG(1, 1)), 50)), "the search has ended")
	require.ErrorContains(t, f.Each(context.Background(), func(*batch.Batch) error { return nil }), "the search has ended")
}
