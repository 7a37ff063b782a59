package replay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/rebase"
)

// Run carries out a plan. It ends when the sink has settled everything, when
// something cannot go on (a file changed, the sink refused, the disk is full), or
// with ctx. The manifest tells what was done in any case; with Options.Dir a run
// that ended early can be resumed.
func Run(ctx context.Context, p *Plan, open Open, o Options) (Manifest, error) {
	start := o.Clock.Now()
	st := &state{
		PlanHash: p.Hash(), ID: o.ID, Target: o.Target, Started: Instant(event.At(start)), Turn: 1, TurnNow: p.Now,
		Accepted: make([]int64, p.groups()), Dead: make([]int64, p.groups()),
	}
	if st.ID == "" {
		st.ID = NewID(p, start)
	}
	r, err := newRunner(p, st, o)
	if err != nil {
		return p.manifest(st, start), err
	}
	for _, f := range r.files {
		if err := f.looksUnchanged(); err != nil {
			return p.manifest(st, start), err
		}
	}
	if err := r.create(); err != nil {
		return p.manifest(st, start), err
	}
	return r.run(ctx, open)
}

// Resume goes on with a run that did not finish, with the same plan, the same
// times and the same id. It refuses when a file has changed.
func Resume(ctx context.Context, run *Stored, open Open, o Options) (Manifest, error) {
	if run.Manifest.Finished {
		return run.Manifest, diag.Message{Text: "cannot resume run " + strconv.Quote(run.ID) + ": it is finished"}
	}
	st := run.state.clone()
	o.Dir, o.ID = run.root, run.ID
	r, err := newRunner(run.Plan, st, o)
	if err != nil {
		return run.Manifest, err
	}
	for _, f := range r.files {
		if err := f.isUnchanged(ctx); err != nil {
			return run.Manifest, err
		}
	}
	if err := r.reopen(); err != nil {
		return run.Manifest, err
	}
	return r.run(ctx, open)
}

// runner carries out one plan.
type runner struct {
	plan    *Plan
	set     parsed
	o       Options
	files   []planned
	tracker *tracker
	state   *state // the tracker's
	folder  *folder
	sink    Sink
	report  *reporter

	// resent is the last batch that the sink of the run before may have.
	resent uint64
	rekey  *rebase.Rekey
	rates  []*rate
	turn   *turn
}

func newRunner(p *Plan, st *state, o Options) (*runner, error) {
	set, err := p.Settings.parse()
	if err != nil {
		return nil, err
	}
	if o.Window <= 0 {
		o.Window = 20 << 20
	}
	if o.Drain == 0 {
		o.Drain = time.Second
	}
	r := &runner{plan: p, set: set, o: o, files: p.files(), state: st}
	r.tracker = &tracker{clock: o.Clock, state: st, flying: map[uint64]*pending{}}
	r.rekey = p.rekey(st.ID)
	r.rates = []*rate{{per: p.Settings.EPS}, {per: p.Settings.MBPS * 1e6}}
	r.report = newReporter(r)
	r.tracker.moved = func() { r.report.tell(false) }
	return r, nil
}

// rekey is the identity that a run gives to what its events name.
func (p *Plan) rekey(id string) *rebase.Rekey {
	if !p.Settings.Rekey {
		return nil
	}
	sum := sha256.Sum256([]byte(id))
	return &rebase.Rekey{Suffix: "-r" + hex.EncodeToString(sum[:3])}
}

// run sends what is left, and leaves the state as it is then.
func (r *runner) run(ctx context.Context, open Open) (Manifest, error) {
	sink, err := open(r.tracker.settled)
	if err == nil {
		r.sink = sink
		err = r.turns(ctx)
		r.drain(ctx, err)
		err = errors.Join(err, sink.Close())
	}
	r.tracker.stop()
	return r.end(err)
}

// drain lets the sink settle what it has when a run ends early: what is settled
// need not be sent again.
func (r *runner) drain(ctx context.Context, err error) {
	var sent *sinkError
	if err == nil || errors.As(err, &sent) || r.o.Drain < 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.o.Drain)
	defer cancel()
	_ = r.sink.Flush(ctx) // the run has its error already
}

// sinkError is an error of the sink: nothing more is asked of it.
type sinkError struct{ err error }

func (e *sinkError) Error() string { return e.err.Error() }
func (e *sinkError) Unwrap() error { return e.err }

// end writes down how the run ended.
func (r *runner) end(err error) (Manifest, error) {
	_, _, _, tracked := r.tracker.flight()
	if tracked != nil && !errors.Is(err, tracked) {
		err = errors.Join(tracked, err)
	}
	saved := r.tracker.change(func(s *state) {
		s.Finished, s.Error = err == nil, ""
		if err != nil {
			s.Error = err.Error()
		}
	})
	if saved != nil && tracked == nil {
		err = errors.Join(err, saved)
	}
	m := r.plan.manifest(r.state, r.o.Clock.Now())
	m.Finished = err == nil
	err = errors.Join(err, r.folder.close(m, r.tracker.dead))
	r.report.tell(true)
	return m, err
}

// turns sends the plan as often as it is to be sent.
func (r *runner) turns(ctx context.Context) error {
	r.resent = r.state.Sent
	for n := r.state.Turn; ; n++ {
		if n > r.state.Turn {
			now := Instant(event.At(r.o.Clock.Now()))
			if err := r.tracker.change(func(s *state) { s.Turn, s.TurnNow, s.Position = n, now, 0 }); err != nil {
				return err
			}
		}
		if err := r.oneTurn(ctx); err != nil {
			return err
		}
		if n == r.set.loop {
			return nil
		}
	}
}

func (r *runner) oneTurn(ctx context.Context) error {
	t, err := r.newTurn()
	if err != nil {
		return err
	}
	r.turn = t
	r.report.begin(t)
	if err := t.all(ctx); err != nil {
		return err
	}
	if err := r.flush(ctx); err != nil {
		return err
	}
	flying, _, _, err := r.tracker.flight()
	if err == nil && flying > 0 {
		err = &sinkError{diag.Message{Text: fmt.Sprintf("cannot finish: the sink did not settle %d batches", flying)}}
	}
	if err != nil {
		return err
	}
	return r.tracker.change(func(s *state) { s.Disordered += t.reading.disordered })
}

// flush waits until the sink has settled what it has.
func (r *runner) flush(ctx context.Context) error {
	if err := r.sink.Flush(ctx); err != nil {
		return r.refused(ctx, err)
	}
	return nil
}

// refused is a sink's error, or that of the context that ended it.
func (r *runner) refused(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return err
	}
	return &sinkError{err}
}
