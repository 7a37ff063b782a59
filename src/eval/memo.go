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
	full    bool // no more values are wanted
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
	return fieldTime(c.Times[in.at])
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

// value is the value for a row.
func (in *inputs) value(r int32) Value {
	if in.full {
		return Value{}
	}
	in.at = r
	for i, c := range in.columns {
		if c != nil && c.Codes != nil {
			in.codes[i] = c.Codes[r]
		}
	}
	clear(in.row.have)
	return in.eval(&in.row)
}

// single is the only column that is there, when it is in dictionary form and
// nothing but its code decides the value.
func (in *inputs) single() (c *batch.Column, i int) {
	for j, col := range in.columns {
		switch {
		case col == nil:
		case c != nil || col.Codes == nil:
			return nil, 0
		default:
			c, i = col, j
		}
	}
	return c, i
}

// valueOf is the value for a code of the single column.
func (in *inputs) valueOf(i int, code batch.Code) Value {
	if in.full {
		return Value{}
	}
	in.codes[i] = code
	clear(in.row.have)
	return in.eval(&in.row)
}

// coded tells whether every column is in dictionary form.
func (in *inputs) coded() bool {
	return !slices.ContainsFunc(in.columns, func(c *batch.Column) bool { return c != nil && c.Codes == nil })
}

// each calls compute once for each distinct tuple of the rows' codes, and put
// for every row with what compute gave.
func each[T any](in *inputs, rows []int32, volatile bool, compute func(Value) T, put func(r int32, x T)) {
	if volatile || !in.coded() {
		for _, r := range rows {
			put(r, compute(in.value(r)))
		}
		return
	}
	t := newTuples(in.columns, len(rows))
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
// appearance: by one array where that is small beside the rows, else by a hash
// table.
type tuples struct {
	codes [][]batch.Code
	count int

	dense []int32 // number+1 by the codes' place among all tuples
	sizes []int

	keys  []batch.Code // of every tuple, one after the other
	table []int32      // number+1 by hash, 0 is free; its length is a power of two
	key   []batch.Code
}

func newTuples(columns []*batch.Column, rows int) *tuples {
	t := &tuples{}
	all := 1
	for _, c := range columns {
		if c != nil {
			t.codes, t.sizes = append(t.codes, c.Codes), append(t.sizes, c.Dict.Len())
			all = min(all*c.Dict.Len(), 1<<31)
		}
	}
	if all <= 2*rows {
		t.dense = make([]int32, all)
		return t
	}
	t.table, t.key = make([]int32, 64), make([]batch.Code, len(t.codes))
	return t
}

// number is the number of a row's tuple; a new one has the next.
func (t *tuples) number(r int32) int {
	if t.dense == nil {
		return t.hashed(r)
	}
	at := 0
	for i, codes := range t.codes {
		at = at*t.sizes[i] + int(codes[r])
	}
	if t.dense[at] == 0 {
		t.count++
		t.dense[at] = int32(t.count)
	}
	return int(t.dense[at]) - 1
}

func (t *tuples) hashed(r int32) int {
	for i, codes := range t.codes {
		t.key[i] = codes[r]
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
	t.keys = append(t.keys, t.key...)
	return t.count - 1
}

func (t *tuples) find(key []batch.Code) (slot uint64, found bool) {
	mask := uint64(len(t.table) - 1)
	for slot = hashCodes(key) & mask; ; slot = (slot + 1) & mask {
		n := int(t.table[slot])
		if n == 0 {
			return slot, false
		}
		if k := len(key); slices.Equal(t.keys[(n-1)*k:n*k], key) {
			return slot, true
		}
	}
}

func (t *tuples) grow() {
	t.table = make([]int32, 4*len(t.table))
	k := len(t.codes)
	for n := range t.count {
		slot, _ := t.find(t.keys[n*k : (n+1)*k])
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
