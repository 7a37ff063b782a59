package eval

import (
	"slices"

	"riskreplay/src/batch"
)

// inputs is the columns of a part's fields over some rows, and its values: once
// per distinct tuple of codes.
type inputs struct {
	part
	columns []*batch.Column // by place in part.fields; nil where no row has the field
	row     row
	at      int32 // the row at hand
	codes   []batch.Code
}

// open gets the columns of a part's fields. fields is the number of fields of
// the whole expression.
func open(p part, names []string, c Columns, rows []int32) *inputs {
	in := &inputs{part: p, columns: make([]*batch.Column, len(p.fields)), codes: make([]batch.Code, len(p.fields))}
	place := make([]int, len(names))
	for i, f := range p.fields {
		in.columns[i] = c.Column(names[f], rows)
		place[f] = i
	}
	in.row = row{cache: make([]Value, len(names)), have: make([]bool, len(names))}
	in.row.field = func(f int) Value { return in.cell(place[f]) }
	return in
}

func (in *inputs) cell(i int) Value {
	c := in.columns[i]
	switch {
	case c == nil:
		return Value{}
	case c.Codes != nil:
		return dictValue(c.Dict, in.codes[i])
	case c.Bytes != nil:
		v := bytesCell(c.Bytes[in.at])
		if v.null {
			return Value{}
		}
		return FieldText(v.one.s)
	}
	return FieldText(c.Text(int(in.at)))
}

func dictValue(d *batch.Dict, code batch.Code) Value {
	switch {
	case code == 0:
		return Value{}
	case d.Multi(code) != nil:
		return Value{kind: Multi, list: d.Values(code)}
	}
	return FieldText(d.Text(code))
}

// values gives the value of one row after the other.
func (in *inputs) value(r int32) Value {
	in.at = r
	for i, c := range in.columns {
		if c != nil && c.Codes != nil {
			in.codes[i] = c.Codes[r]
		}
	}
	clear(in.row.have)
	return in.eval(&in.row)
}

// coded tells whether every column is in dictionary form.
func (in *inputs) coded() bool {
	return !slices.ContainsFunc(in.columns, func(c *batch.Column) bool { return c != nil && c.Codes == nil })
}

// present is the columns that are there.
func (in *inputs) present() []*batch.Column {
	return slices.DeleteFunc(slices.Clone(in.columns), func(c *batch.Column) bool { return c == nil })
}

// each calls compute once for each distinct tuple of the rows' codes, and put
// for every row with what compute gave.
func each[T any](in *inputs, rows []int32, volatile bool, compute func(Value) T, put func(r int32, x T)) {
	columns := in.present()
	switch {
	case volatile || !in.coded():
		for _, r := range rows {
			put(r, compute(in.value(r)))
		}
	case len(columns) == 0:
		x := compute(in.value(rows[0]))
		for _, r := range rows {
			put(r, x)
		}
	case len(columns) == 1:
		eachCode(in, columns[0], rows, compute, put)
	default:
		eachTuple(in, columns, rows, compute, put)
	}
}

func eachCode[T any](in *inputs, c *batch.Column, rows []int32, compute func(Value) T, put func(int32, T)) {
	n := c.Dict.Len()
	if n > 8*len(rows) {
		for _, r := range rows {
			put(r, compute(in.value(r)))
		}
		return
	}
	memo, known := make([]T, n), make([]bool, n)
	for _, r := range rows {
		code := c.Codes[r]
		if !known[code] {
			memo[code], known[code] = compute(in.value(r)), true
		}
		put(r, memo[code])
	}
}

func eachTuple[T any](in *inputs, columns []*batch.Column, rows []int32, compute func(Value) T, put func(int32, T)) {
	t := newTuples(columns)
	var memo []T
	for _, r := range rows {
		i := t.number(r)
		if i == len(memo) {
			memo = append(memo, compute(in.value(r)))
		}
		put(r, memo[i])
	}
}

// tuples numbers the distinct tuples of codes of some columns, in order of
// appearance.
type tuples struct {
	columns []*batch.Column
	codes   []batch.Code // of every tuple, one after the other
	table   []int32      // by hash: number+1, 0 is free; its length is a power of two
	count   int
	key     []batch.Code
}

func newTuples(columns []*batch.Column) *tuples {
	return &tuples{columns: columns, table: make([]int32, 64), key: make([]batch.Code, len(columns))}
}

// number is the number of a row's tuple; a new one has the next.
func (t *tuples) number(r int32) int {
	for i, c := range t.columns {
		t.key[i] = c.Codes[r]
	}
	if 2*t.count >= len(t.table) {
		t.grow()
	}
	slot, found := t.find(t.key)
	if found {
		return int(t.table[slot]) - 1
	}
	t.count++
	t.table[slot] = int32(t.count)
	t.codes = append(t.codes, t.key...)
	return t.count - 1
}

func (t *tuples) find(key []batch.Code) (slot uint64, found bool) {
	mask := uint64(len(t.table) - 1)
	for slot = hashCodes(key) & mask; ; slot = (slot + 1) & mask {
		n := int(t.table[slot])
		if n == 0 {
			return slot, false
		}
		if k := len(key); slices.Equal(t.codes[(n-1)*k:n*k], key) {
			return slot, true
		}
	}
}

func (t *tuples) grow() {
	t.table = make([]int32, 4*len(t.table))
	k := len(t.columns)
	for n := range t.count {
		slot, _ := t.find(t.codes[n*k : (n+1)*k])
		t.table[slot] = int32(n + 1)
	}
}

func hashCodes(key []batch.Code) uint64 {
	h := uint64(len(key))
	for _, c := range key {
		h = (h ^ uint64(c)) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h
}
