package clock

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestManualWakesInOrder(t *testing.T) {
	start := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	m := NewManual(start)
	ctx := t.Context()
	woke := make(chan string, 2)
	for name, d := range map[string]time.Duration{"late": 2 * time.Hour, "early": time.Hour} {
		go func() {
			if m.SleepUntil(ctx, start.Add(d)) == nil {
				woke <- name
			}
		}()
	}
	require.NoError(t, m.WaitForSleepers(ctx, 2))
	m.Advance(time.Hour)
	require.Equal(t, "early", <-woke)
	m.Advance(time.Hour)
	require.Equal(t, "late", <-woke)
	m.Set(start)
	require.Equal(t, start.Add(2*time.Hour), m.Now(), "never backwards")
	require.NoError(t, m.SleepUntil(ctx, start), "the past returns at once")
}

func TestSleepEndsWithContext(t *testing.T) {
	start := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	m := NewManual(start)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- m.SleepUntil(ctx, start.Add(time.Hour)) }()
	require.NoError(t, m.WaitForSleepers(t.Context(), 1))
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	require.Error(t, Real{}.SleepUntil(ctx, time.Now().Add(time.Hour)))
	require.NoError(t, Real{}.SleepUntil(t.Context(), time.Now()))
	require.NoError(t, Fixed(start).SleepUntil(t.Context(), start.Add(time.Hour)))
}
