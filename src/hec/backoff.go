package hec

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// waits are those of one delivery between its tries: doubled from 250 ms to 20 s,
// a half more or less by chance, so that clients do not come back all at once.
// Anything that goes forward resets them.
type waits struct {
	since time.Time // of the first one; zero before it
	next  backoff.ExponentialBackOff
}

const longestPlea = 5 * time.Minute // for Retry-After

func (w *waits) reset() {
	*w = waits{next: backoff.ExponentialBackOff{InitialInterval: 250 * time.Millisecond, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: 20 * time.Second}}
}

// wait waits before another try. The error is that of the context, or cause when
// it has been tried for too long.
func (c *Client) wait(ctx context.Context, w *waits, plea time.Duration, cause error) error {
	now := c.o.Clock.Now()
	if w.since.IsZero() {
		w.reset()
		w.since = now
	}
	if now.Sub(w.since) >= c.o.GiveUp {
		return cause
	}
	d := w.next.NextBackOff()
	if plea > 0 {
		d += min(plea, longestPlea)
	}
	// Whoever waits is woken when another batch found out that all is in vain.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- c.o.Clock.SleepUntil(ctx, now.Add(d)) }()
	select {
	case err := <-done:
		return err
	case <-c.broken:
		return cause
	}
}

// retryAfter reads the header of that name: seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}
