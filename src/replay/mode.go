package replay

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/rebase"
	"riskreplay/src/splunktime"
)

// Mode is where times go:
//
//	keep               they stay
//	now                the anchor (last or first event) lies in the last second before now
//	at=TIME            the anchor lies in that second
//	window=-70m..-10m  the last event lies on the last whole second before the window's end
//	days               whole days, the last event lies in the last 24 hours
//	scale=F            all distances from the anchor are F times as long: 0.5, 3/2
//
// Digits below the second are kept. TIME is what Splunk takes for earliest=, as
// are the ends of a window.
type Mode struct {
	name string
	// at is where the anchor goes; from and to are the window.
	at, from, to string
	first        bool // the anchor is the first event
	compress     bool
	num, den     int64
	zone         *time.Location
}

const modes = "use keep, now, at=TIME, window=-70m..-10m, days or scale=F"

// ParseMode reads a Mode. Relative times are checked, and count when the Mode is
// used. The error is a diag.Message with a hint.
func ParseMode(text string, zone *time.Location) (Mode, error) {
	name, arg, given := strings.Cut(strings.TrimSpace(text), "=")
	m := Mode{name: name, zone: zone}
	switch name {
	case "", "keep", "now", "days":
		if given {
			return Mode{}, bad("time", text, strconv.Quote(name)+" takes no value", "write "+name)
		}
		if name == "" {
			m.name = "keep"
		}
		return m, nil
	case "at":
		m.at = arg
		return m, m.check("time", text, arg)
	case "window":
		if !given {
			arg = "-70m@m..-10m@m"
		}
		var two bool
		m.from, m.to, two = strings.Cut(arg, "..")
		if !two {
			return Mode{}, bad("time", text, "a window has two ends", "write window=-70m..-10m")
		}
		if err := m.check("time", text, m.from, m.to); err != nil {
			return m, err
		}
		return m, m.inOrder(text)
	case "scale":
		var err error
		m.num, m.den, err = parseRatio("time", text, arg)
		return m, err
	}
	hint := diag.DidYouMean(name, []string{"keep", "now", "at", "window", "days", "scale"})
	if hint == "" {
		hint = modes
	}
	return Mode{}, bad("time", text, "there is no such mode", hint)
}

// bad is a message about a setting.
func bad(setting, text, why, hint string) error {
	return diag.Message{Text: "cannot use " + setting + " " + strconv.Quote(text) + ": " + why, Hint: hint}
}

// check parses times for the sake of their errors.
func (m Mode) check(setting, text string, times ...string) error {
	for _, t := range times {
		if strings.TrimSpace(t) == "" {
			return bad(setting, text, "a time is missing", modes)
		}
		// Any moment will do.
		if _, err := splunktime.Parse(t, 1768477200e9, m.zone); err != nil {
			return bad(setting, text, err.Error(), modes)
		}
	}
	return nil
}

// inOrder refuses a window of two relative times whose end is not behind its begin;
// of others only the moment tells.
func (m Mode) inOrder(text string) error {
	if !relative(m.from) || !relative(m.to) {
		return nil
	}
	from, _ := splunktime.Parse(m.from, 1768477200e9, m.zone) // both were checked
	to, _ := splunktime.Parse(m.to, 1768477200e9, m.zone)
	if to <= from {
		return bad("time", text, "the window ends before it begins", "write window=-70m..-10m")
	}
	return nil
}

// maxRatio bounds both numbers of a ratio.
const maxRatio = 1_000_000_000

// parseRatio reads 2, 0.5 or 3/2 exactly.
func parseRatio(setting, text, arg string) (num, den int64, err error) {
	const hint = "write a number greater than 0: 2, 0.5 or 3/2, of at most nine digits"
	// big.Rat also reads exponents, which can be huge, and other bases.
	if len(arg) > 24 || strings.Trim(arg, "0123456789./") != "" {
		return 0, 0, bad(setting, text, strconv.Quote(arg)+" is no number", hint)
	}
	r, ok := new(big.Rat).SetString(arg)
	if !ok || r.Sign() <= 0 {
		return 0, 0, bad(setting, text, strconv.Quote(arg)+" is no number greater than 0", hint)
	}
	if !r.Num().IsInt64() || !r.Denom().IsInt64() || r.Num().Int64() > maxRatio || r.Denom().Int64() > maxRatio {
		return 0, 0, bad(setting, text, strconv.Quote(arg)+" has too many digits", hint)
	}
	return r.Num().Int64(), r.Denom().Int64(), nil
}

const second = event.Time(time.Second)

// Shift is where the mode sends a group of events whose times lie between first
// and last, when it is now. fits is false when a window is shorter than the group
// and it was not to be compressed.
func (m Mode) Shift(first, last, now event.Time) (s rebase.Shift, fits bool, err error) {
	anchor := last
	if m.first {
		anchor = first
	}
	switch m.name {
	case "now":
		return rebase.Shift{Delta: floor(now-anchor, second)}, true, nil
	case "days":
		return rebase.Shift{Delta: floor(now-last, 24*3600*second)}, true, nil
	case "scale":
		return rebase.Shift{Base: anchor, Num: m.num, Den: m.den}, true, nil
	case "at":
		at, err := splunktime.Parse(m.at, now, m.zone)
		return rebase.Shift{Delta: floor(at, second) - floor(anchor, second)}, true, err
	case "window":
		return m.window(first, last, now)
	}
	return rebase.Shift{}, true, nil
}

func (m Mode) window(first, last, now event.Time) (s rebase.Shift, fits bool, err error) {
	from, err := splunktime.Parse(m.from, now, m.zone)
	if err != nil {
		return s, false, err
	}
	to, err := splunktime.Parse(m.to, now, m.zone)
	if err != nil {
		return s, false, err
	}
	if to <= from {
		return s, false, bad("time", "window="+m.from+".."+m.to, "the window ends before it begins", "write window=-70m..-10m")
	}
	end := floor(to-1, second)
	s.Delta = end - floor(last, second)
	if first+s.Delta >= from {
		return s, true, nil
	}
	if !m.compress {
		return s, false, nil
	}
	// What the window has, in whole seconds, for what the group takes, rounded up.
	has := (end - ceil(from, second)) / second
	takes := ceil(last-first, second) / second
	if has <= 0 {
		return s, false, bad("time", "window="+m.from+".."+m.to, "it is too short to compress anything into it", "use a window of at least two seconds")
	}
	s.Base, s.Num, s.Den = last, int64(has), int64(takes)
	return s, true, nil
}

// floor is the multiple of unit at or before t, ceil the one at or after it.
func floor(t, unit event.Time) event.Time {
	r := t % unit
	if r < 0 {
		r += unit
	}
	return t - r
}

func ceil(t, unit event.Time) event.Time { return floor(t+unit-1, unit) }

// moves tells whether the mode depends on when it is used.
func (m Mode) moves() bool {
	return m.name == "now" || m.name == "window" || m.name == "days" || m.name == "at" && relative(m.at)
}

// relative tells whether a time counts from now.
func relative(text string) bool {
	a, errA := splunktime.Parse(text, 1768477200e9, nil)
	b, errB := splunktime.Parse(text, 1868477200e9, nil)
	return errA == nil && errB == nil && a != b
}
