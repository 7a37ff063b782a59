package command

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// transactionRows are the rows that transactions become.
type transactionRows struct {
	*transaction
	times   []event.Time
	timed   []bool
	names   []string
	columns map[string]*batch.Column
}

func newTransactionRows(s *transaction) *transactionRows {
	return &transactionRows{transaction: s, columns: map[string]*batch.Column{}}
}

func (t *transactionRows) set(name string, values ...string) {
	if len(values) == 0 {
		return
	}
	c := t.columns[name]
	if c == nil {
		c = batch.Nulls(0)
		t.columns[name] = c
		t.names = append(t.names, name)
	}
	row := len(t.times) - 1
	c.Codes = append(c.Codes, make([]batch.Code, row+1-len(c.Codes))...)
	c.Codes[row] = c.Dict.AddValues(values)
}

func (t *transactionRows) begin(at event.Time, timed bool) {
	t.times, t.timed = append(t.times, at), append(t.timed, timed)
}

// add makes a row of a transaction, its events in order of time.
func (t *transactionRows) add(x *txn, closed bool) {
	t.begin(x.times[1], true)
	rows := slices.Clone(x.rows)
	slices.Reverse(rows)
	var names []string
	for i, r := range rows {
		if i > 0 && rows[i-1].b == r.b {
			continue
		}
		for _, n := range r.b.Names {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	for _, n := range names {
		if !internal(n) {
			t.set(n, t.field(n, rows)...)
		}
	}
	t.raws(rows)
	number := func(n int) string { return strconv.Itoa(n) }
	t.set("duration", shortest((x.times[0] - x.times[1]).Seconds()))
	t.set("eventcount", number(len(rows)))
	t.set("field_match_sum", number(x.matches))
	t.set("closed_txn", map[bool]string{true: "1", false: "0"}[closed])
}

// field is a field's distinct values in byte order, or all in order of time; of a
// field that no event has, none.
func (t *transactionRows) field(name string, rows []txnRow) []string {
	list := t.lists && (len(t.listed) == 0 || slices.Contains(t.listed, name))
	var out []string
	some := false
	for _, r := range rows {
		values := r.values(name)
		some = some || len(values) > 0
		if list && len(values) == 0 {
			values = []string{t.null}
		}
		out = append(out, values...)
	}
	switch {
	case !some:
		return nil
	case list:
		return out
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (t *transactionRows) raws(rows []txnRow) {
	var texts []string
	n := 0
	for _, r := range rows {
		for _, v := range r.values("_raw") {
			texts = append(texts, v)
			n += lines(v)
		}
	}
	if len(texts) == 0 {
		return
	}
	t.set("linecount", strconv.Itoa(n))
	if t.raw {
		t.set("_raw", texts...)
		return
	}
	t.set("_raw", strings.Join(texts, "\n"))
}

// orphan passes an event on that belongs to no transaction.
func (t *transactionRows) orphan(r txnRow) {
	at, ok := event.Time(0), false
	if c := r.b.Column("_time"); c != nil {
		at, ok = c.Time(r.row)
	}
	t.begin(at, ok)
	for _, n := range r.b.Names {
		if n != "_time" {
			t.set(n, r.values(n)...)
		}
	}
	t.set("_txn_orphan", "1")
}

// batch is the rows, those that began last first.
func (t *transactionRows) batch() *batch.Batch {
	out := t.rows()
	order := batch.AllRows(out.Len)
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(t.times[b], t.times[a]) })
	return out.Gather(order)
}

// rows is the rows in the order they were made.
func (t *transactionRows) rows() *batch.Batch {
	n := len(t.times)
	out := batch.New(n)
	if n == 0 {
		return out
	}
	times := batch.Nulls(n)
	for r, at := range t.times {
		if t.timed[r] {
			times.Codes[r] = times.Dict.Add(at.String())
		}
	}
	if !slices.Contains(t.timed, false) {
		times = &batch.Column{Times: t.times}
	}
	out.Set("_time", times)
	for _, name := range t.names {
		c := t.columns[name]
		c.Codes = append(c.Codes, make([]batch.Code, n-len(c.Codes))...)
		out.Set(name, c)
	}
	return out
}

// size is about how many bytes the rows take.
func (t *transactionRows) size() int64 {
	size := int64(16 * len(t.times))
	for _, c := range t.columns {
		size += c.Dict.Size() + int64(4*len(c.Codes))
	}
	return size
}
