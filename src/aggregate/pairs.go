package aggregate

import (
	"cmp"
	"slices"

	"riskreplay/src/batch"
)

// texts gives the plain values of columns as codes of one dictionary.
type texts struct {
	dict *batch.Dict
	tr   *batch.Translator
}

func newTexts() texts {
	d := batch.NewDict()
	return texts{d, batch.NewTranslator(d)}
}

// each calls f with every value in the rows, those of a multivalue one by one;
// i is the place of the row in in.Rows.
func (t texts) each(c *batch.Column, in Rows, f func(i int, value batch.Code)) {
	if c == nil {
		return
	}
	col, rows := coded(c, in.Rows)
	if len(rows) == 0 {
		return
	}
	tr := t.tr.From(col.Dict)
	multi := col.Dict.HasMulti()
	for i, r := range rows {
		code := col.Codes[r]
		if code == 0 {
			continue
		}
		if multi {
			if list := col.Dict.Multi(code); list != nil {
				for _, v := range list {
					f(i, tr.Code(v))
				}
				continue
			}
		}
		f(i, tr.Code(code))
	}
}

// pairs is the distinct (group, value) pairs, in the order first seen.
type pairs struct {
	texts
	keys  []uint64 // group<<32 | value
	slots []uint32 // index in keys, plus one
	shift uint
}

func newPairs() pairs { return pairs{texts: newTexts(), slots: make([]uint32, 64), shift: 64 - 6} }

// hashFactor is 2^64 divided by the golden ratio: multiplication spreads keys
// that lie close together.
const hashFactor = 0x9E3779B97F4A7C15

// add gives the pair's index, and whether it is new.
func (p *pairs) add(group int32, value batch.Code) (index int, isNew bool) {
	key := uint64(group)<<32 | uint64(value)
	mask := uint64(len(p.slots) - 1)
	at := key * hashFactor >> p.shift
	for p.slots[at] != 0 {
		if i := p.slots[at] - 1; p.keys[i] == key {
			return int(i), false
		}
		at = (at + 1) & mask
	}
	p.keys = append(p.keys, key)
	p.slots[at] = uint32(len(p.keys))
	if len(p.keys)*2 > len(p.slots) {
		p.rehash()
	}
	return len(p.keys) - 1, true
}

func (p *pairs) rehash() {
	p.shift--
	p.slots = make([]uint32, 2*len(p.slots))
	mask := uint64(len(p.slots) - 1)
	for i, key := range p.keys {
		at := key * hashFactor >> p.shift
		for p.slots[at] != 0 {
			at = (at + 1) & mask
		}
		p.slots[at] = uint32(i + 1)
	}
}

func (p *pairs) pair(i int) (group int32, value batch.Code) {
	return int32(p.keys[i] >> 32), batch.Code(p.keys[i])
}

// byGroup is the indexes of the pairs, group by group, in order of their texts.
func (p *pairs) byGroup() []int {
	order := make([]int, len(p.keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		gi, vi := p.pair(i)
		gj, vj := p.pair(j)
		if gi != gj {
			return cmp.Compare(gi, gj)
		}
		return cmp.Compare(p.dict.Text(vi), p.dict.Text(vj))
	})
	return order
}
