package replay

import (
	"context"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/ingest"
)

// sentAt replays and gives, for each event, its last words and how long after the
// start it was sent.
func sentAt(t *testing.T, data []ingest.Dataset, s Settings, slow func(a *auto, b Batch)) (texts []string, at []time.Duration, m Manifest) {
	t.Helper()
	a := newAuto()
	sink := memory{hook: func(m *memory, b Batch) error {
		for _, e := range b.Events {
			words := strings.Fields(string(e.Raw))
			texts = append(texts, strings.Join(append(words[1:2], words[3:]...), ""))
			at = append(at, a.Now().Sub(testNow))
		}
		if slow != nil {
			slow(a, b)
		}
		m.settled(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
		return nil
	}}
	m, err := Run(t.Context(), scan(t, data, s), sink.open, Options{Clock: a})
	require.NoError(t, err)
	return texts, at, m
}

func seconds(s ...float64) (out []time.Duration) {
	for _, x := range s {
		out = append(out, time.Duration(x*1e9))
	}
	return out
}

func TestPace(t *testing.T) {
	two := map[string]string{"a.log": lines("a", 0, 4, 10, 100), "b.log": lines("b", 1, 10, 12)}
	for name, c := range map[string]struct {
		settings Settings
		texts    string
		at       []time.Duration
	}{
		"max":      {Settings{}, "a0 a1 a2 a3 b0 b1 b2", seconds(0, 0, 0, 0, 0, 0, 0)},
		"1":        {Settings{Speed: "1"}, "a0 b0 a1 a2 b1 b2 a3", seconds(0, 1, 4, 10, 10, 12, 100)},
		"10x":      {Settings{Speed: "10x"}, "a0 b0 a1 a2 b1 b2 a3", seconds(0.1, 0.1, 0.4, 1.2, 1.2, 1.2, 10)},
		"0.5":      {Settings{Speed: "0.5"}, "a0 b0 a1 a2 b1 b2 a3", seconds(0, 2, 8, 20, 20, 24, 200)},
		"max gap":  {Settings{Speed: "1", MaxGap: 3 * time.Second}, "a0 b0 a1 a2 b1 b2 a3", seconds(0, 1, 4, 7, 7, 9, 12)},
		"duration": {Settings{Duration: 50 * time.Second}, "a0 b0 a1 a2 b1 b2 a3", seconds(0, 0.5, 2, 5, 5, 6, 50)},
		"file":     {Settings{Speed: "1", Order: "file"}, "a0 a1 a2 a3 b0 b1 b2", seconds(0, 4, 10, 100, 100, 100, 100)},
		"eps":      {Settings{EPS: 2}, "a0 a1 a2 a3 b0 b1 b2", seconds(0, 0.5, 1, 1.5, 2, 2.5, 3)},
		"mbps":     {Settings{MBPS: 0.000034}, "a0 a1 a2 a3 b0 b1 b2", seconds(0, 1, 2, 3, 4, 5, 6)},
		"order":    {Settings{Order: "time"}, "a0 b0 a1 a2 b1 b2 a3", seconds(0, 0, 0, 0, 0, 0, 0)},
		"moved":    {Settings{Speed: "1", Time: "now", Anchor: "first"}, "a0 b0 a1 a2 b1 b2 a3", seconds(0, 1, 4, 10, 10, 12, 100)},
		"scaled":   {Settings{Speed: "1", Time: "scale=1/2"}, "a0 b0 a1 a2 b1 b2 a3", seconds(0, 0.5, 2, 5, 5, 6, 50)},
	} {
		t.Run(name, func(t *testing.T) {
			texts, at, m := sentAt(t, files(t, two), c.settings, nil)
			want := strings.Fields(strings.ReplaceAll(c.texts, "a", "aevent"))
			for i := range want {
				want[i] = strings.ReplaceAll(strings.ReplaceAll(want[i], "aevent", "a"), " ", "")
			}
			require.Equal(t, want, texts)
			require.Equal(t, c.at, at)
			require.True(t, m.Finished)
		})
	}
}

// A slow sink makes events late, and no later than it must: the schedule stands.
func TestNoDrift(t *testing.T) {
	data := files(t, map[string]string{"a.log": lines("a", 0, 1, 2, 3, 4, 5, 6, 7)})
	_, at, _ := sentAt(t, data, Settings{Speed: "1"}, func(a *auto, b Batch) {
		if b.Seq == 2 {
			_ = a.SleepUntil(context.Background(), a.Now().Add(2500*time.Millisecond))
		}
	})
	require.Equal(t, seconds(0, 1, 3.5, 3.5, 4, 5, 6, 7), at)
	// A rate makes up for a second at most.
	_, at, _ = sentAt(t, data, Settings{EPS: 1}, func(a *auto, b Batch) {
		if b.Seq == 2 {
			_ = a.SleepUntil(context.Background(), a.Now().Add(5*time.Second))
		}
	})
	require.Equal(t, seconds(0, 1, 6, 7, 8, 9, 10, 11), at)
}

func TestLoopsAreAnchoredAnew(t *testing.T) {
	data := files(t, map[string]string{"a.log": lines("a", 0, 10)})
	var times []time.Time
	a := newAuto()
	sink := memory{hook: func(m *memory, b Batch) error {
		for _, e := range b.Events {
			times = append(times, e.Time.Std())
		}
		m.settled(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
		return nil
	}}
	m, err := Run(t.Context(), scan(t, data, Settings{Speed: "1", Time: "now", Anchor: "first", Loop: "3", Fields: true}), sink.open, Options{Clock: a})
	require.NoError(t, err)
	for i := range 6 {
		require.Equal(t, testNow.Add(time.Duration((i+1)/2)*10*time.Second), times[i])
	}
	require.EqualValues(t, 6, m.Accepted)
	require.Equal(t, 3, m.Turns)
	require.Equal(t, "6", sink.batches[5].Events[0].Fields[1].Value)

	ctx, cancel := context.WithCancel(t.Context())
	sink = memory{hook: func(m *memory, b Batch) error {
		if m.settled(Receipt{Seq: b.Seq, Accepted: len(b.Events)}); b.Seq == 1000 {
			cancel()
		}
		return nil
	}}
	m, err = Run(ctx, scan(t, data, Settings{Loop: "forever"}), sink.open, Options{Clock: a})
	require.ErrorIs(t, err, context.Canceled)
	require.EqualValues(t, 2000, m.Accepted)
}

// What waits ends with its context, and waits on the clock it is given.
func TestWaitingEnds(t *testing.T) {
	data := files(t, map[string]string{"a.log": lines("a", 0, 3600)})
	hand := clock.NewManual(testNow)
	ctx, cancel := context.WithCancel(t.Context())
	var sink memory
	ended := make(chan error)
	p := scan(t, data, Settings{Speed: "1"})
	go func() {
		_, err := Run(ctx, p, sink.open, Options{Clock: hand})
		ended <- err
	}()
	require.NoError(t, hand.WaitForSleepers(t.Context(), 1))
	require.Len(t, sink.batches, 1)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}

// A schedule is (t - first)/speed, rounded down, and never goes back.
func TestScheduleAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Pace{Num: rapid.Int64Range(1, maxRatio).Draw(t, "num"), Den: rapid.Int64Range(1, maxRatio).Draw(t, "den")}
		s := schedule{pace: p}
		var high time.Duration
		first := event.Time(0)
		for i, at := range rapid.SliceOfN(rapid.Int64Range(0, 1e15), 1, 20).Draw(t, "times") {
			if i == 0 {
				first = event.Time(at)
			}
			want := new(big.Int).Mul(big.NewInt(max(at-int64(first), 0)), big.NewInt(p.Den))
			want.Quo(want, big.NewInt(p.Num))
			if !want.IsInt64() {
				t.Skip("beyond all clocks")
			}
			high = max(high, time.Duration(want.Int64()))
			require.Equal(t, high, s.due(event.Time(at)))
		}
	})
}
