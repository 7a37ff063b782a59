package command

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/spill"
)

// transactionDisk has the events of transactions when they are too many for memory.
// Which event belongs to which transaction is decided in memory as always; events go
// to disk with their transaction's number, and so does what is known of a transaction
// when it is closed. At the end both are brought together by the number, and the rows
// that come of it into order.
type transactionDisk struct {
	*transaction
	memory *spill.Budget
	events *spill.Sorter[[]event.Time] // by number
	ends   *spill.Sorter[[]event.Time] // by number
	rows   *spill.Sorter[[2][]event.Time]
	closed int // how many rows were made so far, or will be of those closed

	at      []int32      // the events of the batch at hand
	numbers []event.Time // their transactions
	pending []transactionEnd
	places  []event.Time // the places of the rows made that are not in rows yet
}

// transactionEnd is a closed transaction without its events.
type transactionEnd struct {
	number, place, matches int
	times                  [2]event.Time
	closed                 bool
}

// Columns of what is on disk.
const (
	numberColumn  = "\x00number"
	beginColumn   = "\x00begin"
	endColumn     = "\x00end"
	matchesColumn = "\x00matches"
	closedColumn  = "\x00closed"
)

// bounded goes over to disk when too much is held, and writes what has come.
func (o *transacting) bounded(ctx context.Context, in *batch.Batch) error {
	if o.disk != nil {
		return o.disk.flush(ctx, in, o.done)
	}
	over := o.account.Keep(in)
	over = o.made.Hold(o.done.size()) || over
	if !over {
		return nil
	}
	// Batches of which no event is left in an open transaction are free already.
	live := o.live()
	o.account.Release()
	over = o.made.Hold(o.done.size())
	for _, b := range live {
		over = o.account.Keep(b.b) || over
	}
	if !over {
		return nil
	}
	return o.toDisk(ctx, live)
}

func (o *transacting) toDisk(ctx context.Context, live []liveBatch) error {
	o.disk = newTransactionDisk(o.transaction, o.world.Memory())
	for e := o.open.Front(); e != nil; e = e.Next() {
		e.Value.(*txn).rows = nil
	}
	for range o.done.times {
		o.disk.ordered()
	}
	for _, b := range live {
		o.disk.at, o.disk.numbers = b.at, b.numbers
		if err := o.disk.flush(ctx, b.b, o.done); err != nil {
			return err
		}
	}
	o.account.Release()
	o.made.Release()
	return o.disk.flush(ctx, batch.New(0), o.done)
}

// liveBatch is a batch with the rows that open transactions hold, in order, and their
// transactions.
type liveBatch struct {
	b       *batch.Batch
	at      []int32
	numbers []event.Time
}

// live is the batches that open transactions have events in, in the order they came:
// a transaction has its events in that order.
func (o *transacting) live() []liveBatch {
	type member struct {
		txnRow
		number int
	}
	var members []member
	for e := o.open.Front(); e != nil; e = e.Next() {
		x := e.Value.(*txn)
		for _, r := range x.rows {
			members = append(members, member{r, x.number})
		}
	}
	slices.SortFunc(members, func(a, b member) int {
		return cmp.Or(cmp.Compare(a.batch, b.batch), cmp.Compare(a.row, b.row))
	})
	var out []liveBatch
	for _, m := range members {
		if len(out) == 0 || out[len(out)-1].b != m.b {
			out = append(out, liveBatch{b: m.b})
		}
		last := &out[len(out)-1]
		last.at, last.numbers = append(last.at, int32(m.row)), append(last.numbers, event.Time(m.number))
	}
	return out
}

func newTransactionDisk(s *transaction, memory *spill.Budget) *transactionDisk {
	return &transactionDisk{
		transaction: s, memory: memory,
		events: spill.NewSorter(memory, byNumber(numberColumn)), ends: spill.NewSorter(memory, byNumber(numberColumn)),
		rows: spill.NewSorter(memory, lastBegunFirst()),
	}
}

// lastBegunFirst is the order of the rows that transactions become.
func lastBegunFirst() spill.By[[2][]event.Time] {
	return spill.By[[2][]event.Time]{
		Keys: func(b *batch.Batch) [2][]event.Time {
			return [2][]event.Time{b.Column(beginColumn).Times, b.Column(numberColumn).Times}
		},
		Compare: func(a [2][]event.Time, i int32, b [2][]event.Time, j int32) int {
			return cmp.Or(cmp.Compare(b[0][j], a[0][i]), cmp.Compare(a[1][i], b[1][j]))
		},
	}
}

// event notes that a row of the batch at hand belongs to a transaction.
func (d *transactionDisk) event(row, number int) {
	d.at, d.numbers = append(d.at, int32(row)), append(d.numbers, event.Time(number))
}

// end notes that a transaction is closed.
func (d *transactionDisk) end(x *txn, closed bool) {
	d.pending = append(d.pending, transactionEnd{x.number, d.closed, x.matches, x.times, closed})
	d.closed++
}

// ordered gives the row that was made last its place.
func (d *transactionDisk) ordered() {
	d.places = append(d.places, event.Time(d.closed))
	d.closed++
}

// flush writes what was noted of a batch.
func (d *transactionDisk) flush(ctx context.Context, in *batch.Batch, done *transactionRows) error {
	if len(d.at) > 0 {
		b := in.Gather(d.at)
		b = b.With(numberColumn, &batch.Column{Times: d.numbers})
		d.at, d.numbers = nil, nil
		if err := d.events.Add(ctx, b); err != nil {
			return err
		}
	}
	if len(d.pending) > 0 {
		b := endsBatch(d.pending)
		d.pending = nil
		if err := d.ends.Add(ctx, b); err != nil {
			return err
		}
	}
	return d.flushRows(ctx, done)
}

// flushRows writes the rows that were made.
func (d *transactionDisk) flushRows(ctx context.Context, done *transactionRows) error {
	b := done.rows()
	if b.Len == 0 {
		return nil
	}
	b = b.With(beginColumn, &batch.Column{Times: done.times}).With(numberColumn, &batch.Column{Times: d.places})
	*done = *newTransactionRows(d.transaction)
	d.places = nil
	return d.rows.Add(ctx, b)
}

func endsBatch(list []transactionEnd) *batch.Batch {
	b := batch.New(len(list))
	for name, of := range map[string]func(transactionEnd) event.Time{
		numberColumn:  func(e transactionEnd) event.Time { return event.Time(e.number) },
		placeColumn:   func(e transactionEnd) event.Time { return event.Time(e.place) },
		matchesColumn: func(e transactionEnd) event.Time { return event.Time(e.matches) },
		beginColumn:   func(e transactionEnd) event.Time { return e.times[1] },
		endColumn:     func(e transactionEnd) event.Time { return e.times[0] },
		closedColumn: func(e transactionEnd) event.Time {
			if e.closed {
				return 1
			}
			return 0
		},
	} {
		c := &batch.Column{Times: make([]event.Time, len(list))}
		for i, e := range list {
			c.Times[i] = of(e)
		}
		b.Set(name, c)
	}
	return b
}

func endOf(b *batch.Batch, row int) transactionEnd {
	at := func(name string) event.Time { return b.Column(name).Times[row] }
	return transactionEnd{
		int(at(numberColumn)), int(at(placeColumn)), int(at(matchesColumn)), [2]event.Time{at(endColumn), at(beginColumn)}, at(closedColumn) == 1,
	}
}

// finish makes a row of each closed transaction and gives the rows in order.
func (d *transactionDisk) finish(ctx context.Context, done *transactionRows, emit func(*batch.Batch) error) error {
	if err := d.flush(ctx, batch.New(0), done); err != nil {
		return err
	}
	next, stop := iter.Pull2(d.groups(ctx))
	defer stop()
	err := d.ends.Each(ctx, func(b *batch.Batch) error {
		for r := range b.Len {
			if err := d.row(ctx, endOf(b, r), next, done); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = d.flushRows(ctx, done)
	}
	if err != nil {
		return err
	}
	return d.rows.Each(ctx, func(b *batch.Batch) error {
		return emit(b.With(beginColumn, nil).With(numberColumn, nil))
	})
}

// madeRows is how many rows are made before they are written.
const madeRows = 1024

// row makes the row of a transaction. Those before it that have events and no end
// were discarded.
func (d *transactionDisk) row(ctx context.Context, end transactionEnd, next func() (transactionEvents, error, bool), done *transactionRows) error {
	for {
		t, err, ok := next()
		switch {
		case err != nil:
			return err
		case !ok:
			return nil
		case t.number < end.number:
			continue
		}
		done.add(&txn{rows: t.rows, times: end.times, matches: end.matches}, end.closed)
		d.places = append(d.places, event.Time(end.place))
		if len(d.places) >= madeRows {
			return d.flushRows(ctx, done)
		}
		return nil
	}
}

// transactionEvents are the events of a transaction, newest first.
type transactionEvents struct {
	number int
	rows   []txnRow
}

// groups is the events that were written, transaction by transaction.
func (d *transactionDisk) groups(ctx context.Context) iter.Seq2[transactionEvents, error] {
	return func(yield func(transactionEvents, error) bool) {
		var one transactionEvents
		stopped := false
		err := d.events.Each(ctx, func(b *batch.Batch) error {
			numbers := b.Column(numberColumn).Times
			b = b.With(numberColumn, nil)
			for r, n := range numbers {
				if int(n) != one.number && len(one.rows) > 0 {
					if stopped = !yield(one, nil); stopped {
						return context.Canceled
					}
					one.rows = nil
				}
				one.number = int(n)
				one.rows = append(one.rows, txnRow{b, r, 0})
			}
			return nil
		})
		switch {
		case stopped:
		case err != nil:
			yield(transactionEvents{}, err)
		case len(one.rows) > 0:
			yield(one, nil)
		}
	}
}
