package replay_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/engine"
	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/job"
	"riskreplay/src/replay"
	"riskreplay/src/results"
)

var now = time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)

// into appends what is replayed to an engine.
type into struct {
	engine  *engine.Engine
	settled func(replay.Receipt)
	lose    uint64 // a batch that is lost
}

func (s *into) open(settled func(replay.Receipt)) (replay.Sink, error) {
	s.settled = settled
	return s, nil
}

func (s *into) Send(ctx context.Context, b replay.Batch) error {
	if b.Seq != s.lose {
		events := append([]event.Event(nil), b.Events...)
		for i := range events {
			if events[i].Index == "" {
				events[i].Index = "main"
			}
		}
		if err := s.engine.Append(ctx, events); err != nil {
			return err
		}
	}
	s.settled(replay.Receipt{Seq: b.Seq, Accepted: len(b.Events)})
	return nil
}

func (s *into) Flush(context.Context) error { return nil }
func (s *into) Close() error                { return nil }

func send(t *testing.T, path string, s replay.Settings, sink *into) replay.Manifest {
	t.Helper()
	datasets, problems := ingest.Resolve(ingest.Input{Path: path})
	require.Empty(t, problems)
	p, problems := replay.Scan(t.Context(), datasets, s, event.At(now))
	require.NoError(t, problems.Errors().Err())
	m, err := replay.Run(t.Context(), p, sink.open, replay.Options{Clock: clock.Fixed(now)})
	require.NoError(t, err)
	return m
}

func newEngine(t *testing.T) *engine.Engine {
	e, problems := engine.New(engine.Options{})
	require.NoError(t, problems.Errors().Err())
	return e
}

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	text := strings.Repeat("2026-01-15T11:00:00.000Z a \"line\" \\ of text\n", 7)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a \"x\".log"), []byte(text), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.json"), []byte(`{"time":1768474800,"Computer":"pc1"}{"time":1768474801,"Computer":"pc2"}`), 0o600))
	for name, s := range map[string]replay.Settings{
		"by run": {Fields: true, Time: "window", Rekey: true, BatchEvents: 2}, "by names": {Time: "now", BatchEvents: 2}, "index": {Index: "attack", BatchEvents: 2},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEngine(t)
			m := send(t, dir, s, &into{engine: e})
			v, err := replay.Verify(t.Context(), m, e, now)
			require.NoError(t, err)
			require.True(t, v.OK(), "%+v", v)
			require.Len(t, v.Rows, 3)
			require.EqualValues(t, 7, v.Rows[0].Got)

			// The same once more: by its id a run is told from another.
			second := send(t, dir, s, &into{engine: e})
			v, err = replay.Verify(t.Context(), second, e, now)
			require.NoError(t, err)
			require.EqualValues(t, 9, v.Extra, "an engine that has both, under one id or none")

			e = newEngine(t)
			m = send(t, dir, s, &into{engine: e, lose: 2})
			v, err = replay.Verify(t.Context(), m, e, now)
			require.NoError(t, err)
			require.False(t, v.OK())
			require.EqualValues(t, 2, v.Missing)

			// The search of undo finds what is there and nothing else.
			found, _, _ := strings.Cut(replay.UndoSearch(m), " | delete")
			result, err := e.Run(t.Context(), job.Request{Search: found, Now: now})
			require.NoError(t, err)
			rows, err := results.ReadAll(t.Context(), result.Rows)
			require.NoError(t, err)
			require.Equal(t, 7, rows.Len)
		})
	}
	_, err := replay.Verify(t.Context(), replay.Manifest{ID: "x"}, newEngine(t), now)
	require.ErrorContains(t, err, "no event of it was accepted")
}

// The recorded logs of others come out as they went in, and are counted right.
func TestRecordedLogs(t *testing.T) {
	const dir = "../../../shared/data"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the folder of recorded logs is not beside the repository")
	}
	for _, folder := range []string{"logs", "native"} {
		for _, order := range []string{"file", "time"} {
			e := newEngine(t)
			m := send(t, filepath.Join(dir, folder), replay.Settings{Fields: true, Order: order}, &into{engine: e})
			require.Zero(t, m.Moved)
			v, err := replay.Verify(t.Context(), m, e, now)
			require.NoError(t, err)
			require.True(t, v.OK(), "%s: %d missing, %d more", folder, v.Missing, v.Extra)
		}
	}
}
