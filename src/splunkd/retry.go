package splunkd

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// The waits between tries of a call, and the most that a Retry-After may ask for.
const (
	firstWait   = 250 * time.Millisecond
	longestWait = 5 * time.Second
	longestPlea = time.Minute
)

// tries is the waits of one call.
type tries struct {
	c     *Client
	steps backoff.ExponentialBackOff
	until time.Time
}

func (c *Client) newTries() *tries {
	return &tries{c: c, until: c.o.Clock.Now().Add(max(c.o.GiveUp, 0)), steps: backoff.ExponentialBackOff{
		InitialInterval: firstWait, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: longestWait,
	}}
}

// wait waits before another try. The error is that of the context, or cause when
// it has been tried for long enough.
func (t *tries) wait(ctx context.Context, plea time.Duration, cause error) error {
	now := t.c.o.Clock.Now()
	if !now.Before(t.until) {
		return cause
	}
	d := t.steps.NextBackOff() + min(plea, longestPlea)
	if err := t.c.o.Clock.SleepUntil(ctx, now.Add(d)); err != nil {
		return ended(ctx)
	}
	return nil
}

// may tells whether a call that failed like this may be sent again.
func (c *Client) may(q *call, err *Error) bool {
	switch err.Kind {
	case Busy:
		return true
	case Unreachable:
		return c.met.Load()
	case Broken:
		return q.again && c.met.Load()
	}
	return false
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

// ended is why a context ended, nil while it has not.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return ctx.Err()
}

// ours tells whether an error is the end of the caller's own context.
func ours(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Cause(ctx)))
}
