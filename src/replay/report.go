package replay

import (
	"sync"
	"time"
)

// reporter tells how far a run is, every so often. Safe for concurrent use.
type reporter struct {
	r     *runner
	every time.Duration

	mu    sync.Mutex
	now   Progress
	start time.Time
	told  time.Time
	// events and bytes are those since the start, at the last report and now.
	events, toldEvents int64
	bytes, toldBytes   int64
	left               time.Duration // of the schedule
	ended              bool
}

func newReporter(r *runner) *reporter {
	every := r.o.ProgressEvery
	if every <= 0 {
		every = time.Second
	}
	p := &reporter{r: r, every: every, start: r.o.Clock.Now()}
	p.told = p.start
	p.now = Progress{ID: r.state.ID, TotalEvents: r.plan.Events, TotalBytes: r.plan.Bytes}
	return p
}

// begin begins a turn, with what was settled of it before.
func (p *reporter) begin(t *turn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.Turn, p.now.Events, p.now.Bytes = t.state.Turn, 0, 0
	p.now.Datasets = nil
	for _, d := range t.plan.Datasets {
		p.now.Datasets = append(p.now.Datasets, DatasetProgress{Name: d.Name, Total: d.Events, Size: d.Bytes})
	}
	if t.byTime || t.from == 0 {
		p.now.Events = t.from
		return
	}
	for _, f := range t.files {
		if done := min(f.Events, t.from-f.before); done > 0 {
			d := &p.now.Datasets[f.dataset]
			bytes := int64(float64(f.Bytes) * float64(done) / float64(f.Events))
			d.Events += done
			d.Bytes += bytes
			p.now.Events += done
			p.now.Bytes += bytes
		}
	}
}

// sent counts a batch.
func (p *reporter) sent(t *turn, b *pending) {
	p.mu.Lock()
	n, size := int64(len(b.Events)), int64(b.bytes)
	p.now.Events += n
	p.now.Bytes += size
	p.events += n
	p.bytes += size
	for i, f := range b.files {
		d := &p.now.Datasets[t.files[f].dataset]
		d.Events++
		d.Bytes += int64(len(b.Events[i].Raw))
	}
	if pace := t.schedule.pace; pace.scheduled() {
		p.left = pace.shrunk(t.schedule.first + t.plan.span(t.reading.shifts) - b.latest)
	}
	p.mu.Unlock()
	p.tell(false)
}

// late takes how late a batch is.
func (p *reporter) late(by time.Duration) {
	p.mu.Lock()
	p.now.Lag = max(by, 0)
	p.mu.Unlock()
}

// next is the next report's time, or until when that is earlier.
func (p *reporter) next(until time.Time) time.Time {
	if p.r.o.Progress == nil {
		return until
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if next := p.told.Add(p.every); next.Before(until) && next.After(p.r.o.Clock.Now()) {
		return next
	}
	return until
}

// tell reports when it is time to, and at the end.
func (p *reporter) tell(end bool) {
	if p.r.o.Progress == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.r.o.Clock.Now()
	since := now.Sub(p.told)
	if p.ended || since < p.every && !end {
		return
	}
	if p.ended = end; since > 0 {
		p.now.EventsPerSecond = float64(p.events-p.toldEvents) / since.Seconds()
		p.now.BytesPerSecond = float64(p.bytes-p.toldBytes) / since.Seconds()
	}
	p.told, p.toldEvents, p.toldBytes = now, p.events, p.bytes
	p.now.Elapsed, p.now.Done = now.Sub(p.start), end
	p.now.ETA = p.eta()
	p.r.tracker.tell(&p.now)
	out := p.now
	out.Datasets = append([]DatasetProgress(nil), p.now.Datasets...)
	p.r.o.Progress(out)
}

// eta is how long the rest of the turn takes.
func (p *reporter) eta() time.Duration {
	switch {
	case p.now.Done:
		return 0
	case p.r.set.pace.scheduled() || p.r.set.pace.Duration > 0:
		return p.left
	case p.bytes == 0:
		return 0
	}
	rest := float64(p.now.TotalBytes - p.now.Bytes)
	return time.Duration(max(rest, 0) / float64(p.bytes) * float64(p.now.Elapsed))
}

// tell adds what the sink settled.
func (t *tracker) tell(p *Progress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p.Unsettled, p.UnsettledBytes, p.Unsure = len(t.flying), t.bytes, t.state.Unsure
	p.Accepted, p.Dead = 0, 0
	for i := range t.state.Accepted {
		p.Accepted += t.state.Accepted[i]
		p.Dead += t.state.Dead[i]
	}
}
