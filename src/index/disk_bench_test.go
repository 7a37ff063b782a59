package index_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/index"
)

// millions is how many events the benchmarks of folders are over, in thousands:
// RISKREPLAY_EVENTS, else a million.
func thousands(b *testing.B) int {
	n := 1000
	if text := os.Getenv("RISKREPLAY_EVENTS"); text != "" {
		_, err := fmt.Sscan(text, &n)
		require.NoError(b, err)
	}
	return n
}

// filled is a folder with that many thousand events of the real Sysmon logs, again
// and again with other process ids and times, and the bytes of the events. It is
// filled by appends of some hundred events, four at a time.
func filled(b *testing.B, thousands int) (string, int64) {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "index")
	x, err := index.Open(dir, index.Options{})
	require.NoError(b, err)
	total, n := int64(0), 0
	for round := 0; n < 1000*thousands; round++ {
		evs := repeated(b, 50_000_000)
		for i := range evs {
			evs[i].Time += event.Time(round) * 86400e9
		}
		evs = evs[:min(len(evs), 1000*thousands-n)]
		n += len(evs)
		total += sizeOf(evs)
		fill(b, x, evs)
	}
	require.NoError(b, x.Close())
	return dir, total
}

func fill(b *testing.B, x *index.Index, evs []event.Event) {
	var tickets []index.Ticket
	for part := range slices.Chunk(evs, 500) {
		ticket, err := x.Append(context.Background(), part)
		require.NoError(b, err)
		tickets = append(tickets, ticket)
		if len(tickets) == 4 {
			require.NoError(b, tickets[0].Wait(context.Background()))
			tickets = tickets[1:]
		}
	}
	for _, ticket := range tickets {
		require.NoError(b, ticket.Wait(context.Background()))
	}
}

// BenchmarkFolderAppend appends 240 MB, every 500 events made to last, and makes
// segments of them.
func BenchmarkFolderAppend(b *testing.B) {
	evs := repeated(b, 240_000_000)
	b.SetBytes(sizeOf(evs))
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		b.StartTimer()
		x, err := index.Open(dir, index.Options{})
		require.NoError(b, err)
		fill(b, x, evs)
		require.NoError(b, x.Close())
	}
}

// BenchmarkFolderSearch opens a folder of a million events and runs the regsvcs
// detection and the registry one: for the first time, with nothing in memory but
// columns on disk, and again.
func BenchmarkFolderSearch(b *testing.B) {
	dir, raw := filled(b, thousands(b))
	base := newBase(b)
	size := int64(0)
	for _, name := range files(b, dir, "*.parquet") {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(b, err)
		size += info.Size()
	}
	open := func(none ...bool) *index.Index {
		x, err := index.Open(dir, index.Options{ReadOnly: true, NoColumns: len(none) > 0})
		require.NoError(b, err)
		return x
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, open().Close())
		}
		b.ReportMetric(float64(size)/float64(raw), "disk/raw")
	})
	for _, q := range []struct {
		name  string
		query func(testing.TB) index.Query
	}{{"regsvcs", processQuery}, {"registry", registryQuery}} {
		b.Run(q.name+"/first", func(b *testing.B) {
			for b.Loop() {
				x := open(true)
				scan(b, x, base, q.query(b))
				require.NoError(b, x.Close())
			}
		})
		b.Run(q.name+"/cold", func(b *testing.B) {
			x := open()
			scan(b, x, base, q.query(b))
			require.NoError(b, x.Close())
			for b.Loop() {
				x := open()
				scan(b, x, base, q.query(b))
				require.NoError(b, x.Close())
			}
		})
		b.Run(q.name+"/warm", func(b *testing.B) {
			debug.FreeOSMemory()
			x := open()
			scan(b, x, base, q.query(b))
			for b.Loop() {
				scan(b, x, base, q.query(b))
			}
			b.StopTimer()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapAlloc)/1e6, "heap-MB")
			require.NoError(b, x.Close())
		})
	}
}
