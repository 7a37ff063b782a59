package aggregate

import (
	"math/bits"
	"slices"

	"riskreplay/src/batch"
)

// KeyOptions say what becomes of rows that BY does not plainly place.
type KeyOptions struct {
	// Fill stands in for null when HasFill (tstats fillnull_value, rule N4).
	Fill    string
	HasFill bool
	// NullGroup: rows without one of the fields have a group of their own; else
	// they are left out (rule N3).
	NullGroup bool
	// Whole: a multivalue is one value; two are equal when they have equal values
	// in the same order.
	Whole bool
	// Once: a value that stands twice in a multivalue counts once
	// (dedup_splitvals).
	Once bool
}

// Keys numbers the groups of rows by their values in some fields, as they come.
// A row with a multivalue belongs to the group of each of its values (rule V3).
// Values are compared as texts, by their case.
type Keys struct {
	options KeyOptions
	fields  []*keyField
	n       int
	tuples  []batch.Code // of group g at g*len(fields)
	slots   []uint32     // group plus one, by the tuple's hash
	shift   uint

	rows, groups []int32 // of the last Group
	tuple        []batch.Code
	codes        [][]batch.Code // by field, of the rows being grouped
	hashes       []uint64
}

// NewKeys makes groups by that many fields. Without a field all rows are of
// group 0, which exists also without a row.
func NewKeys(fields int, o KeyOptions) *Keys {
	k := &Keys{options: o, slots: make([]uint32, 64), shift: 64 - 6, tuple: make([]batch.Code, fields), codes: make([][]batch.Code, fields)}
	for range fields {
		k.fields = append(k.fields, newKeyField(o))
	}
	if fields == 0 {
		k.n = 1
	}
	return k
}

// Len is the number of groups.
func (k *Keys) Len() int { return k.n }

// Group gives the rows that belong to a group and the group of each. A nil
// column is a field that none of the rows has. The slices are valid until the
// next Group.
func (k *Keys) Group(cols []*batch.Column, rows []int32) (in, groups []int32) {
	if len(k.fields) == 0 {
		k.groups = append(k.groups[:0], make([]int32, len(rows))...)
		return rows, k.groups
	}
	multi := false
	for i, f := range k.fields {
		k.codes[i] = f.translate(k.codes[i][:0], cols[i], rows)
		multi = multi || f.multi && !k.options.Whole
	}
	k.rows, k.groups = k.rows[:0], k.groups[:0]
	switch {
	case multi:
		k.groupMulti(rows)
	case len(k.fields) == 1:
		k.groupOne(rows)
	default:
		k.groupMany(rows)
	}
	return k.rows, k.groups
}

// groupOne is for one field: its codes are dense, and a table finds the group.
func (k *Keys) groupOne(rows []int32) {
	f := k.fields[0]
	f.group = grow(f.group, f.dict.Len())
	for i, code := range k.codes[0] {
		if code == 0 && !k.options.NullGroup {
			continue
		}
		if f.group[code] == 0 {
			k.tuples = append(k.tuples, code)
			k.n++
			f.group[code] = int32(k.n)
		}
		k.rows, k.groups = append(k.rows, rows[i]), append(k.groups, f.group[code]-1)
	}
}

// groupMany hashes all rows field by field, then finds their groups.
func (k *Keys) groupMany(rows []int32) {
	k.hashes = append(k.hashes[:0], make([]uint64, len(rows))...)
	for _, codes := range k.codes {
		for i, code := range codes {
			k.hashes[i] = mix(k.hashes[i], code)
		}
	}
	for i, r := range rows {
		null := false
		for f, codes := range k.codes {
			k.tuple[f] = codes[i]
			null = null || codes[i] == 0
		}
		if null && !k.options.NullGroup {
			continue
		}
		k.rows, k.groups = append(k.rows, r), append(k.groups, k.find(k.hashes[i]))
	}
}

func mix(h uint64, code batch.Code) uint64 {
	return bits.RotateLeft64((h^uint64(code))*hashFactor, 29)
}

// find is the group of k.tuple, a new one when it is new.
func (k *Keys) find(hash uint64) int32 {
	width := len(k.fields)
	mask := uint64(len(k.slots) - 1)
	at := hash * hashFactor >> k.shift
	for k.slots[at] != 0 {
		g := int(k.slots[at]) - 1
		if slices.Equal(k.tuples[g*width:(g+1)*width], k.tuple) {
			return int32(g)
		}
		at = (at + 1) & mask
	}
	k.tuples = append(k.tuples, k.tuple...)
	k.n++
	k.slots[at] = uint32(k.n)
	if k.n*2 > len(k.slots) {
		k.rehash()
	}
	return int32(k.n - 1)
}

func (k *Keys) rehash() {
	k.shift--
	k.slots = make([]uint32, 2*len(k.slots))
	width, mask := len(k.fields), uint64(len(k.slots)-1)
	for g := range k.n {
		var hash uint64
		for _, code := range k.tuples[g*width : (g+1)*width] {
			hash = mix(hash, code)
		}
		at := hash * hashFactor >> k.shift
		for k.slots[at] != 0 {
			at = (at + 1) & mask
		}
		k.slots[at] = uint32(g + 1)
	}
}

// maxSplit bounds how many groups one row may belong to.
const maxSplit = 100_000

// groupMulti puts a row into the group of every combination of its values.
func (k *Keys) groupMulti(rows []int32) {
	lists := make([][]batch.Code, len(k.fields))
	for i, r := range rows {
		total, null := 1, false
		for f, codes := range k.codes {
			lists[f] = k.fields[f].values(codes[i])
			null = null || codes[i] == 0
			total = min(total*len(lists[f]), maxSplit)
		}
		if null && !k.options.NullGroup {
			continue
		}
		for n := range total {
			k.rows, k.groups = append(k.rows, r), append(k.groups, k.combination(lists, n))
		}
	}
}

// combination is the group of the n-th combination of values, the last field's
// running fastest.
func (k *Keys) combination(lists [][]batch.Code, n int) int32 {
	for f := len(lists) - 1; f >= 0; f-- {
		k.tuple[f] = lists[f][n%len(lists[f])]
		n /= len(lists[f])
	}
	if len(k.fields) == 1 {
		return k.only(k.tuple[0])
	}
	var hash uint64
	for _, code := range k.tuple {
		hash = mix(hash, code)
	}
	return k.find(hash)
}

// only is the group of a code where there is one field.
func (k *Keys) only(code batch.Code) int32 {
	f := k.fields[0]
	f.group = grow(f.group, f.dict.Len())
	if f.group[code] == 0 {
		k.tuples = append(k.tuples, code)
		k.n++
		f.group[code] = int32(k.n)
	}
	return f.group[code] - 1
}

// Columns is the fields' values of the groups, in that order of groups.
func (k *Keys) Columns(order []int32) []*batch.Column {
	width := len(k.fields)
	out := make([]*batch.Column, width)
	for f := range out {
		c := &batch.Column{Dict: k.fields[f].dict, Codes: make([]batch.Code, len(order))}
		for i, g := range order {
			c.Codes[i] = k.tuples[int(g)*width+f]
		}
		out[f] = c
	}
	return out
}
