package splunktime

import (
	"strings"
	"time"

	"riskreplay/src/event"
)

// argumentFormats are the written-out times that Parse takes beside epoch
// seconds: Splunk's own, and ISO 8601 as its REST API takes it.
var argumentFormats = []*Format{
	CompileFormat("%m/%d/%Y:%H:%M:%S"),
	CompileFormat("%m/%d/%Y:%H:%M:%S.%N"),
	CompileFormat("%Y-%m-%dT%H:%M:%S%z"),
	CompileFormat("%Y-%m-%dT%H:%M:%S.%N%z"),
	CompileFormat("%Y-%m-%dT%H:%M:%S"),
	CompileFormat("%Y-%m-%dT%H:%M:%S.%N"),
	CompileFormat("%Y-%m-%d %H:%M:%S"),
	CompileFormat("%Y-%m-%d %H:%M:%S.%N"),
	CompileFormat("%Y-%m-%d"),
}

const argumentHint = "a time is epoch seconds, MM/DD/YYYY:HH:MM:SS, 2026-01-15T12:20:00Z, now, or relative like -70m@m"

// Parse reads what earliest=, latest= and --now take: "now", a relative time (see
// Relative), epoch seconds with a fraction, MM/DD/YYYY:HH:MM:SS, or ISO 8601 with
// or without a fraction and an offset. Without an offset the zone counts.
//
// The error is a diag.Message without a place, with a hint. Real-time windows
// (rt) are refused: nothing here waits for events.
func Parse(arg string, now event.Time, zone *time.Location) (event.Time, error) {
	s := strings.TrimSpace(arg)
	switch {
	case s == "":
		return 0, badTime(arg, "it is empty", argumentHint)
	case s == "now" || s == "now()" || strings.ContainsAny(s[:1], "+-@"):
		return Relative(now, s, zone)
	case strings.HasPrefix(s, "rt"):
		return 0, badTime(arg, "real-time windows cannot be searched here", argumentHint)
	}
	if digits := strings.Trim(s, "0123456789."); digits == "" {
		return parseEpoch(arg, s)
	}
	for _, f := range argumentFormats {
		if t, ok := f.parseAll(s, zone); ok {
			return t, nil
		}
	}
	return 0, badTime(arg, "no such form of a time", argumentHint)
}

func parseEpoch(arg, s string) (event.Time, error) {
	if t, ok := event.ParseTime(s); ok {
		return t, nil
	}
	if whole, _, _ := strings.Cut(s, "."); len(whole) > 10 {
		return 0, badTime(arg, "it is too large for epoch seconds", "if it is in milliseconds, divide by 1000")
	}
	return 0, badTime(arg, "no such form of a time", argumentHint)
}
