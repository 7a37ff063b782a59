package replay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
)

// A mode that is read can be used at any moment without a panic, and a scale is
// the number that was written.
func FuzzMode(f *testing.F) {
	for _, seed := range []string{"keep", "now", "at=-1h@h", "at=2026-01-15T12:00:00Z", "window=-70m..-10m", "days", "scale=0.5", "scale=3/2", "scale=1e99", "window=..", "at="} {
		f.Add(seed, int64(1768474800e9), int64(60e9))
	}
	f.Fuzz(func(t *testing.T, text string, first, span int64) {
		m, err := ParseMode(text, time.UTC)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		first = min(max(first, 0), 4e18)
		last := first + min(max(span, 0), 4e18)
		s, _, err := m.Shift(event.Time(first), event.Time(last), 1770000000e9)
		if err == nil {
			require.LessOrEqual(t, s.Time(event.Time(first)), s.Time(event.Time(last)))
		}
	})
}

func FuzzSpeed(f *testing.F) {
	for _, seed := range []string{"max", "1", "10x", "0.5", "1/60", "x", "-1", "0x", "1e9x"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, speed, loop string) {
		if num, den, err := ParseSpeed(speed); err == nil {
			require.Equal(t, num == 0, den == 0)
			require.GreaterOrEqual(t, num, int64(0))
			require.GreaterOrEqual(t, den, int64(0))
		}
		if n, err := ParseLoop(loop); err == nil {
			require.Positive(t, n)
		}
	})
}

// A plan that is read is written with the same meaning, and one that was written
// is read.
func FuzzPlan(f *testing.F) {
	p := &Plan{
		Version: 1, Now: 1770000000e9, Events: 1, Bytes: 5, Settings: Settings{Time: "now", Speed: "2x"},
		Datasets: []Dataset{{
			Name: "d", Path: "d", Events: 1, Bytes: 5, Shift: Shift{Seconds: "1.5"},
			Files: []File{{Path: "a", Events: 1, Bytes: 5, Groups: []Group{{Host: "h", Events: 1}}}},
		}},
	}
	f.Add(p.JSON())
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ReadPlan(data)
		if err != nil {
			return
		}
		again, err := ReadPlan(p.JSON())
		require.NoError(t, err)
		require.Equal(t, string(p.JSON()), string(again.JSON()))
		require.NotPanics(t, func() { _ = p.Request() })
	})
}

// A checkpoint that is read never settles a batch twice, and goes on from where it
// says.
func FuzzCheckpoint(f *testing.F) {
	p := &Plan{Version: 1, Events: 9, Datasets: []Dataset{{Files: []File{{Events: 9, Groups: []Group{{Events: 9}}}}}}}
	st := &state{PlanHash: p.Hash(), ID: "x", Turn: 1, Settled: 1, Position: 2, Sent: 4, Above: []settled{{3, 5}}, Accepted: []int64{3}, Dead: []int64{0}}
	f.Add(compactJSON(st))
	f.Add([]byte(`{"turn":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseState(data, p)
		if err != nil {
			return
		}
		require.True(t, s.isSettled(s.Settled))
		next := s.Settled + 1
		if next == 0 || s.isSettled(next) {
			return
		}
		s.settle(settled{Seq: next, UpTo: s.Position + 1})
		require.True(t, s.isSettled(next))
		require.GreaterOrEqual(t, s.Settled, next)
		require.Empty(t, s.wrong(p))
		again, err := parseState(compactJSON(s), p)
		require.NoError(t, err)
		require.Equal(t, compactJSON(s), compactJSON(again))
	})
}
