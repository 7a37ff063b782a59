package replay

import (
	"strconv"
	"time"
)

// parsed is Settings, read.
type parsed struct {
	mode   Mode
	pace   Pace
	zone   *time.Location
	byTime bool
	loop   int
	events int // of a batch
	bytes  int
}

const (
	defaultBatchEvents = 5_000
	defaultBatchBytes  = 1 << 20
	maxBatchEvents     = 1_000_000
	maxBatchBytes      = 64 << 20
)

func (s Settings) parse() (p parsed, err error) {
	if p.zone, err = time.LoadLocation(s.Zone); err != nil {
		return p, bad("zone", s.Zone, err.Error(), "write a name as Europe/Berlin or UTC")
	}
	if p.mode, err = s.mode(p.zone); err != nil {
		return p, err
	}
	if p.pace, err = s.pace(); err != nil {
		return p, err
	}
	if p.loop, err = ParseLoop(s.Loop); err != nil {
		return p, err
	}
	switch s.Order {
	case "":
		p.byTime = p.pace.scheduled() || p.pace.Duration > 0
	case "time", "file":
		p.byTime = s.Order == "time"
	default:
		return p, bad("order", s.Order, "there is no such order", "use file or time")
	}
	p.events, p.bytes = s.BatchEvents, s.BatchBytes
	if p.events == 0 {
		p.events = defaultBatchEvents
	}
	if p.bytes == 0 {
		p.bytes = defaultBatchBytes
	}
	if p.events < 1 || p.events > maxBatchEvents {
		return p, bad("batch events", strconv.Itoa(p.events), "it is out of range", "use 1 to "+strconv.Itoa(maxBatchEvents))
	}
	if p.bytes < 1 || p.bytes > maxBatchBytes {
		return p, bad("batch bytes", strconv.Itoa(p.bytes), "it is out of range", "use 1 to "+strconv.Itoa(maxBatchBytes))
	}
	return p, nil
}

// mode is the time setting with those that go with it.
func (s Settings) mode(zone *time.Location) (Mode, error) {
	m, err := ParseMode(s.Time, zone)
	if err != nil {
		return m, err
	}
	anchored := m.name == "now" || m.name == "at" || m.name == "scale"
	switch s.Anchor {
	case "", "last":
	case "first":
		if m.first = true; !anchored {
			return m, bad("anchor", s.Anchor, "time "+m.name+" goes by the last event", "use it with now, at or scale")
		}
	default:
		return m, bad("anchor", s.Anchor, "there is no such anchor", "use last or first")
	}
	if m.compress = s.Compress; m.compress && m.name != "window" {
		return m, bad("compress", "true", "only a window can be too short", "use it with window=-70m..-10m")
	}
	return m, nil
}
