package index_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
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
// filled by appends of some hundred events, four at a time, and prepared for the
// queries. Three of four hits of the registry detection are left out, for less than
// one event in a thousand to be one.
func filled(b *testing.B, thousands int, queries ...index.Query) (string, int64) {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "index")
	x, err := index.Open(dir, index.Options{})
	require.NoError(b, err)
	require.NoError(b, x.Prepare(newBase(b), queries))
	total, n, hits := int64(0), 0, 0
	for round := 0; n < 1000*thousands; round++ {
		evs := slices.DeleteFunc(repeated(b, 50_000_000), func(e event.Event) bool {
			if bytes.Contains(e.Raw, []byte("ImagePath")) {
				hits++
				return hits%4 > 0
			}
			return false
		})
		for i := range evs {
			evs[i].Time += event.Time(round) * 86400e9
		}
		evs = evs[:min(len(evs), 1000*thousands-n)]
		n += len(evs)
		total += sizeOf(evs)
		fill(b, x, evs)
	}
	require.NoError(b, x.Roll(context.Background()))
	require.NoError(b, x.Prepared(context.Background()))
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
// detection and the registry one: without columns, with those that were prepared
// when segments were written and nothing in memory, and again.
func BenchmarkFolderSearch(b *testing.B) {
	base := newBase(b)
	dir, raw := filled(b, thousands(b), processQuery(b), registryQuery(b))
	segments, columns := int64(0), int64(0)
	for _, name := range files(b, dir, "*.parquet") {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(b, err)
		if strings.Count(name, ".") > 1 {
			columns += info.Size()
		} else {
			segments += info.Size()
		}
	}
	open := func(none bool) *index.Index {
		x, err := index.Open(dir, index.Options{ReadOnly: true, NoColumns: none})
		require.NoError(b, err)
		return x
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, open(false).Close())
		}
		b.ReportMetric(float64(segments)/float64(raw), "segments/raw")
		b.ReportMetric(float64(columns)/float64(raw), "columns/raw")
	})
	for _, q := range []struct {
		name  string
		query func(testing.TB) index.Query
	}{{"regsvcs", processQuery}, {"registry", registryQuery}} {
		for _, none := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/columns=%t", q.name, !none), func(b *testing.B) {
				hits := 0
				for b.Loop() {
					x := open(none)
					hits = scan(b, x, base, q.query(b)).Len
					require.NoError(b, x.Close())
				}
				b.ReportMetric(float64(hits), "hits")
			})
		}
		b.Run(q.name+"/again", func(b *testing.B) {
			debug.FreeOSMemory()
			x := open(false)
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
