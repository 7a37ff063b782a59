package check

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/schedule"
	"riskreplay/src/splunktime"
)

// Cases are the tests of the content's detections, in the order of their names. A
// detection without tests has one case without data, which is skipped.
func Cases(root string, detections []*detection.Detection) []Case {
	var out []Case
	for _, d := range detections {
		for _, t := range d.Tests {
			out = append(out, Case{Detection: d, Test: t, Root: root})
		}
		if len(d.Tests) == 0 {
			out = append(out, Case{Detection: d, Root: root})
		}
	}
	return out
}

// hourly is the cron of a saved search that has none of its own.
const hourly = "0 * * * *"

// moments is when a case's saved search runs.
type moments struct {
	plan   schedule.Plan
	now    time.Time
	zone   *time.Location
	last   schedule.Run
	offset event.Time
	// given: the test says itself where in time it is, so that its search sees its
	// windows alone.
	given bool
}

func momentsOf(c Case, s *detection.SavedSearch, now time.Time, zone *time.Location) (m moments, err error) {
	m = moments{now: now, zone: zone, given: c.Test.Now != "" || c.Test.Offset != "" || c.Test.Runs > 0}
	if m.plan, err = schedule.New(cmp.Or(s.Cron, hourly), s.Earliest, s.Latest, zone); err != nil {
		return m, err
	}
	if c.Test.Now != "" {
		t, err := splunktime.Parse(c.Test.Now, event.At(now), zone)
		if err != nil {
			return m, diag.Message{Text: fmt.Sprintf("cannot read now: %q: %v", c.Test.Now, err), Place: c.Test.At, Cause: err}
		}
		m.now = t.Std()
	}
	if c.Test.Offset != "" {
		to, err := splunktime.Parse(c.Test.Offset, event.At(m.now), zone)
		if err != nil {
			return m, diag.Message{Text: fmt.Sprintf("cannot read offset: %q: %v", c.Test.Offset, err), Place: c.Test.At, Cause: err, Hint: "write it as a relative time: -61m, +2h"}
		}
		m.offset = to - event.At(m.now)
	}
	m.last, err = m.plan.Last(m.now)
	return m, err
}

// end is where the data's last event is moved to; zero moves nothing.
func (m *moments) end(t detection.Test) event.Time {
	if t.Time == detection.TimeKeep {
		return 0
	}
	return cmp.Or(m.last.Latest, event.At(m.last.At))
}

// runs are the ticks at which the saved search runs over data.
func (m *moments) runs(t detection.Test, d *Data) ([]schedule.Run, error) {
	if t.Runs > 0 {
		return m.lastRuns(t.Runs)
	}
	now := m.now
	if t.Time == detection.TimeKeep && t.Now == "" && d != nil {
		var err error
		if now, err = m.after(d.Last); err != nil {
			return nil, err
		}
	}
	if d == nil || m.given && t.Time == detection.TimeKeep || m.offset != 0 {
		return []schedule.Run{m.last}, nil
	}
	return m.plan.Covering(now, d.First, func(r schedule.Run) bool {
		return d.Last >= r.Earliest && (r.Latest == 0 || d.First < r.Latest)
	})
}

// lastRuns are the last n ticks, oldest first.
func (m *moments) lastRuns(n int) ([]schedule.Run, error) {
	out := []schedule.Run{m.last}
	for len(out) < n {
		run, err := m.plan.Last(out[len(out)-1].At.Add(-time.Second))
		if err != nil {
			return nil, err
		}
		out = append(out, run)
	}
	slices.Reverse(out)
	return out, nil
}

// after is the first tick whose window ends after a time.
func (m *moments) after(last event.Time) (time.Time, error) {
	for tick := m.plan.Next(last.Std()); !tick.IsZero(); tick = m.plan.Next(tick) {
		run, err := m.plan.At(tick)
		if err != nil {
			return tick, err
		}
		if run.Latest == 0 || run.Latest > last {
			return tick, nil
		}
	}
	return time.Time{}, fmt.Errorf("no run of its schedule ends after %s", last.Std().In(m.zone).Format(time.RFC3339))
}
