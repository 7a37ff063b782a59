package index_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/index"
)

// repeated is the real Sysmon logs again and again until they have some size,
// each time with other process and record ids, an hour later.
func repeated(b *testing.B, size int) []event.Event {
	var once []event.Event
	for _, f := range needRealLogs(b) {
		if strings.HasSuffix(filepath.Base(f), ".sysmon.log") {
			once = append(once, readLog(b, f)...)
		}
	}
	var out []event.Event
	for total, k := 0, 0; total < size; k++ {
		slab := make([]byte, 0, 12<<20)
		id := []byte(fmt.Sprintf("%08X", k*2654435761&0xFFFFFFFF))
		for _, e := range once {
			from := len(slab)
			slab = append(slab, e.Raw...)
			raw := slab[from:len(slab):len(slab)]
			for _, mark := range []string{"ProcessGuid'>{", "ProcessGUID'>{", "ParentProcessGuid'>{"} {
				if i := bytes.Index(raw, []byte(mark)); i >= 0 {
					copy(raw[i+len(mark):], id)
				}
			}
			e.Raw = raw
			e.Time += event.Time(k) * 3600e9
			out = append(out, e)
			total += len(raw)
		}
	}
	return out
}

func sizeOf(evs []event.Event) int64 {
	n := 0
	for _, e := range evs {
		n += len(e.Raw)
	}
	return int64(n)
}

func BenchmarkAppend(b *testing.B) {
	evs := repeated(b, 240_000_000)
	b.SetBytes(sizeOf(evs))
	b.ReportAllocs()
	for b.Loop() {
		x := index.New(index.Options{})
		for part := evs; len(part) > 0; {
			n := min(2000, len(part))
			_, err := x.Append(context.Background(), part[:n])
			require.NoError(b, err)
			part = part[n:]
		}
	}
}

// BenchmarkBothDetections reads 240 MB that no search has seen before.
func BenchmarkBothDetections(b *testing.B) {
	evs := repeated(b, 240_000_000)
	base := newBase(b)
	for _, cores := range []int{1, 2} {
		b.Run(fmt.Sprintf("cores=%d", cores), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			b.SetBytes(sizeOf(evs))
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				x := index.New(index.Options{})
				_, err := x.Append(context.Background(), evs)
				require.NoError(b, err)
				runtime.GC()
				b.StartTimer()
				r := scan(b, x, base, registryQuery(b))
				scan(b, x, base, processQuery(b))
				require.NotZero(b, r.Len)
			}
		})
	}
}
