package replay

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// Pace is how fast events go out.
type Pace struct {
	// Num / Den is how many times as fast as recorded; 0/0 is as fast as the sink
	// takes, without a schedule.
	Num, Den int64
	EPS      float64 // events a second, 0 for no bound
	MBPS     float64 // megabytes a second, 0 for no bound
	MaxGap   time.Duration
	// Duration gives the speed, when the span is known.
	Duration time.Duration
}

// Forever is the loop that does not end.
const Forever = math.MaxInt

// ParseSpeed reads max, or a number greater than 0 with or without an x behind it:
// 1, 10x, 0.5, 1/60. The zero of both is max. It is exact.
func ParseSpeed(text string) (num, den int64, err error) {
	t := strings.TrimSpace(text)
	if t == "" || t == "max" {
		return 0, 0, nil
	}
	num, den, err = parseRatio("speed", text, strings.TrimSuffix(t, "x"))
	if m, ok := err.(diag.Message); ok {
		m.Hint = "write max, 1, 10x or 0.5"
		return 0, 0, m
	}
	return num, den, err
}

// ParseLoop reads how often all is sent: a number from 1, or forever.
func ParseLoop(text string) (int, error) {
	switch t := strings.TrimSpace(text); t {
	case "":
		return 1, nil
	case "forever":
		return Forever, nil
	default:
		n, err := strconv.Atoi(t)
		if err != nil || n < 1 || n > 1_000_000_000 {
			return 0, bad("loop", text, "it is no number of turns", "write a number from 1, or forever")
		}
		return n, nil
	}
}

func (s Settings) pace() (Pace, error) {
	p := Pace{EPS: s.EPS, MBPS: s.MBPS, MaxGap: s.MaxGap, Duration: s.Duration}
	var err error
	if p.Num, p.Den, err = ParseSpeed(s.Speed); err != nil {
		return p, err
	}
	for name, v := range map[string]float64{"eps": s.EPS, "mbps": s.MBPS} {
		if v < 0 || v > 1e9 || v != v || v > 0 && v < 1e-6 {
			return p, bad(name, strconv.FormatFloat(v, 'g', -1, 64), "it is no rate", "write a number greater than 0; leave it out for no bound")
		}
	}
	switch {
	case s.MaxGap < 0:
		return p, bad("max-gap", s.MaxGap.String(), "it is negative", "write a time as 5s or 2m")
	case s.Duration < 0:
		return p, bad("duration", s.Duration.String(), "it is negative", "write a time as 10m or 1h")
	case s.Duration > 0 && p.Den != 0:
		return p, bad("duration", s.Duration.String(), "the speed is given too", "give one of the two: the duration makes the speed")
	case s.MaxGap > 0 && p.Den == 0 && s.Duration == 0:
		return p, bad("max-gap", s.MaxGap.String(), "without a speed there are no gaps", "give a speed too, as 1 or 10x")
	}
	return p, nil
}

// scheduled tells whether events have a time at which they go out.
func (p Pace) scheduled() bool { return p.Den != 0 }

// over is the pace for events that span so much time: a duration becomes a speed.
func (p Pace) over(span event.Time) Pace {
	if p.Duration == 0 {
		return p
	}
	p.Num, p.Den = int64(max(span, 1)), int64(p.Duration)
	p.Duration = 0
	return p
}

// shrunk is how long a distance of recorded time takes, rounded down.
func (p Pace) shrunk(d event.Time) time.Duration {
	if d <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(d), uint64(p.Den))
	if hi >= uint64(p.Num) {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, uint64(p.Num))
	return time.Duration(min(q, math.MaxInt64))
}

// schedule gives the moments at which events go out, as distances from the start:
// (t - first)/speed, less what gaps are longer than they may be. It depends on the
// events' times alone: no moment is counted from another, so nothing drifts.
type schedule struct {
	pace  Pace
	first event.Time
	begun bool
	// high is the latest distance so far, cut what gaps lost.
	high, cut time.Duration
}

// due is when an event goes out. One that is earlier than those before it goes with
// them.
func (s *schedule) due(t event.Time) time.Duration {
	if !s.pace.scheduled() {
		return 0
	}
	if !s.begun {
		s.begun, s.first = true, t
	}
	d := s.pace.shrunk(t-s.first) - s.cut
	if gap := d - s.high; s.pace.MaxGap > 0 && gap > s.pace.MaxGap {
		s.cut += gap - s.pace.MaxGap
		d = s.high + s.pace.MaxGap
	}
	s.high = max(s.high, d)
	return s.high
}
