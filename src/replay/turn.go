package replay

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"riskreplay/src/event"
	"riskreplay/src/rebase"
)

// turn sends all of the plan once.
type turn struct {
	*runner
	reading   reading
	byTime    bool
	cutter    *cutter
	sender    sender
	schedule  schedule
	rewriters []*rebase.Rewriter // by dataset
	groupers  []*grouper         // by file
	// base counts the events of the turns before, n those of this one that were
	// read, from those that were settled when it began.
	base, n, from int64
	seq           uint64
	// began is when distance 0 of the schedule was.
	began  time.Time
	begun  bool
	fields []event.Field // room for further ones
	id     event.Field
}

func (r *runner) newTurn() (*turn, error) {
	st := r.state
	shifts, err := r.plan.turnShifts(r.set.mode, st)
	if err != nil {
		return nil, err
	}
	t := &turn{runner: r, byTime: r.set.byTime, cutter: newCutter(r.set), seq: st.Settled, from: st.Position}
	t.reading = reading{now: event.Time(r.plan.Now), files: r.files, shifts: shifts}
	t.schedule.pace = r.set.pace.over(r.plan.span(shifts))
	t.groupers = make([]*grouper, len(r.files))
	t.base = int64(st.Turn-1) * r.plan.Events
	t.id = event.Field{Name: "replay_run", Value: st.ID}
	for _, s := range shifts {
		rw, err := rebase.New(rebase.Options{Shift: s, Rekey: r.rekey})
		if err != nil {
			return nil, err
		}
		t.rewriters = append(t.rewriters, rw)
	}
	// A file that was sent need not be read again, where no schedule and no order
	// needs its times.
	if !t.byTime && !t.schedule.pace.scheduled() {
		for _, f := range r.files {
			if f.before+f.Events <= t.from {
				t.n = f.before + f.Events
			}
		}
	}
	return t, nil
}

// turnShifts is where each dataset's times go in the turn that the state is in.
func (p *Plan) turnShifts(m Mode, st *state) (shifts []rebase.Shift, err error) {
	if st.Turn > 1 && m.moves() {
		shifts, _, err = p.shifts(m, event.Time(st.TurnNow))
		return shifts, err
	}
	for _, d := range p.Datasets {
		shifts = append(shifts, d.Shift.rebase())
	}
	return shifts, nil
}

// span is how much time all events take.
func (p *Plan) span(shifts []rebase.Shift) event.Time {
	var first, last event.Time
	for i, d := range p.Datasets {
		from, to := shifts[i].Time(event.Time(d.First)), shifts[i].Time(event.Time(d.Last))
		if i == 0 {
			first, last = from, to
		}
		first, last = min(first, from), max(last, to)
	}
	return last - first
}

// all reads all and sends it: a batch is made while the one before it is sent.
func (t *turn) all(ctx context.Context) (err error) {
	t.sender.begin(func(b *pending) error { return t.send(ctx, b) })
	if t.byTime {
		err = t.reading.byTime(ctx, t.take)
	} else {
		err = t.reading.byFile(ctx, t.n, t.take)
	}
	if last := t.cutter.cut(); err == nil && last != nil {
		err = t.sender.hand(last)
	}
	if sent := t.sender.end(); sent != nil {
		err = sent // what was read after it does not matter
	}
	return cmp.Or(err, ctx.Err())
}

// take takes the next event.
func (t *turn) take(it *item) error {
	n := t.n
	t.n++
	due := t.schedule.due(it.at)
	if n < t.from {
		return nil
	}
	if t.cutter.full(len(it.event.Raw), due) {
		if err := t.sender.hand(t.cutter.cut()); err != nil {
			return err
		}
	}
	f := t.files[it.file]
	group := t.grouper(it.file).of(&it.event)
	if group < 0 {
		return changed(f.Path, "it holds an event of a host or kind that the plan does not know")
	}
	e := t.cutter.add(it, n, f.groups+group, due)
	rw := t.rewriters[f.dataset]
	before := rw.Counts()
	rw.Event(e)
	after := rw.Counts()
	t.cutter.batch.times.Moved += after.Moved - before.Moved
	t.cutter.batch.times.Left += after.Left - before.Left
	if index := t.plan.Settings.Index; index != "" {
		e.Index = index
	}
	if t.plan.Settings.Fields {
		t.addFields(e, t.base+n+1)
	}
	return nil
}

func (t *turn) grouper(file int) *grouper {
	if t.groupers[file] == nil {
		if file > 0 && !t.byTime {
			t.groupers[file-1] = nil // it is behind us
		}
		t.groupers[file] = newGrouper(t.files[file].Groups)
	}
	return t.groupers[file]
}

// addFields adds the run and the event's number in it.
func (t *turn) addFields(e *event.Event, seq int64) {
	need := len(e.Fields) + 2
	if need > len(t.fields) {
		t.fields = make([]event.Field, max(need, 1024))
	}
	own := append(t.fields[:0:need], e.Fields...)
	t.fields = t.fields[need:]
	e.Fields = append(own, t.id, event.Field{Name: "replay_seq", Value: strconv.FormatInt(seq, 10)})
}

// send sends a batch, unless the run before did.
func (t *turn) send(ctx context.Context, b *pending) error {
	t.seq++
	b.Seq, b.first = t.seq, t.base+b.from+1
	if t.tracker.isSettled(b.Seq) {
		return nil
	}
	if err := t.wait(ctx, b); err != nil {
		return err
	}
	flying, bytes, above, err := t.tracker.flight()
	if err != nil {
		return err
	}
	if flying > 0 && (bytes+int64(b.bytes) > t.o.Window || above >= maxAbove) {
		if err := t.flush(ctx); err != nil {
			return err
		}
	}
	if err := t.tracker.sending(b, b.Seq <= t.resent && !t.o.Exact); err != nil {
		return err
	}
	if err := t.sink.Send(ctx, b.Batch); err != nil {
		return t.refused(ctx, err)
	}
	t.report.sent(t, b)
	return nil
}

// maxAbove is how many batches may be settled above one that is not.
const maxAbove = 4096

// wait waits until a batch may go out.
func (t *turn) wait(ctx context.Context, b *pending) error {
	now := t.o.Clock.Now()
	until := now
	if t.schedule.pace.scheduled() {
		if !t.begun {
			t.begun, t.began = true, now.Add(-b.begun)
		}
		due := t.began.Add(b.due)
		t.report.late(now.Sub(due))
		until = later(until, due)
	}
	for i, amount := range []int{len(b.Events), b.bytes} {
		until = later(until, t.rates[i].take(now, amount))
	}
	for until.After(now) {
		next := t.report.next(until)
		if err := t.o.Clock.SleepUntil(ctx, next); err != nil {
			return err
		}
		if next.Equal(until) {
			break
		}
		t.report.tell(false)
	}
	return ctx.Err()
}

// rate bounds how much goes out a second. Amount n goes when all before it have
// had their time; what was missed by more than a second is not made up for.
type rate struct {
	per  float64 // 0 is no bound
	from time.Time
	sent float64 // since from
}

// take is when an amount may go, and counts it.
func (r *rate) take(now time.Time, amount int) time.Time {
	if r.per == 0 {
		return now
	}
	at := r.from.Add(time.Duration(r.sent / r.per * 1e9))
	if now.Sub(at) > time.Second {
		r.from, r.sent, at = now, 0, now
	}
	r.sent += float64(amount)
	return at
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
