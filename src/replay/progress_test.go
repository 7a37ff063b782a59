package replay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestProgress(t *testing.T) {
	data := files(t, map[string]string{"a.log": lines("a", 0, 1, 2, 3, 4)})
	var told []Progress
	p := scan(t, data, Settings{Speed: "0.1"})
	sink := memory{hook: func(m *memory, b Batch) error {
		if b.Seq > 1 {
			m.held = append(m.held, b)
			return nil
		}
		m.settled(Receipt{Seq: b.Seq, Accepted: len(b.Events), Unsure: true})
		return nil
	}}
	m, err := Run(t.Context(), p, sink.open, Options{Clock: newAuto(), Progress: func(p Progress) { told = append(told, p) }, ProgressEvery: 3 * time.Second})
	require.NoError(t, err)
	require.EqualValues(t, 1, m.Unsure)
	var elapsed []time.Duration
	for _, x := range told {
		elapsed = append(elapsed, x.Elapsed)
	}
	require.Equal(t, seconds(3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 40), elapsed, "while it waits, too")
	at := told[4] // after 15 seconds
	require.EqualValues(t, 2, at.Events)
	require.Equal(t, 1, at.Unsettled)
	require.EqualValues(t, 1, at.Accepted)
	require.Equal(t, 30*time.Second, at.ETA)
	require.Equal(t, DatasetProgress{Name: p.Datasets[0].Name, Events: 2, Total: 5, Bytes: 68, Size: 170}, at.Datasets[0])
	last := told[len(told)-1]
	require.True(t, last.Done)
	require.EqualValues(t, 5, last.Accepted)
	require.Zero(t, last.Unsettled)
	require.Zero(t, last.ETA)
	require.InDelta(t, 1.0/3, told[3].EventsPerSecond, 0.01)
}

// A sink that settles when it is flushed is flushed when it has what it may have.
func TestWindow(t *testing.T) {
	data := files(t, map[string]string{"a.log": string(sysmon(200, time.Second))})
	most := 0
	sink := memory{hook: func(m *memory, b Batch) error {
		m.held = append(m.held, b)
		size := 0
		for _, b := range m.held {
			for _, e := range b.Events {
				size += len(e.Raw)
			}
		}
		most = max(most, size)
		return nil
	}}
	m, err := Run(t.Context(), scan(t, data, Settings{BatchEvents: 3}), sink.open, Options{Clock: newAuto(), Window: 50_000})
	require.NoError(t, err)
	require.EqualValues(t, 200, m.Accepted)
	require.Less(t, most, 50_001)
	require.Greater(t, most, 40_000)
}
