package replay

import (
	"errors"
	"fmt"
	"sync"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/modinput"
)

// tracker follows what a sink settles, and writes it down. The checkpoint on the
// disk never runs ahead of the sink, and is behind it by no batch for which
// settled has returned.
type tracker struct {
	clock clock.Clock
	keep  *modinput.Checkpoints // nil keeps nothing
	dead  *deadFile
	// moved is called, without the lock, after something was settled.
	moved func()

	mu      sync.Mutex
	state   *state
	flying  map[uint64]*pending
	bytes   int64
	durable event.Time // of the last save that waited for the disk
	err     error
	stopped bool
}

// ErrReceipt is the cause of an error about a sink that settles what it does not
// have.
var ErrReceipt = errors.New("the sink settled a batch that it was not sent, or twice")

// maxDoubtful is how many batches are named.
const maxDoubtful = 10_000

// sending writes down that a sink is about to get a batch; again tells that one may
// have it already.
func (t *tracker) sending(b *pending, again bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil {
		return t.err
	}
	t.flying[b.Seq] = b
	t.bytes += int64(b.bytes)
	s := t.state
	s.Sent = max(s.Sent, b.Seq)
	if again && len(s.Doubtful) < maxDoubtful {
		s.Doubtful = append(s.Doubtful, DoubtfulBatch{Batch: b.Seq, From: b.first, To: b.first + int64(len(b.Events)) - 1})
	}
	s.First, s.Last = first(s.First, Instant(b.earliest)), last(s.Last, Instant(b.latest))
	return t.save(false)
}

// first and last take 0 for no time yet.
func first(a, b Instant) Instant {
	if a == 0 || b < a {
		return b
	}
	return a
}

func last(a, b Instant) Instant {
	if a == 0 || b > a {
		return b
	}
	return a
}

// settled takes a receipt, from any goroutine.
func (t *tracker) settled(r Receipt) {
	t.mu.Lock()
	if !t.stopped && t.err == nil {
		t.err = t.take(r)
	}
	t.mu.Unlock()
	if t.moved != nil {
		t.moved()
	}
}

func (t *tracker) take(r Receipt) error {
	b := t.flying[r.Seq]
	if b == nil {
		return diag.Message{Text: fmt.Sprintf("cannot count batch %d: %s", r.Seq, ErrReceipt), Cause: ErrReceipt}
	}
	if r.Accepted+len(r.Dead) != len(b.Events) {
		return diag.Message{Text: fmt.Sprintf("cannot count batch %d: the sink accepted %d and refused %d of %d events", r.Seq, r.Accepted, len(r.Dead), len(b.Events))}
	}
	isDead, err := t.bury(b, r.Dead)
	if err != nil {
		return err
	}
	s := t.state
	for i, g := range b.groups {
		if isDead != nil && isDead[i] {
			s.Dead[g]++
		} else {
			s.Accepted[g]++
		}
	}
	if r.Unsure {
		s.Unsure += int64(r.Accepted)
	}
	s.Moved += int64(b.times.Moved)
	s.Left += int64(b.times.Left)
	s.settle(settled{Seq: b.Seq, UpTo: b.upTo})
	delete(t.flying, b.Seq)
	t.bytes -= int64(b.bytes)
	return t.save(false)
}

// bury writes refused events to the dead-letter file, before they count.
func (t *tracker) bury(b *pending, dead []Dead) (is []bool, err error) {
	if len(dead) == 0 {
		return nil, nil
	}
	is = make([]bool, len(b.Events))
	for _, d := range dead {
		if d.Event < 0 || d.Event >= len(is) || is[d.Event] {
			return nil, diag.Message{Text: fmt.Sprintf("cannot count batch %d: the sink refused event %d of %d, or twice", b.Seq, d.Event, len(is))}
		}
		is[d.Event] = true
	}
	t.state.DeadBytes, err = t.dead.write(b, dead)
	return is, err
}

// syncEvery is how often a save waits for the disk: what the end of the machine,
// not only of the process, may cost.
const syncEvery = second

// save writes the checkpoint.
func (t *tracker) save(durable bool) error {
	if t.keep == nil {
		return nil
	}
	now := event.At(t.clock.Now())
	t.state.Saved = Instant(now)
	durable = durable || now-t.durable >= syncEvery || now < t.durable
	write := t.keep.Swap
	if durable {
		write = t.keep.Save
		t.durable = now
		if err := t.dead.sync(); err != nil {
			return err
		}
	}
	err := write(stateKey, compactJSON(t.state))
	if m, ok := err.(diag.Message); ok {
		m.Hint = "make room, then resume the run: nothing is lost"
		return m
	}
	return err
}

// change changes the state and writes it down for good.
func (t *tracker) change(f func(*state)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(t.state)
	return t.save(true)
}

// stop ends the counting: the sink is closed.
func (t *tracker) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopped = true
}

// isSettled tells whether a batch was settled, now or in the run before.
func (t *tracker) isSettled(seq uint64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state.isSettled(seq)
}

// flight is what the sink has, and what went wrong with what it settled.
func (t *tracker) flight() (batches int, bytes int64, above int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.flying), t.bytes, len(t.state.Above), t.err
}
