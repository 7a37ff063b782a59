package hec

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The waits between tries: doubled from the first to the longest, of which a half
// is by chance, so that clients do not come back all at once.
const (
	firstWait   = 250 * time.Millisecond
	longestWait = 30 * time.Second
	longestPlea = 5 * time.Minute // for Retry-After
)

// backoff is the waits of one delivery. Anything that goes forward resets it.
type backoff struct {
	tries int
	since time.Time
}

func (b *backoff) reset() { *b = backoff{} }

// wait waits before another try. The error is that of the context, or cause when
// it has been tried for too long.
func (c *Client) wait(ctx context.Context, b *backoff, plea time.Duration, cause error) error {
	now := c.o.Clock.Now()
	if b.tries == 0 {
		b.since = now
	}
	if now.Sub(b.since) >= c.o.GiveUp {
		return cause
	}
	d := min(longestWait, firstWait<<min(b.tries, 16))
	b.tries++
	d = d/2 + time.Duration(c.o.Random()*float64(d/2))
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
