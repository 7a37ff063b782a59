package command

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/lookup"
)

// BenchmarkJoin joins 50,000 rows to a million: to 300 distinct process names, and
// by process name and host.
func BenchmarkJoin(b *testing.B) {
	c := newColumns()
	right := batch.New(50_000)
	for _, name := range []string{"process_name", "dest", "owner"} {
		col := batch.Nulls(right.Len)
		for r := range col.Codes {
			col.Codes[r] = col.Dict.Add(fmt.Sprintf("%s-%d.exe", name, r%400))
		}
		right.Set(name, col)
	}
	id := batch.Nulls(right.Len)
	for r := range id.Codes {
		id.Codes[r] = id.Dict.Add(fmt.Sprintf("process_id-%d.exe", r))
	}
	right.Set("process_id", id)
	require.NoError(b, c.WriteLookup(context.Background(), "right.csv", lookup.Rows{Rows: right}))
	for _, keys := range []string{"process_id", "process_name dest"} {
		b.Run(keys, func(b *testing.B) {
			plan, problems := c.plan("* | rename Processes.* as * | join " + keys + " [| inputlookup right.csv] | stats count by owner")
			require.False(b, problems.HasErrors(), problems.Error())
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, plan.Run(context.Background(), c, func(*batch.Batch) error { return nil }))
			}
			b.ReportMetric(float64(b.N)*(1<<20)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkLookup looks up a million rows in a table of 50,000.
func BenchmarkLookup(b *testing.B) {
	c := newColumns()
	table := batch.New(50_000)
	for _, name := range []string{"id", "owner"} {
		col := batch.Nulls(table.Len)
		for r := range col.Codes {
			col.Codes[r] = col.Dict.Add(fmt.Sprintf("process_%s-%d.exe", name, r))
		}
		table.Set(name, col)
	}
	require.NoError(b, c.WriteLookup(context.Background(), "t.csv", lookup.Rows{Rows: table}))
	plan, problems := c.plan("* | lookup t.csv id AS Processes.process_id OUTPUT owner | stats count by owner")
	require.False(b, problems.HasErrors(), problems.Error())
	for b.Loop() {
		require.NoError(b, plan.Run(context.Background(), c, func(*batch.Batch) error { return nil }))
	}
	b.ReportMetric(float64(b.N)*(1<<20)/b.Elapsed().Seconds(), "rows/s")
}
