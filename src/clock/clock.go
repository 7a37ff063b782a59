// Package clock is now and sleep-until, real or by hand.
//
// Everything that waits or asks the time takes a Clock; only main programs and
// faces have the Real one, so that tests never sleep. (testing/synctest stands
// still while a goroutine reads from a socket: it is no substitute.)
package clock

import (
	"context"
	"sort"
	"sync"
	"time"
)

// Clock tells the time and waits for one. Safe for concurrent use.
type Clock interface {
	Now() time.Time
	// SleepUntil returns nil at or after t, or the context's error when that
	// comes first. A time in the past returns at once.
	SleepUntil(ctx context.Context, t time.Time) error
}

// Real is the machine's clock.
type Real struct{}

// Now is the machine's time.
func (Real) Now() time.Time { return time.Now() }

// SleepUntil waits on a timer.
func (Real) SleepUntil(ctx context.Context, t time.Time) error {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Fixed is a clock that stands still; it never waits: a SleepUntil returns at
// once. It serves runs whose moment was given (`--now`).
type Fixed time.Time

// Now is always the same.
func (f Fixed) Now() time.Time { return time.Time(f) }

// SleepUntil returns at once.
func (f Fixed) SleepUntil(ctx context.Context, _ time.Time) error { return ctx.Err() }

// Manual is moved by hand; sleepers wake when Set or Advance passes their time.
type Manual struct {
	mu       sync.Mutex
	now      time.Time
	sleepers []sleeper
	changed  chan struct{} // closed and replaced when the number of sleepers changes
}

type sleeper struct {
	until time.Time
	wake  chan struct{}
}

// NewManual starts at t.
func NewManual(t time.Time) *Manual { return &Manual{now: t, changed: make(chan struct{})} }

// Now is where the clock was last moved to.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// SleepUntil waits until the clock is moved to t or past it.
func (m *Manual) SleepUntil(ctx context.Context, t time.Time) error {
	m.mu.Lock()
	if !t.After(m.now) {
		m.mu.Unlock()
		return ctx.Err()
	}
	s := sleeper{until: t, wake: make(chan struct{})}
	m.sleepers = append(m.sleepers, s)
	m.signal()
	m.mu.Unlock()
	select {
	case <-s.wake:
		return nil
	case <-ctx.Done():
		m.forget(s)
		return ctx.Err()
	}
}

// Set moves the clock to t, never backwards, and wakes who waited for it in the
// order of their times.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t.Before(m.now) {
		return
	}
	m.now = t
	sort.SliceStable(m.sleepers, func(i, j int) bool { return m.sleepers[i].until.Before(m.sleepers[j].until) })
	for len(m.sleepers) > 0 && !m.sleepers[0].until.After(t) {
		close(m.sleepers[0].wake)
		m.sleepers = m.sleepers[1:]
		m.signal()
	}
}

// Advance moves the clock by d.
func (m *Manual) Advance(d time.Duration) { m.Set(m.Now().Add(d)) }

// WaitForSleepers returns when at least n goroutines sleep, so that a test
// moves the clock only when somebody waits for it.
func (m *Manual) WaitForSleepers(ctx context.Context, n int) error {
	for {
		m.mu.Lock()
		enough, changed := len(m.sleepers) >= n, m.changed
		m.mu.Unlock()
		if enough {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (m *Manual) signal() {
	close(m.changed)
	m.changed = make(chan struct{})
}

func (m *Manual) forget(s sleeper) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.sleepers {
		if m.sleepers[i].wake == s.wake {
			m.sleepers = append(m.sleepers[:i], m.sleepers[i+1:]...)
			m.signal()
			return
		}
	}
}
