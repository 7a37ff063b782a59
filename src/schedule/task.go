package schedule

import (
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/detection"
	"riskreplay/src/diag"
)

// Key names a saved search.
type Key struct {
	App  string `json:"app"`
	Name string `json:"name"`
}

// Task is a saved search as the scheduler knows it.
type Task struct {
	Key
	Plan Plan
	// Continuous: no tick is left out, and ticks run in order
	// (realtime_schedule = 0). Else the newest tick alone counts.
	Continuous bool
	// Window is how long after its tick a run may start (schedule_window); 0 is as
	// soon as possible, AutoWindow until the next tick.
	Window time.Duration
	// Skew is how long after its tick the search starts at most (allow_skew).
	Skew Skew
	// Priority is schedule_priority: 0 default, 1 higher, 2 highest.
	Priority int
	// Concurrent is how many runs of the search there may be at once; 0 is one.
	// Continuous searches run one at a time.
	Concurrent int
	// After: it reads what others write, and waits for those of the same tick.
	After bool
}

// AutoWindow is schedule_window = auto.
const AutoWindow = time.Duration(-1)

// Skew is allow_skew: a share of the search's period in percent, or a length of
// time. The zero Skew is none.
type Skew struct {
	Percent int
	Most    time.Duration
}

// ReadTask reads how a saved search is scheduled. The error is about the schedule;
// what else is wrong is a message, and counts as not said.
func ReadTask(s *detection.SavedSearch, zone *time.Location) (Task, diag.List, error) {
	t := Task{Key: Key{s.App, s.Name}}
	var err error
	if t.Plan, err = New(s.Cron, s.Earliest, s.Latest, zone); err != nil {
		return t, nil, err
	}
	r := taskReader{saved: s}
	summary := s.Stanza != nil && isOn(s.Stanza.Get("action.summary_index"), false) && !isOn(s.Stanza.Get("action.summary_index.force_realtime_schedule"), false)
	t.Continuous = !isOn(r.get("realtime_schedule"), !summary)
	t.Window = r.window(s.ScheduleWindow)
	t.Skew = r.skew(r.get("allow_skew"))
	t.Concurrent = r.count("max_concurrent")
	t.Priority = r.priority()
	return t, r.problems, nil
}

type taskReader struct {
	saved    *detection.SavedSearch
	problems diag.List
}

func (r *taskReader) get(key string) string {
	if r.saved.Stanza == nil {
		return ""
	}
	return strings.TrimSpace(r.saved.Stanza.Get(key))
}

func (r *taskReader) warn(key, value, hint string) {
	m := diag.Message{Severity: diag.Warning, Text: r.saved.Name + ": cannot read " + strconv.Quote(key) + ": found " + strconv.Quote(value), Hint: hint}
	if r.saved.Stanza != nil {
		if s, ok := r.saved.Stanza.Lookup(key); ok && s.Text != nil {
			m.Place = s.Text.At(0, len(s.Value))
		}
	}
	r.problems = append(r.problems, m)
}

func (r *taskReader) window(text string) time.Duration {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "":
		return 0
	case "auto":
		return AutoWindow
	}
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31)
	if err != nil {
		r.warn("schedule_window", text, "write a number of minutes, or auto")
	}
	return time.Duration(n) * time.Minute
}

func (r *taskReader) skew(text string) Skew {
	if text == "" {
		return Skew{}
	}
	if share, ok := strings.CutSuffix(text, "%"); ok {
		if n, err := strconv.ParseUint(share, 10, 31); err == nil && n <= 100 {
			return Skew{Percent: int(n)}
		}
	} else if d, ok := length(text); ok {
		return Skew{Most: d}
	}
	r.warn("allow_skew", text, "write 100%, 5m or 1h")
	return Skew{}
}

func (r *taskReader) count(key string) int {
	text := r.get(key)
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil && text != "" {
		r.warn(key, text, "write a number")
	}
	return int(n)
}

func (r *taskReader) priority() int {
	switch text := strings.ToLower(r.get("schedule_priority")); text {
	case "", "default":
	case "higher":
		return 1
	case "highest":
		return 2
	default:
		r.warn("schedule_priority", text, "write default, higher or highest")
	}
	return 0
}

// units are the names of a length of time's units, by their first letter and "mo"
// apart.
var units = map[string]time.Duration{
	"s": time.Second, "sec": time.Second, "second": time.Second, "m": time.Minute, "min": time.Minute, "minute": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hour": time.Hour, "d": 24 * time.Hour, "day": 24 * time.Hour,
}

// length reads 90, 40s, 3m, 2 hours; seconds without a unit.
func length(text string) (time.Duration, bool) {
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	n, err := strconv.ParseUint(text[:digits], 10, 31)
	unit := strings.ToLower(strings.TrimSpace(text[digits:]))
	if len(unit) > 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	by, ok := units[unit]
	if unit == "" {
		by, ok = time.Second, true
	}
	return time.Duration(n) * by, ok && err == nil
}

func isOn(text string, otherwise bool) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "1", "true", "t", "yes", "y", "on":
		return true
	case "0", "false", "f", "no", "n", "off":
		return false
	}
	return otherwise
}

// TTL is how long the results of a run are kept (dispatch.ttl), 2p when nothing is
// said: seconds, or Np for N times the time between two ticks.
func TTL(s *detection.SavedSearch, p Plan, at time.Time) time.Duration {
	text := ""
	if s.Stanza != nil {
		text = strings.TrimSpace(s.Stanza.Get("dispatch.ttl"))
	}
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	times := uint64(2)
	if n, err := strconv.ParseUint(strings.TrimSuffix(text, "p"), 10, 10); err == nil && strings.HasSuffix(text, "p") {
		times = n
	}
	return time.Duration(times) * p.period(at)
}

// period is the time from the tick at or before a moment to the next.
func (p Plan) period(at time.Time) time.Duration {
	last := p.cron.Prev(at.In(p.zone))
	next := p.cron.Next(at.In(p.zone))
	if last.IsZero() || next.IsZero() {
		return 0
	}
	return next.Sub(last)
}

// late is how long after a tick the search starts by its skew: always the same,
// from 0 to what the skew allows. A cron that is none of those that tick each M
// minutes or hours, or at midnight, moves within the minute alone.
func (t *Task) late(tick time.Time) time.Duration {
	most := t.Skew.Most
	if t.Skew.Percent > 0 {
		most = t.Plan.period(tick) / 100 * time.Duration(t.Skew.Percent)
	}
	if !t.Plan.regular() {
		most = min(most, time.Minute)
	}
	if most < time.Second {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(t.App + "\x00" + t.Name)) // a hash takes everything
	return time.Duration(h.Sum64()%uint64(most/time.Second)) * time.Second
}

// regular tells whether a skew may move more than seconds.
func (p Plan) regular() bool {
	f := strings.Fields(p.cron.String())
	if len(f) != 5 || f[2] != "*" || f[3] != "*" || f[4] != "*" {
		return false
	}
	every := func(s string) bool { return s == "*" || strings.HasPrefix(s, "*/") }
	return every(f[0]) && f[1] == "*" || f[0] == "0" && (every(f[1]) || f[1] == "0")
}
