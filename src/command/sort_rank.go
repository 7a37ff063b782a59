package command

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strings"

	"riskreplay/src/batch"
)

// rankedOrder is the order of rows by the ranks of their values, where every field's
// values have one order that all pairs agree on; else nil. Ranks of several fields go
// into one number, and rows are put in order of the last number first.
func rankedOrder(columns []sortColumn, n int) []int32 {
	keys := make([]rowKeys, 0, len(columns))
	for i := range columns {
		k, ok := columns[i].rowKeys(n)
		if !ok {
			return nil
		}
		keys = append(keys, k)
	}
	rows := batch.AllRows(n)
	for len(keys) > 0 {
		last := len(keys) - 1
		word, width := keys[last].key, keys[last].bits
		for last > 0 && width+keys[last-1].bits <= 64 {
			last--
			for r, k := range keys[last].key {
				word[r] |= k << width
			}
			width += keys[last].bits
		}
		rows = radix(rows, word, width)
		keys = keys[:last]
	}
	return rows
}

// rowKeys is a number of each row, of so many bits, that orders rows by a field.
type rowKeys struct {
	key  []uint64
	bits int
}

func (c *sortColumn) rowKeys(n int) (rowKeys, bool) {
	out := rowKeys{key: make([]uint64, n)}
	switch {
	case c.times != nil:
		out.bits = 64
		for r, t := range c.times {
			out.key[r] = floatKey(t.Seconds(), c.desc)
		}
	case c.values != nil:
		ranks, top, ok := c.ranks()
		if !ok {
			return out, false
		}
		out.bits = bits.Len32(top)
		for r, code := range c.codes {
			out.key[r] = uint64(ranks[code])
		}
	}
	return out, true
}

// floatKey orders as the number does, no NaN among them.
func floatKey(x float64, desc bool) uint64 {
	k := math.Float64bits(x)
	if k>>63 == 1 {
		k = ^k
	} else {
		k |= 1 << 63
	}
	if desc {
		return ^k
	}
	return k
}

// ranks is the place of each distinct value, by code, and the last place, which is
// null's. It is not ok when values of several kinds are compared by pairs: such an
// order may go in a circle.
func (c *sortColumn) ranks() (ranks []uint32, top uint32, ok bool) {
	codes := make([]batch.Code, 0, len(c.values))
	numbers, addresses := 0, 0
	for code := range c.values {
		v := &c.values[code]
		if !v.present {
			continue
		}
		codes = append(codes, batch.Code(code))
		if v.isNum {
			numbers++
		}
		if v.isAddr {
			addresses++
		}
	}
	plain := numbers == 0 && addresses == 0
	if c.as == "auto" && !plain && numbers != len(codes) && addresses != len(codes) {
		return nil, 0, false
	}
	if plain {
		c.byText(codes)
	} else {
		slices.SortFunc(codes, func(a, b batch.Code) int { return c.values[a].compare(&c.values[b], c.as) })
	}
	ranks = make([]uint32, len(c.values))
	for i, code := range codes {
		if i > 0 && c.values[codes[i-1]].compare(&c.values[code], c.as) != 0 {
			top++
		}
		ranks[code] = top
	}
	if c.desc {
		for _, code := range codes {
			ranks[code] = top - ranks[code]
		}
	}
	if len(codes) > 0 {
		top++
	}
	for code := range c.values {
		if !c.values[code].present {
			ranks[code] = top
		}
	}
	return ranks, top, true
}

// byText orders codes by their texts, most of which are told apart by the eight bytes
// behind what all begin with.
func (c *sortColumn) byText(codes []batch.Code) {
	if len(codes) == 0 {
		return
	}
	common := c.values[codes[0]].text
	for _, code := range codes {
		text := c.values[code].text
		common = common[:min(len(common), len(text))]
		for common != text[:len(common)] {
			common = common[:len(common)-1]
		}
	}
	type entry struct {
		head uint64
		code batch.Code
	}
	list := make([]entry, len(codes))
	for i, code := range codes {
		var head [8]byte
		copy(head[:], c.values[code].text[len(common):])
		list[i] = entry{binary.BigEndian.Uint64(head[:]), code}
	}
	slices.SortFunc(list, func(a, b entry) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return strings.Compare(c.values[a.code].text, c.values[b.code].text)
	})
	for i, e := range list {
		codes[i] = e.code
	}
}

// radix is the rows in order of their keys' lowest bits; those with equal keys stay as
// they are.
func radix(rows []int32, key []uint64, width int) []int32 {
	const digit = 11
	out := make([]int32, len(rows))
	for shift := 0; shift < width; shift += digit {
		var count [1 << digit]int
		for _, k := range key {
			count[k>>shift&(1<<digit-1)]++
		}
		if slices.Contains(count[:], len(rows)) {
			continue // all rows have the same digit
		}
		at := 0
		for d, n := range count {
			count[d] = at
			at += n
		}
		for _, r := range rows {
			d := key[r] >> shift & (1<<digit - 1)
			out[count[d]] = r
			count[d]++
		}
		rows, out = out, rows
	}
	return rows
}
