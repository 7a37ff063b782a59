package engine

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/job"
	"riskreplay/src/replay"
	"riskreplay/src/results"
)

func loud(t *testing.T) index.Options {
	return index.Options{Warn: func(m diag.Message) { t.Errorf("said: %s", m.Text) }}
}

func plainEvents(from, n int) []event.Event {
	evs := make([]event.Event, n)
	for i := range evs {
		evs[i] = event.Event{Raw: fmt.Appendf(nil, "n=%d", from+i), Time: event.Time(from+i) * 1e9, Host: "h", Source: "s", Sourcetype: "st", Fields: []event.Field{{Name: "replay_run", Value: "r1"}}}
	}
	return evs
}

// TestIndexSinkSettlesWhatIsOnDisk: receipts come in order, and what they speak of
// is there for another opening of the folder at that moment.
func TestIndexSinkSettlesWhatIsOnDisk(t *testing.T) {
	dir := t.TempDir()
	var seqs []uint64
	sink, err := IndexSink(dir, loud(t))(func(r replay.Receipt) {
		seqs = append(seqs, r.Seq)
		x, err := index.Open(dir, index.Options{ReadOnly: true})
		require.NoError(t, err)
		require.GreaterOrEqual(t, x.Len(), 10*len(seqs))
		require.Equal(t, 10, r.Accepted)
		require.NoError(t, x.Close())
	})
	require.NoError(t, err)
	for i := range 20 {
		require.NoError(t, sink.Send(t.Context(), replay.Batch{Seq: uint64(i + 1), Events: plainEvents(10*i, 10)}))
	}
	require.NoError(t, sink.Flush(t.Context()))
	require.Len(t, seqs, 20)
	require.IsIncreasing(t, seqs)
	require.NoError(t, sink.Close())
	_, err = index.Open(dir, loud(t))
	require.NoError(t, err)
	_, err = IndexSink(dir, loud(t))(func(replay.Receipt) {})
	require.ErrorIs(t, err, index.ErrLocked)
}

// TestAnAttachedIndexIsSearchedBesideOthers: what the engine writes stays out of it.
func TestAnAttachedIndexIsSearchedBesideOthers(t *testing.T) {
	dir := t.TempDir()
	sink, err := IndexSink(dir, loud(t))(func(replay.Receipt) {})
	require.NoError(t, err)
	require.NoError(t, sink.Send(t.Context(), replay.Batch{Seq: 1, Events: plainEvents(0, 3)}))
	require.NoError(t, sink.Close())
	e, problems := New(Options{Apps: []conf.App{}})
	require.Empty(t, problems)
	x, err := index.Open(dir, index.Options{ReadOnly: true})
	require.NoError(t, err)
	loaded, err := e.Attach(dir, x)
	require.NoError(t, err)
	require.Equal(t, 3, loaded.Events)
	require.True(t, loaded.Attached)
	require.True(t, loaded.Holds(0, 2e9))
	require.False(t, loaded.Holds(90e9, 200e9))
	own := plainEvents(100, 2)
	for i := range own {
		own[i].Index = "main"
	}
	require.NoError(t, e.Append(t.Context(), own))
	require.Equal(t, "_raw=n=2\n_raw=n=1\n", rows(t, e, `n<3 n>0 | table _raw`))
	require.Equal(t, "count=5\n", rows(t, e, `index=main replay_run=r1 | stats count`))
	require.Equal(t, 3, x.Len())
	require.NoError(t, x.Close())
}

func rows(t *testing.T, e *Engine, search string) string {
	t.Helper()
	r, err := e.Run(context.Background(), job.Request{Search: search, Now: time.Unix(1000, 0)})
	require.NoError(t, err)
	b, err := results.ReadAll(context.Background(), r.Rows)
	require.NoError(t, err)
	return b.String()
}
