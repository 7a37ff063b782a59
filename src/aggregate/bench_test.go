package aggregate

import (
	"math/rand/v2"
	"testing"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// table is 1 M rows in batches of 64 k that share dictionaries: 8 fields as the
// process detections group by, and times.
type benchTable struct {
	batches []*batch.Batch
	rows    int
}

func newBenchTable() benchTable {
	const rows, size = 1 << 20, 1 << 16
	r := rand.New(rand.NewPCG(1, 2))
	distinct := []int{40, 500, 30, 3000, 400, 20000, 30000, 5000}
	dicts := make([]*batch.Dict, len(distinct))
	for f := range dicts {
		dicts[f] = batch.NewDict()
		for v := range distinct[f] {
			dicts[f].Add("value-" + itoa(f) + "-" + itoa(v))
		}
	}
	t := benchTable{rows: rows}
	for from := 0; from < rows; from += size {
		b := batch.New(size)
		kinds := make([]int, size)
		for i := range kinds {
			kinds[i] = r.IntN(r.IntN(200_000) + 1)
		}
		for f, d := range dicts {
			c := &batch.Column{Dict: d, Codes: make([]batch.Code, size)}
			for i, k := range kinds {
				c.Codes[i] = batch.Code(1 + k*(2*f+1)%distinct[f])
			}
			b.Set("f"+itoa(f), c)
		}
		times := &batch.Column{Times: make([]event.Time, size)}
		for i := range times.Times {
			times.Times[i] = event.Time(1_700_000_000e9 + int64(from+i)*86_400_000)
		}
		b.Set("_time", times)
		t.batches = append(t.batches, b)
	}
	return t
}

func (t benchTable) group(b *testing.B, fields int) {
	b.ReportAllocs()
	for b.Loop() {
		keys := NewKeys(fields, KeyOptions{})
		n, low, high := newCount(Options{NoField: true}), newMin(Options{}), newMax(Options{})
		for _, in := range t.batches {
			rows, groups := keys.Group(in.Columns[:fields], batch.AllRows(in.Len))
			at := Rows{Rows: rows, Groups: groups, N: keys.Len()}
			times := in.Column("_time")
			n.Add(nil, at)
			low.Add(times, at)
			high.Add(times, at)
		}
		order := keys.Sorted(false)
		keys.Columns(order)
		n.Column(keys.Len())
		low.Column(keys.Len())
		high.Column(keys.Len())
		b.ReportMetric(float64(keys.Len()), "groups")
	}
	b.ReportMetric(float64(t.rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

func BenchmarkGroup(b *testing.B) {
	t := newBenchTable()
	for _, fields := range []int{0, 1, 2, 8} {
		b.Run(itoa(fields)+"fields", func(b *testing.B) { t.group(b, fields) })
	}
}

func BenchmarkFunctions(b *testing.B) {
	const n = 1 << 16
	r := rand.New(rand.NewPCG(3, 4))
	c := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, n)}
	for i := range c.Codes {
		c.Codes[i] = c.Dict.Add(itoa(r.IntN(5000)))
	}
	in := Rows{Rows: batch.AllRows(n), Groups: make([]int32, n), N: 1000}
	for i := range in.Groups {
		in.Groups[i] = int32(r.IntN(in.N))
	}
	for _, f := range All() {
		b.Run(f.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a := f.New(Options{Percent: 95})
				a.Add(c, in)
				a.Column(in.N)
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
