package hec

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sort"

	"riskreplay/src/event"
)

// delivery is one batch on its way.
type delivery struct {
	*Client
	batch   Batch
	receipt Receipt
	limit   int // events at once; smaller while events are at fault
	waits   waits
	waiting []unacked
}

// unacked is events that were taken and not acknowledged yet.
type unacked struct {
	piece []int
	ack   *ack
}

// maxRounds is how often events are sent that nobody acknowledges.
const maxRounds = 3

var errUnacked = errors.New("events were taken, and no acknowledgement came")

// run delivers the batch. The error says why it was given up.
func (d *delivery) run(ctx context.Context) error {
	d.limit = d.o.MaxEvents
	todo := d.screen()
	for round := 0; len(todo) > 0; round++ {
		if round == maxRounds {
			return d.problem(errUnacked, "look at the indexers: what they do not acknowledge they may not have")
		}
		if err := d.send(ctx, todo); err != nil {
			return err
		}
		lost, err := d.await(ctx)
		if err != nil {
			return err
		}
		if todo, err = d.again(ctx, lost); err != nil {
			return err
		}
	}
	sort.Slice(d.receipt.Dead, func(i, j int) bool { return d.receipt.Dead[i].Event < d.receipt.Dead[j].Event })
	return nil
}

// screen sets the events aside that no collector takes, and gives the places of
// the others.
func (d *delivery) screen() []int {
	todo := make([]int, 0, len(d.batch.Events))
	for i, e := range d.batch.Events {
		if len(e.Raw) == 0 || d.o.Raw && len(bytes.TrimSpace(e.Raw)) == 0 {
			d.bury(i, CodeEventBlank, "the event is empty")
			continue
		}
		todo = append(todo, i)
	}
	if d.o.Raw {
		todo = byMetadata(d.batch.Events, todo)
	}
	return todo
}

func (d *delivery) bury(i int, c Code, reason string) {
	d.receipt.Dead = append(d.receipt.Dead, Dead{Event: i, Code: c, Reason: reason})
}

// send has all of todo taken, or buried.
func (d *delivery) send(ctx context.Context, todo []int) error {
	repeat := false
	for len(todo) > 0 {
		n, a, err := d.try(ctx, todo, repeat)
		if err != nil {
			return err
		}
		before := len(todo)
		if todo, err = d.judge(ctx, todo, n, a); err != nil {
			return err
		}
		if repeat = len(todo) == before; !repeat {
			d.waits.reset()
		}
	}
	return nil
}

// try sends the first n events of todo once.
func (d *delivery) try(ctx context.Context, todo []int, repeat bool) (n int, a answer, err error) {
	if err := d.gate.enter(ctx); err != nil {
		return 0, a, err
	}
	p := packers.Get().(*packer)
	q := request{method: http.MethodPost, path: "/event"}
	if d.o.Raw {
		q.path = rawPath(d.batch.Events[todo[0]])
		q.channel = d.chans.current()
		n = p.fillRaw(d.batch.Events, todo, d.o.MaxBytes, d.limit)
	} else {
		n = p.fill(d.batch.Events, todo, d.o.MaxBytes, d.limit)
	}
	size := len(p.plain)
	if size > hardCap && n == 1 {
		d.gate.leave(false)
		packers.Put(p)
		return 1, answer{Reply: newReply(codeTooLarge), class: TooLarge}, nil
	}
	q.body, q.gzip = p.body(d.plain.Load())
	if d.o.Ack {
		q.channel = d.chans.current()
		under := d.acks.begin(q.channel)
		defer func() { d.acks.end(under, a.class == Unclear) }()
	}
	if a = d.ask(ctx, q); d.o.Raw {
		a.Invalid = -1 // of what Splunk made of the text, not of ours
	}
	d.gate.leave(a.class == Busy)
	if a.class == Accepted {
		packers.Put(p) // else the transport may still be reading from the body
	}
	d.count.requests.Add(1)
	d.count.bytes.Add(int64(size))
	if repeat {
		d.count.repeats.Add(1)
	}
	if d.o.Ack && a.AckID >= 0 {
		d.expect(todo, n, a, q.channel)
	}
	return n, a, nil
}

// expect awaits the acknowledgement of what an answer says was taken.
func (d *delivery) expect(todo []int, n int, a answer, channel string) {
	taken := n
	if a.class != Accepted {
		taken = a.before(n)
	}
	if taken > 0 {
		d.waiting = append(d.waiting, unacked{todo[:taken:taken], d.acks.expect(channel, a.AckID)})
	}
}

// judge gives what is left to send after an answer for the first n of todo.
func (d *delivery) judge(ctx context.Context, todo []int, n int, a answer) ([]int, error) {
	switch a.class {
	case Accepted:
		return d.accepted(todo, n, a)
	case BadEvent:
		return d.isolate(ctx, todo, n, a)
	case TooLarge:
		return d.shrink(todo, n, a), nil
	case Busy:
		taken := d.prefix(n, a)
		return todo[taken:], d.wait(ctx, &d.waits, a.plea, a.err)
	case Unclear:
		if err := d.wait(ctx, &d.waits, a.plea, a.err); err != nil {
			return nil, err
		}
		left, err := d.again(ctx, todo[:n:n])
		return append(left, todo[n:]...), err
	}
	if a.Status == http.StatusUnsupportedMediaType && !d.plain.Swap(true) {
		return todo, nil // without gzip then
	}
	return nil, a.err
}

func (d *delivery) accepted(todo []int, n int, a answer) ([]int, error) {
	if d.o.Ack && a.AckID < 0 {
		return nil, d.refused(newReply(CodeAckDisabled))
	}
	if !d.o.Ack {
		d.receipt.Accepted += n
	}
	d.limit = min(d.o.MaxEvents, 2*d.limit)
	return todo[n:], nil
}

// before is how many of n events were taken, as an answer names one of them that
// was not.
func (a answer) before(n int) int {
	if bad := a.bad(); bad > 0 && bad < n {
		return bad
	}
	return 0
}

// prefix counts what stands before the event that an answer names, and gives how
// many that is. Without an ackId there is nothing to wait for.
func (d *delivery) prefix(n int, a answer) int {
	taken := a.before(n)
	if !d.o.Ack || a.AckID < 0 {
		d.receipt.Accepted += taken
	}
	return taken
}

// isolate buries the event that is at fault. When the answer does not say which
// it is, less and less is sent at once until it stands alone.
func (d *delivery) isolate(ctx context.Context, todo []int, n int, a answer) ([]int, error) {
	bad := a.bad()
	switch {
	case d.o.Raw:
		return d.isolateRaw(todo, n, a), ctx.Err()
	case n == 1:
		bad = 0
	case bad < 0 || bad >= n:
		d.receipt.Unsure = true // nobody knows what was taken
		d.limit = n / 2
		return todo, ctx.Err()
	case a.Code == CodeInvalidFormat && bad == 0 && d.oversize(todo[:n]):
		return d.shrink(todo, n, a), nil
	}
	taken := d.prefix(n, a)
	reason := a.reason()
	left := todo[taken+1:]
	d.bury(todo[taken], a.Code, reason)
	d.limit = max(1, min(d.limit, n)/2)
	if a.Code == CodeIncorrectIndex {
		left = d.buryIndex(left, d.batch.Events[todo[taken]].Index, reason)
	}
	return left, ctx.Err()
}

// reason is why an event is dead.
func (a answer) reason() string {
	if hint := a.Code.Hint(); hint != "" {
		return a.Text + ": " + hint
	}
	return a.Text
}

// buryIndex buries all events of an index that the token may not write: asking
// for each would be one request an event.
func (d *delivery) buryIndex(todo []int, index, reason string) []int {
	var left []int
	for _, i := range todo {
		if d.batch.Events[i].Index == index {
			d.bury(i, CodeIncorrectIndex, reason)
			continue
		}
		left = append(left, i)
	}
	return left
}

// cloudBody is the size from which Splunk Cloud answers code 6 and names the
// first event, where others say 413.
const cloudBody = 5_000_000

func (d *delivery) oversize(piece []int) bool {
	size := 0
	for _, i := range piece {
		size += len(d.batch.Events[i].Raw)
	}
	return size > cloudBody/2 && d.o.MaxBytes >= cloudBody
}

// shrink sends less at once, or buries the event that is too large alone.
func (d *delivery) shrink(todo []int, n int, a answer) []int {
	if n > 1 {
		d.limit = n / 2
		return todo
	}
	d.bury(todo[0], a.Code, "the event is too large")
	return todo[1:]
}

// again is what must be sent again of events that may have arrived.
func (d *delivery) again(ctx context.Context, piece []int) ([]int, error) {
	if len(piece) == 0 {
		return nil, nil
	}
	there, err := d.reconcile(ctx, piece)
	if err != nil {
		return nil, err
	}
	if there == nil {
		d.receipt.Unsure = true
		d.count.again.Add(int64(len(piece)))
		return piece, nil
	}
	var left []int
	for k, i := range piece {
		if k < len(there) && there[k] {
			d.receipt.Accepted++
			continue
		}
		left = append(left, i)
	}
	return left, nil
}

// reconcile asks which events of a piece are there, nil when nobody can tell.
func (d *delivery) reconcile(ctx context.Context, piece []int) (there []bool, err error) {
	if d.o.Reconcile == nil || d.o.Raw {
		return nil, nil
	}
	events := make([]event.Event, len(piece))
	for k, i := range piece {
		events[k] = d.batch.Events[i]
	}
	return d.o.Reconcile(ctx, events)
}

// await waits for all acknowledgements and gives the events whose never came.
func (d *delivery) await(ctx context.Context) (lost []int, err error) {
	for _, u := range d.waiting {
		ok, err := u.ack.wait(ctx)
		switch {
		case err != nil:
			return nil, err
		case ok:
			d.receipt.Accepted += len(u.piece)
		default:
			lost = append(lost, u.piece...)
		}
	}
	d.waiting = d.waiting[:0]
	return lost, nil
}
