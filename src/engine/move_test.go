package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/winevent"
)

// A dataset that is moved has its new times inside of its events too.
func TestMovedEventsTellTheirTime(t *testing.T) {
	const by = event.Time(45*86400e9 + 7261e9)
	datasets, problems := ingest.Resolve(ingest.Input{Path: "../../testdata/datasets/T1574.011"})
	require.NoError(t, problems.Err())
	e := own(t)
	loaded, problems, err := e.Load(t.Context(), datasets, 0, func(_, _ event.Time) event.Time { return by })
	require.NoError(t, err)
	require.NoError(t, problems.Err())
	require.Equal(t, by, loaded[0].Moved)
	require.GreaterOrEqual(t, loaded[0].Times.Moved, loaded[0].Events)
	require.Zero(t, loaded[0].Times.Left)
	result, err := e.Run(t.Context(), job.Request{Search: `index=main | fields _time _raw UtcTime`})
	require.NoError(t, err)
	rows, err := results.ReadAll(t.Context(), result.Rows)
	require.NoError(t, err)
	require.Equal(t, loaded[0].Events, rows.Len)
	sysmon := 0
	for r := range rows.Len {
		at, ok := rows.Column("_time").Time(r)
		require.True(t, ok)
		require.GreaterOrEqual(t, at, loaded[0].First+by)
		head := winevent.System([]byte(rows.Column("_raw").Text(r)))
		require.Equal(t, at, head.Time)
		if utc := rows.Column("UtcTime"); utc != nil && !utc.IsNull(r) {
			near, ok := winevent.ParseTime([]byte(utc.Text(r)))
			require.True(t, ok)
			require.InDelta(t, at.Seconds(), near.Seconds(), 20)
			sysmon++
		}
	}
	require.NotZero(t, sysmon)
}
