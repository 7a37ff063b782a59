package eval

import (
	"slices"
	"unsafe"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// leaf is a condition on one field.
type leaf struct {
	field int
	name  string
	condition
	null bool              // what the condition says of an absent field
	low  func(string) bool // and of a single value by its folded text; nil when that does not decide
}

func newLeaf(field int, name string, c condition) *leaf {
	return &leaf{field: field, name: name, condition: c, null: c.holds(&cell{null: true}), low: lowTest(c)}
}

func (l *leaf) of(row func(int) cell) bool {
	c := row(l.field)
	return l.holds(&c)
}

// estimate of a column that is there counts its distinct values: the condition
// is asked once for each, and a row then costs a look-up.
func (l *leaf) estimate(c Columns, rows []int32) cost {
	if x := c.Cost(l.name); x > 0 {
		return cost{x, len(rows) * l.weight()}
	}
	col := c.Column(l.name, rows)
	switch {
	case col == nil:
		return cost{}
	case col.Codes != nil:
		return cost{0, len(rows) + 16*l.weight()*min(col.Dict.Len(), len(rows))}
	}
	return cost{0, 64 * l.weight() * len(rows)}
}

func (l *leaf) pick(c Columns, rows []int32) []int32 {
	col := c.Column(l.name, rows)
	switch {
	case col == nil:
		return truth(l.null).pick(c, rows)
	case col.Codes != nil:
		return l.pickCodes(col, rows)
	case col.Times != nil:
		return l.pickTimes(col.Times, rows)
	}
	return l.pickBytes(col.Bytes, rows)
}

// pickBytes folds each text in one buffer.
func (l *leaf) pickBytes(bytes [][]byte, rows []int32) []int32 {
	var buf []byte
	return filter(rows, func(r int32) bool {
		v := bytesCell(bytes[r])
		if n := len(v.one.s); n > 0 {
			buf = slices.Grow(buf[:0], n)[:n]
			if foldASCII(buf, v.one.s) {
				v.one.low, v.one.folded = unsafe.String(&buf[0], n), true
			}
		}
		return l.holds(&v)
	})
}

// bytesCell is an event's text, not copied.
func bytesCell(b []byte) cell {
	if b == nil {
		return cell{null: true}
	}
	return cell{one: text{s: unsafe.String(unsafe.SliceData(b), len(b))}}
}

func (l *leaf) pickCodes(col *batch.Column, rows []int32) []int32 {
	folded := col.Dict.FoldedFor(len(rows))
	v := new(cell)
	return pickCodes(col, rows, func(code batch.Code) bool {
		switch {
		case code == 0:
			return l.null
		case folded != nil && l.low != nil && col.Dict.Multi(code) == nil:
			return l.low(folded[code])
		}
		*v = dictCell(col.Dict, code, folded)
		return l.holds(v)
	})
}

// pickCodes asks once per distinct value: beforehand for a small dictionary,
// else when a row has it.
func pickCodes(col *batch.Column, rows []int32, holds func(batch.Code) bool) []int32 {
	codes, n := col.Codes, col.Dict.Len()
	switch {
	case n <= len(rows)/4:
		return pickKnown(codes, rows, ask(n, holds))
	case n <= 8*len(rows):
		memo := make([]answer, n)
		return filter(rows, func(r int32) bool {
			code := codes[r]
			if memo[code] == 0 {
				memo[code] = answerOf(holds(code))
			}
			return memo[code] == yes
		})
	}
	return filter(rows, func(r int32) bool { return holds(codes[r]) })
}

// answer is what a memo knows of a value: nothing, no, or yes.
type answer uint8

const (
	no answer = 1 + iota
	yes
)

func answerOf(b bool) answer {
	if b {
		return yes
	}
	return no
}

// ask gives 1 for each code that holds, else 0.
func ask(n int, holds func(batch.Code) bool) []uint8 {
	out := make([]uint8, n)
	for code := range out {
		if holds(batch.Code(code)) {
			out[code] = 1
		}
	}
	return out
}

// pickKnown gives the rows whose code has a 1.
func pickKnown(codes []batch.Code, rows []int32, known []uint8) []int32 {
	switch ones := count(known); ones {
	case 0:
		return nil
	case len(known):
		return rows
	}
	var out []int32
	for len(rows) > 0 {
		part := rows[:min(len(rows), partSize)]
		rows = rows[len(part):]
		if first, n := part[0], len(part); int(part[n-1]-first) == n-1 {
			out = pickRun(out, codes[first:int(first)+n], first, known)
		} else {
			out = pickPart(out, codes, part, known)
		}
	}
	return out
}

const partSize = 1024

// pickPart gathers rows without a branch in a small buffer, so that the cost
// does not depend on how many there are.
func pickPart(out []int32, codes []batch.Code, rows []int32, known []uint8) []int32 {
	var buf [partSize]int32
	n := 0
	for _, r := range rows {
		buf[n&(partSize-1)] = r
		n += int(known[codes[r]])
	}
	return append(out, buf[:n]...)
}

// pickRun is pickPart for rows without gaps from first on: eight rows of which
// none holds are passed over with one branch.
func pickRun(out []int32, codes []batch.Code, first int32, known []uint8) []int32 {
	var buf [partSize]int32
	n := 0
	for len(codes) >= 8 {
		c := codes[:8:8]
		a, b, d, e := known[c[0]], known[c[1]], known[c[2]], known[c[3]]
		f, g, h, i := known[c[4]], known[c[5]], known[c[6]], known[c[7]]
		if a|b|d|e|f|g|h|i != 0 {
			for j, k := range [8]uint8{a, b, d, e, f, g, h, i} {
				buf[n&(partSize-1)] = first + int32(j)
				n += int(k)
			}
		}
		codes, first = codes[8:], first+8
	}
	for j, code := range codes {
		buf[n&(partSize-1)] = first + int32(j)
		n += int(known[code])
	}
	return append(out, buf[:n]...)
}

func count(known []uint8) int {
	n := 0
	for _, k := range known {
		n += int(k)
	}
	return n
}

func filter(rows []int32, keep func(int32) bool) []int32 {
	var out []int32
	for i, r := range rows {
		if keep(r) {
			if out == nil {
				out = make([]int32, 0, min(len(rows)-i, 256))
			}
			out = append(out, r)
		}
	}
	if len(out) == len(rows) {
		return rows
	}
	return out
}

// pickTimes compares times as numbers, and else takes them as the texts that
// people see.
func (l *leaf) pickTimes(times []event.Time, rows []int32) []int32 {
	if _, ok := l.condition.(exists); ok {
		return rows
	}
	if c, ok := l.condition.(*is); ok {
		if o, ok := c.check.(ordered); ok && o.isTime {
			return filter(rows, func(r int32) bool { return orderHolds(o.op, times[r], o.time) })
		}
	}
	var buf [32]byte
	var last event.Time
	var known answer
	return filter(rows, func(r int32) bool {
		if known == 0 || times[r] != last {
			last = times[r]
			v := bytesCell(last.Append(buf[:0]))
			known = answerOf(l.holds(&v))
		}
		return known == yes
	})
}
