package engine

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay"
	"riskreplay/src/conf"
	"riskreplay/src/event"
	"riskreplay/src/index"
)

// TestPrepare: the columns that the detections ask for lie beside a segment before
// any search ran, and a search finds what it finds without.
func TestPrepare(t *testing.T) {
	var events []event.Event
	for _, p := range processes(3000) {
		events = append(events, p.sysmon())
	}
	plain := own(t)
	require.NoError(t, plain.Append(t.Context(), events))

	dir := t.TempDir()
	x, err := index.Open(dir, index.Options{Events: 1000})
	require.NoError(t, err)
	e, problems := New(Options{Apps: []conf.App{{ID: "DA-ESS-RiskReplay", FS: riskreplay.App}}, App: "DA-ESS-RiskReplay", Index: x})
	require.NoError(t, problems.Err())
	require.NoError(t, e.Prepare(time.Unix(1_768_000_000, 0)))
	for _, part := range [][]event.Event{events[:1000], events[1000:2000], events[2000:]} {
		require.NoError(t, e.Append(t.Context(), part))
	}
	require.NoError(t, x.Roll(t.Context()))
	require.NoError(t, x.Prepared(t.Context()))
	columns, err := filepath.Glob(filepath.Join(dir, "*.*.*.parquet"))
	require.NoError(t, err)
	require.Len(t, columns, 3*3, "of both datasets, and what tells which events are theirs")
	require.Equal(t, requireRows(t, plain, regsvcs(t, plain)), requireRows(t, e, regsvcs(t, e)))
	require.NoError(t, x.Close())
}
