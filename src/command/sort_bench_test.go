package command

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
)

// BenchmarkSort orders a million rows: by a number, by a text of 219,000, by two
// fields, and for the first 10,000 alone.
func BenchmarkSort(b *testing.B) {
	c := newColumns()
	for _, tail := range []string{"sort 0 - _time", "sort 0 process", "sort 0 user, - process_id", "sort - process_id"} {
		b.Run(tail, func(b *testing.B) {
			plan, problems := c.plan("* | rename Processes.* as * | " + tail)
			require.False(b, problems.HasErrors(), problems.Error())
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, plan.Run(context.Background(), c, func(*batch.Batch) error { return nil }))
			}
			b.ReportMetric(float64(b.N)*(1<<20)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
