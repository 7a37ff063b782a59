package splunkd

import (
	"context"
	"io"
	"sync"
	"time"

	"riskreplay/src/clock"
)

// patience ends a request of which nothing has come for too long. It does not
// count while nobody waits.
type patience struct {
	clock  clock.Clock
	limit  time.Duration
	ctx    context.Context
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	until time.Time // the zero time while nobody waits
}

// newPatience starts to wait. Its context ends with ctx, with stop, or with
// errTimeout.
func newPatience(ctx context.Context, c clock.Clock, limit time.Duration) *patience {
	p := &patience{clock: c, limit: limit, until: c.Now().Add(limit)}
	p.ctx, p.cancel = context.WithCancelCause(ctx)
	if limit > 0 {
		go p.watch()
	}
	return p
}

func (p *patience) watch() {
	for {
		p.mu.Lock()
		now, until := p.clock.Now(), p.until
		p.mu.Unlock()
		switch {
		case until.IsZero():
			until = now.Add(p.limit) // look again then
		case !now.Before(until):
			p.cancel(errTimeout)
			return
		}
		if p.clock.SleepUntil(p.ctx, until) != nil {
			return
		}
	}
}

func (p *patience) renew() { p.set(p.clock.Now().Add(p.limit)) }
func (p *patience) pause() { p.set(time.Time{}) }
func (p *patience) stop()  { p.cancel(nil) }

func (p *patience) set(t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = t
}

// cause is why a call under this patience failed: the end of its context, when
// that was the reason, else err.
func (p *patience) cause(err error) error {
	if cause := context.Cause(p.ctx); cause != nil {
		return cause
	}
	return err
}

// patientBody is the body of an answer: each read has its own time.
type patientBody struct {
	io.ReadCloser
	p *patience
}

func (b *patientBody) Read(buf []byte) (int, error) {
	b.p.renew()
	n, err := b.ReadCloser.Read(buf)
	b.p.pause()
	if err != nil && err != io.EOF {
		err = b.p.cause(err)
	}
	return n, err
}

func (b *patientBody) Close() error {
	b.p.stop()
	return b.ReadCloser.Close()
}
