package command

import (
	"container/list"
	"context"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spill"
)

// transacting is transaction at work. Events come newest first: what endswith
// matches opens a transaction, what startswith matches closes it.
type transacting struct {
	*transaction
	world search.World

	open    *list.List               // of *txn, the one that grew last at the front
	index   map[string][]*txn        // open ones by field and value
	members int                      // events in open ones
	done    *transactionRows         // closed ones
	begun   int                      // how many were opened
	batches int                      // how many came
	account *spill.Account           // of the batches that open ones have events in
	made    *spill.Account           // of done
	disk    *transactionDisk         // where events are when they are too many; else nil
	columns map[string]*batch.Column // of the batch at hand, coded
	last    event.Time
	seen    bool

	discarded, full, disorder bool
}

// txn is a transaction: its events, newest first, and the values of its fields.
type txn struct {
	at      *list.Element
	number  int      // in the order they were opened
	rows    []txnRow // none when events are on disk
	n       int      // of events
	values  map[string]string
	times   [2]event.Time // of the newest and the oldest event
	begun   bool          // startswith was met
	ended   bool          // endswith was met
	matches int           // listed fields that events had, in sum
}

type txnRow struct {
	b     *batch.Batch
	row   int
	batch int // which one came first
}

func newTransacting(s *transaction, w search.World) *transacting {
	return &transacting{
		transaction: s, world: w, open: list.New(), index: map[string][]*txn{}, done: newTransactionRows(s),
		account: w.Memory().Account(), made: w.Memory().Account(),
	}
}

func (o *transacting) Push(ctx context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	in = search.Kept(in)
	o.batches++
	times := in.Column("_time")
	starts, ends := o.marks(o.starts, in), o.marks(o.ends, in)
	o.columns = map[string]*batch.Column{}
	for _, f := range o.fields {
		if c := in.Column(f); c != nil {
			o.columns[f] = c.Coded()
		}
	}
	for r := range in.Len {
		if r%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		var t event.Time
		timed := false
		if times != nil {
			t, timed = times.Time(r)
		}
		if !timed {
			o.orphan(txnRow{in, r, o.batches})
			continue
		}
		o.disorder = o.disorder || o.seen && t > o.last
		o.last, o.seen = t, true
		o.event(txnRow{in, r, o.batches}, t, starts != nil && starts[r], ends != nil && ends[r])
	}
	return o.bounded(ctx, in)
}

func (o *transacting) marks(c *condition, in *batch.Batch) []bool {
	if c == nil {
		return nil
	}
	out := make([]bool, in.Len)
	for _, r := range c.choose(eval.Of(in), batch.AllRows(in.Len)) {
		out[r] = true
	}
	return out
}

// event puts an event into a transaction.
func (o *transacting) event(row txnRow, t event.Time, starts, ends bool) {
	values := o.valuesOf(row.row)
	if len(o.fields) > 0 && len(values) == 0 && (o.unify || !starts && !ends) {
		o.orphan(row)
		return
	}
	x := o.find(values, starts || ends)
	if x != nil && ends {
		o.close(x, false)
		x = nil
	}
	if x != nil && (o.maxSpan > 0 && x.times[0]-t >= o.maxSpan || o.maxPause > 0 && x.times[1]-t > o.maxPause) {
		o.close(x, true)
		x = nil
	}
	if x == nil {
		x = o.begin(t)
	}
	o.join(x, row, t, values)
	x.ended = x.ended || ends
	switch {
	case starts:
		x.begun = true
		o.close(x, true)
	case x.n >= o.maxEvents:
		o.close(x, true)
	default:
		o.bound()
	}
}

// valuesOf is the listed fields that an event has.
func (o *transacting) valuesOf(row int) map[string]string {
	var out map[string]string
	for f, c := range o.columns {
		if !c.IsNull(row) {
			if out == nil {
				out = make(map[string]string, len(o.fields))
			}
			out[f] = c.Text(row)
		}
	}
	return out
}

func indexKey(field, value string) string { return field + "\x00" + value }

// find is the open transaction that an event belongs to: all fields that both
// have agree, and at least one does. Where connected is false, or the event is an
// end that need not have a field, one that shares no field will do.
func (o *transacting) find(values map[string]string, isEnd bool) *txn {
	if len(o.fields) == 0 {
		if e := o.open.Front(); e != nil {
			return e.Value.(*txn)
		}
		return nil
	}
	for _, f := range o.fields {
		v, ok := values[f]
		if !ok {
			continue
		}
		list := o.index[indexKey(f, v)]
		for _, x := range slices.Backward(list) {
			if x.agrees(values) {
				return x
			}
		}
	}
	if o.connected && !(isEnd && !o.unify && len(values) == 0) {
		return nil
	}
	for e := o.open.Front(); e != nil; e = e.Next() {
		if x := e.Value.(*txn); x.agrees(values) {
			return x
		}
	}
	return nil
}

func (x *txn) agrees(values map[string]string) bool {
	for f, v := range values {
		if own, ok := x.values[f]; ok && own != v {
			return false
		}
	}
	return true
}

func (o *transacting) begin(t event.Time) *txn {
	o.begun++
	x := &txn{number: o.begun, values: map[string]string{}, times: [2]event.Time{t, t}}
	x.at = o.open.PushFront(x)
	return x
}

func (o *transacting) join(x *txn, row txnRow, t event.Time, values map[string]string) {
	if o.disk != nil {
		o.disk.event(row.row, x.number)
	} else {
		x.rows = append(x.rows, row)
	}
	x.n++
	x.times[0], x.times[1] = max(x.times[0], t), min(x.times[1], t)
	x.matches += len(values)
	o.members++
	for f, v := range values {
		if _, known := x.values[f]; !known {
			x.values[f] = v
			key := indexKey(f, v)
			o.index[key] = append(o.index[key], x)
		}
	}
	o.open.MoveToFront(x.at)
}

// close takes a transaction out. One that lacks its beginning or its end is
// discarded, unless it is wanted.
func (o *transacting) close(x *txn, closed bool) {
	o.forget(x)
	if o.starts != nil && !x.begun || o.ends != nil && !x.ended {
		closed = false
		if !o.evicted {
			o.discarded = true
			return
		}
	}
	o.finished(x, closed)
}

// finished passes a transaction on.
func (o *transacting) finished(x *txn, closed bool) {
	if o.disk != nil {
		o.disk.end(x, closed)
		return
	}
	o.done.add(x, closed)
}

func (o *transacting) forget(x *txn) {
	o.open.Remove(x.at)
	o.members -= x.n
	for f, v := range x.values {
		key := indexKey(f, v)
		list := slices.DeleteFunc(o.index[key], func(y *txn) bool { return y == x })
		if len(list) == 0 {
			delete(o.index, key)
			continue
		}
		o.index[key] = list
	}
}

// bound evicts transactions that have not grown for longest, when there are too
// many or they hold too many events.
func (o *transacting) bound() {
	for o.open.Len() > o.maxOpen || o.members > o.maxMembers {
		x := o.open.Back().Value.(*txn)
		o.forget(x)
		o.full = true
		if o.evicted {
			o.finished(x, false)
		}
	}
}

func (o *transacting) orphan(row txnRow) {
	if o.orphans {
		o.done.orphan(row)
		if o.disk != nil {
			o.disk.ordered()
		}
	}
}

func (o *transacting) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	for e := o.open.Front(); e != nil; e = o.open.Front() {
		o.close(e.Value.(*txn), false)
	}
	warn := func(text, hint string) {
		m := o.st.Problem(o.st.NameSpan, text, hint)
		m.Severity = diag.Warning
		o.world.Warn(m)
	}
	if o.discarded {
		m := o.st.Problem(o.st.NameSpan, "transactions without their beginning or end were discarded", "keepevicted=true keeps them")
		m.Severity = diag.Info
		o.world.Warn(m)
	}
	if o.full {
		warn("too many transactions were open: those that had not grown for longest were discarded", "keepevicted=true keeps them; maxopentxn= and maxopenevents= allow more; maxspan= or maxpause= closes them sooner")
	}
	if o.disorder {
		warn("transaction needs events newest first, and these are not: what belongs together may be apart", "sort them before: | sort 0 - _time")
	}
	o.account.Release()
	if o.disk != nil {
		return o.disk.finish(ctx, o.done, emit)
	}
	out := o.done.batch()
	if out.Len == 0 {
		return nil
	}
	return emit(out)
}

// values is a cell of the row.
func (r txnRow) values(name string) []string {
	if c := r.b.Column(name); c != nil {
		return c.Values(r.row)
	}
	return nil
}

// lines is how many lines a text has.
func lines(text string) int { return strings.Count(strings.TrimRight(text, "\n"), "\n") + 1 }
