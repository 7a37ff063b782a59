package clock

import (
	"context"
	"time"
)

// Shifted is another clock that shows another time: it runs as fast. It serves
// programs that are to believe it is another day (`serve --now`).
type Shifted struct {
	of Clock
	by time.Duration
}

// From is a clock that shows start now, and goes on as another does.
func From(of Clock, start time.Time) Shifted { return Shifted{of, start.Sub(of.Now())} }

// Now is the other clock's time, shifted.
func (s Shifted) Now() time.Time { return s.of.Now().Add(s.by) }

// SleepUntil waits on the other clock.
func (s Shifted) SleepUntil(ctx context.Context, t time.Time) error {
	return s.of.SleepUntil(ctx, t.Add(-s.by))
}
