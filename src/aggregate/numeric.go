package aggregate

import (
	"math"
	"strconv"

	"riskreplay/src/batch"
)

// fold is a function of numbers, given them one by one.
type fold interface {
	grow(n int)
	// fold takes a number of a group below the last grow.
	fold(group int32, x float64)
	// result is the group's number, if it has one. Groups are asked in order.
	result(group int) (float64, bool)
}

// numeric feeds the numbers among a column's values to a fold, and prints what
// it gives. What is no number is skipped, or voids the group (allnum).
type numeric struct {
	fold
	numbers numbers
	allnum  bool
	void    []bool
}

func numericOf(f func(o Options) fold) func(Options) Accumulator {
	return func(o Options) Accumulator { return &numeric{fold: f(o), allnum: o.AllNum} }
}

func (a *numeric) Add(c *batch.Column, in Rows) {
	a.grow(in.N)
	if c == nil || len(in.Rows) == 0 {
		return
	}
	if c.Times != nil {
		for i, r := range in.Rows {
			a.fold.fold(in.Groups[i], c.Times[r].Seconds())
		}
		return
	}
	col, rows := coded(c, in.Rows)
	table := a.numbers.of(col.Dict)
	for i, r := range rows {
		code := col.Codes[r]
		if code == 0 {
			continue
		}
		switch x, kind := table.at(code); kind {
		case isNumber:
			a.fold.fold(in.Groups[i], x)
		case isText:
			a.bad(in.Groups[i])
		default:
			a.addAll(table, col.Dict.Multi(code), in.Groups[i])
		}
	}
}

func (a *numeric) addAll(table *numberTable, list []batch.Code, group int32) {
	for _, code := range list {
		if x, kind := table.at(code); kind == isNumber {
			a.fold.fold(group, x)
		} else {
			a.bad(group)
		}
	}
}

func (a *numeric) bad(group int32) {
	if a.allnum {
		a.void = grow(a.void, int(group)+1)
		a.void[group] = true
	}
}

func (a *numeric) Column(n int) *batch.Column {
	a.grow(n)
	a.void = grow(a.void, n)
	out := newCells(n)
	for g := range n {
		if x, ok := a.result(g); ok && !a.void[g] {
			out.number(g, x)
		}
	}
	return out.Column
}

// Kinds of a dictionary's entry.
const (
	unread uint8 = iota
	isNumber
	isText
	isMulti
)

// numbers knows the numbers of dictionaries' entries.
type numbers struct {
	last *numberTable
	all  map[*batch.Dict]*numberTable
}

type numberTable struct {
	dict  *batch.Dict
	nums  []float64
	kinds []uint8
}

// maxTables bounds what is remembered: a search that reads very many
// dictionaries reads each of them only once anyhow.
const maxTables = 64

func (n *numbers) of(d *batch.Dict) *numberTable {
	if n.last == nil || n.last.dict != d {
		if n.all == nil || len(n.all) >= maxTables {
			n.all = map[*batch.Dict]*numberTable{}
		}
		t := n.all[d]
		if t == nil {
			t = &numberTable{dict: d}
			n.all[d] = t
		}
		n.last = t
	}
	n.last.nums, n.last.kinds = grow(n.last.nums, d.Len()), grow(n.last.kinds, d.Len())
	return n.last
}

func (t *numberTable) at(c batch.Code) (float64, uint8) {
	if t.kinds[c] == unread {
		t.read(c)
	}
	return t.nums[c], t.kinds[c]
}

func (t *numberTable) read(c batch.Code) {
	if t.dict.Multi(c) != nil {
		t.kinds[c] = isMulti
		return
	}
	x, ok := t.dict.Num(c)
	t.nums[c], t.kinds[c] = x, isText
	if ok {
		t.kinds[c] = isNumber
	}
}

// coded is a column in dictionary form and where in it the rows are. Only the
// rows' cells are made when it is not in that form.
func coded(c *batch.Column, rows []int32) (*batch.Column, []int32) {
	if c.Codes != nil {
		return c, rows
	}
	return c.Gather(rows).Coded(), batch.AllRows(len(rows))
}

// cells is a column of results under construction, one cell a group.
type cells struct {
	*batch.Column
	small [1024]batch.Code // the codes of small counts
	text  []byte
}

func newCells(n int) *cells { return &cells{Column: batch.Nulls(n)} }

func (c *cells) number(group int, x float64) {
	if x >= 0 && x < float64(len(c.small)) && x == math.Trunc(x) && !math.Signbit(x) {
		c.count(group, int64(x))
		return
	}
	c.text = AppendNumber(c.text[:0], x)
	c.Codes[group] = c.Dict.AddBytes(c.text)
}

func (c *cells) count(group int, n int64) {
	if n < 0 || n >= int64(len(c.small)) {
		c.text = strconv.AppendInt(c.text[:0], n, 10)
		c.Codes[group] = c.Dict.AddBytes(c.text)
		return
	}
	if c.small[n] == 0 {
		c.text = strconv.AppendInt(c.text[:0], n, 10)
		c.small[n] = c.Dict.AddBytes(c.text)
	}
	c.Codes[group] = c.small[n]
}

// AppendNumber prints a number as stats does (rule F3): the shortest decimal
// that reads back the same, integers without a point, "nan", "inf", "-inf".
func AppendNumber(dst []byte, x float64) []byte {
	switch {
	case math.IsNaN(x):
		return append(dst, "nan"...)
	case math.IsInf(x, 1):
		return append(dst, "inf"...)
	case math.IsInf(x, -1):
		return append(dst, "-inf"...)
	case x == 0:
		return append(dst, '0')
	}
	return strconv.AppendFloat(dst, x, 'f', -1, 64)
}
