package modinput

import (
	"context"
	"time"
)

// ticker does something when it is due, on a goroutine that sleeps while nothing
// is. What is due may only move later.
type ticker struct {
	wake  chan struct{}
	ended chan struct{} // nil before it has begun
}

// begin starts the goroutine, once. The Writer's lock is held.
func (t *ticker) begin(w *Writer, due func() (time.Time, bool), do func()) {
	t.wake, t.ended = make(chan struct{}, 1), make(chan struct{})
	go t.run(w, due, do)
}

// begun tells that the goroutine was started.
func (t *ticker) begun() bool { return t.ended != nil }

// rouse says that something may be due.
func (t *ticker) rouse() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

func (t *ticker) run(w *Writer, due func() (time.Time, bool), do func()) {
	defer close(t.ended)
	for {
		at, ok := due()
		if !ok {
			select {
			case <-t.wake:
				continue
			case <-w.ctx.Done():
				return
			}
		}
		if w.clock.SleepUntil(w.ctx, at) != nil {
			return
		}
		do()
	}
}

// wait returns when the goroutine has ended.
func (t *ticker) wait() {
	if t.begun() {
		<-t.ended
	}
}

// flushDue is when what lies in the buffer has lain there for long enough.
func (w *Writer) flushDue() (time.Time, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.since.Add(w.o.Wait), w.held > 0 && w.err == nil
}

func (w *Writer) flushOverdue() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held > 0 && w.usable() == nil && !w.clock.Now().Before(w.since.Add(w.o.Wait)) {
		_ = w.flush(len(w.buf)) // an error stays with the stream
	}
}

// settleDue is when a mark may settle by time.
func (w *Writer) settleDue() (time.Time, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, ok := w.marks.due(w.clock.Now())
	return at, ok && w.err == nil
}

func (w *Writer) settleOverdue() { _ = w.report() } // an error stays with the stream

// drain waits for the reader to take what was written, looking ever more seldom.
func (w *Writer) drain(ctx context.Context) error {
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := w.report()
		w.mu.Lock()
		waiting := len(w.marks.list) > 0
		w.mu.Unlock()
		if err != nil || !waiting {
			return err
		}
		if w.clock.SleepUntil(ctx, w.clock.Now().Add(pause)) != nil {
			return nil
		}
	}
}
