// Package splunktime is time as Splunk writes it: relative times, the arguments
// of earliest and latest, strftime and strptime, spans of bin, cron ticks.
//
//	Relative(now, "-70m@m", zone)          70 minutes ago, down to the minute
//	Parse("10/19/2025:0:0:0", now, zone)   what earliest= takes
//	Strftime(t, "%Y-%m-%dT%H:%M:%S", zone) 2026-01-15T12:20:00
//	ParseSpan("1h"), span.Floor(t, zone)   the start of the bucket
//	ParseCron("0 * * * *"), cron.Prev(t)   the last tick at or before t
//
// Times are event.Time (nanoseconds since 1970), zones *time.Location; a nil
// zone is UTC. Nothing here asks what time it is. All values are safe for
// concurrent use.
package splunktime

import (
	"math"
	"time"

	"riskreplay/src/event"
)

// CTime is the format of the ctime function of convert when none is given
// (rule K5).
const CTime = "%m/%d/%Y %H:%M:%S"

// The first and the last second that an event.Time of nanoseconds can hold,
// rounded inwards to years 1678 and 2261.
const (
	firstSecond = -9_214_646_400
	lastSecond  = 9_214_646_399
)

// nanos are in a second.
const nanos = 1_000_000_000

func in(t event.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return t.Std().In(zone)
}

// holds tells whether an event.Time can be t.
func holds(t time.Time) bool {
	return t.Unix() >= firstSecond && t.Unix() <= lastSecond
}

// at is the event.Time of t, the nearest one where none is t.
func at(t time.Time) event.Time {
	switch {
	case t.Unix() < math.MinInt64/nanos:
		return math.MinInt64
	case t.Unix() >= math.MaxInt64/nanos:
		return math.MaxInt64
	}
	return event.At(t)
}

// startOfDay is the first instant of a day. It is not always midnight: where
// clocks go forward at midnight the day starts at one. Of a day that a place left
// out it is the start of the next.
func startOfDay(year int, month time.Month, day int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	want := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	y, m, d := t.Date()
	got := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if got.Equal(want) {
		return t
	}
	// There is no such midnight, and Date took the offset of one side of the
	// change, which is the instant looked for.
	start, end := t.ZoneBounds()
	if got.Before(want) {
		return end
	}
	return start
}
