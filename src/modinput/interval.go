package modinput

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/splunktime"
)

// Interval says when an input is started, as the setting interval does:
//
//	60, 0.5    now, and so many seconds after each start, once the last has ended
//	0          now, and again as soon as it ends
//	-1         once, now
//	*/5 * * * * at the ticks of a cron schedule, and not now
type Interval struct {
	every time.Duration
	once  bool
	cron  splunktime.Cron
	ticks bool
}

// ParseInterval reads the setting; "" is 60.
func ParseInterval(s string) (Interval, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		s = "60"
	}
	if strings.ContainsAny(s, " \t") {
		c, err := splunktime.ParseCron(s)
		return Interval{cron: c, ticks: true}, err
	}
	n, err := strconv.ParseFloat(s, 64)
	switch {
	case err == nil && n == -1:
		return Interval{once: true}, nil
	case err == nil && n >= 0 && n <= 1e9:
		return Interval{every: time.Duration(n * float64(time.Second))}, nil
	}
	return Interval{}, diag.Message{
		Text: fmt.Sprintf("cannot read the interval %q", s),
		Hint: "seconds, a cron schedule, 0 for again as soon as it ends, or -1 for once",
	}
}

// First is the first start when an input is enabled at now; false is never.
func (i Interval) First(now time.Time) (time.Time, bool) {
	if i.ticks {
		at := i.cron.Next(now)
		return at, !at.IsZero()
	}
	return now, true
}

// Next is the start after a run; false is never.
func (i Interval) Next(started, ended time.Time) (time.Time, bool) {
	switch {
	case i.once:
		return time.Time{}, false
	case i.ticks:
		return i.First(ended)
	}
	if at := started.Add(i.every); at.After(ended) {
		return at, true
	}
	return ended, true
}
