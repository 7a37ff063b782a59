package hec

import (
	"math"
	"strconv"
	"strings"

	"riskreplay/src/event"
)

// Above these a number of seconds, milliseconds, microseconds is read as one of
// the next smaller unit: the year 2400 in seconds, 9999 in milliseconds and in
// microseconds.
const (
	maxSeconds = 13_569_465_600
	maxMillis  = 253_402_300_800_000
	maxMicros  = 253_402_300_800_000_000
)

// parseTime reads the time of an envelope: epoch seconds with a fraction, or a
// number so large that it must be of milliseconds, microseconds or nanoseconds.
// It reads digits, not floating point, but for numbers with an exponent.
func parseTime(s string) (event.Time, bool) {
	if strings.ContainsAny(s, "eE") {
		return parseExponent(s)
	}
	whole, frac, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err != nil:
		return 0, false
	case n < maxSeconds && n > -maxSeconds:
		if n < 9e9 {
			return event.ParseTime(s)
		}
		// Beyond what fits nanoseconds, or nearly: nobody means the year 2255.
		return 0, false
	case n < 0 || strings.Trim(frac, "0123456789") != "":
		return 0, false
	case n < maxMillis:
		return scaled(n, frac, 1e6)
	case n < maxMicros:
		return scaled(n, frac, 1e3)
	}
	return event.Time(n), true
}

// scaled is n units and a fraction, as nanoseconds.
func scaled(n int64, frac string, unit int64) (event.Time, bool) {
	if n > math.MaxInt64/unit {
		return 0, false
	}
	t := n * unit
	for i := 0; i < len(frac) && unit > 1; i++ {
		unit /= 10
		t += int64(frac[i]-'0') * unit
	}
	return event.Time(t), true
}

func parseExponent(s string) (event.Time, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) >= 9e9 || strings.ContainsAny(s, "xX_pPiInN") {
		return 0, false
	}
	return event.Time(math.Round(f*1e6)) * 1000, true // a float64 holds no more digits
}
