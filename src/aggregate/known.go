package aggregate

import (
	"slices"

	"riskreplay/src/batch"
)

// Others are rows that belong to groups which are not there: their places, and the
// fields' values that would make the group, one plain value a cell.
type Others struct {
	Rows []int32
	Keys []*batch.Column
}

// Known is Group without new groups. A row that belongs to groups which are there and
// to others is in both lists. It is not for keys that take a multivalue as one value.
func (k *Keys) Known(cols []*batch.Column, rows []int32) (in, groups []int32, others Others) {
	if len(k.fields) == 0 {
		in, groups = k.Group(cols, rows)
		return in, groups, others
	}
	k.rows, k.groups = k.rows[:0], k.groups[:0]
	finders := make([]finder, len(cols))
	for i, f := range k.fields {
		finders[i] = f.finder(cols[i], rows)
		others.Keys = append(others.Keys, &batch.Column{Dict: finders[i].dict})
	}
	lists, codes := make([][]batch.Code, len(cols)), make([]batch.Code, len(cols))
	for i, r := range rows {
		total, null := 1, false
		for f := range finders {
			lists[f] = finders[f].values(i)
			null = null || lists[f][0] == 0 && k.fields[f].fill == 0
			total = min(total*len(lists[f]), maxSplit)
		}
		if null && !k.options.NullGroup {
			continue
		}
		for n := range total {
			g := k.knownGroup(finders, lists, codes, n)
			if g >= 0 {
				k.rows, k.groups = append(k.rows, r), append(k.groups, g)
				continue
			}
			others.Rows = append(others.Rows, r)
			for f, code := range codes {
				others.Keys[f].Codes = append(others.Keys[f].Codes, code)
			}
		}
	}
	return k.rows, k.groups, others
}

// knownGroup is the group of the n-th combination of values, whose codes it gives too,
// or -1.
func (k *Keys) knownGroup(finders []finder, lists [][]batch.Code, codes []batch.Code, n int) int32 {
	known := true
	var hash uint64
	for f := len(lists) - 1; f >= 0; f-- {
		codes[f] = lists[f][n%len(lists[f])]
		n /= len(lists[f])
		own, ok := finders[f].find(codes[f])
		k.tuple[f], known = own, known && ok
	}
	if !known {
		return -1
	}
	if len(k.fields) == 1 {
		if f := k.fields[0]; int(k.tuple[0]) < len(f.group) {
			return f.group[k.tuple[0]] - 1
		}
		return -1
	}
	for _, code := range k.tuple {
		hash = mix(hash, code)
	}
	width, mask := len(k.fields), uint64(len(k.slots)-1)
	for at := hash * hashFactor >> k.shift; k.slots[at] != 0; at = (at + 1) & mask {
		if g := int(k.slots[at]) - 1; slices.Equal(k.tuples[g*width:(g+1)*width], k.tuple) {
			return int32(g)
		}
	}
	return -1
}

// Size is about how many bytes the groups' values take.
func (k *Keys) Size() int64 {
	size := int64(4 * (cap(k.tuples) + cap(k.slots)))
	for _, f := range k.fields {
		size += f.dict.Size() + int64(40*len(f.times)+4*cap(f.group))
	}
	return size
}

// finder finds a column's values among those of a field, without adding any.
type finder struct {
	field *keyField
	dict  *batch.Dict
	codes []batch.Code // of the rows
	known []int32      // by code: the field's code plus one, -1 for none, 0 for not asked yet
	list  [1]batch.Code
}

func (f *keyField) finder(c *batch.Column, rows []int32) finder {
	out := finder{field: f, dict: batch.NewDict(), codes: make([]batch.Code, len(rows))}
	if c == nil || len(rows) == 0 {
		return out
	}
	col, at := coded(c, rows)
	for i, r := range at {
		out.codes[i] = col.Codes[r]
	}
	out.dict = col.Dict
	if col.Dict.Len() <= 8*len(rows) {
		out.known = make([]int32, col.Dict.Len())
	}
	return out
}

// values is the values of the i-th row, of which null is one.
func (f *finder) values(i int) []batch.Code {
	f.list[0] = f.codes[i]
	list := f.dict.Multi(f.codes[i])
	switch {
	case list == nil:
		return f.list[:]
	case !f.field.once:
		return list
	}
	var out []batch.Code
	for _, v := range list {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func (f *finder) find(code batch.Code) (batch.Code, bool) {
	if code == 0 {
		return f.field.fill, true
	}
	if f.known == nil {
		return f.field.dict.Find(f.dict.Text(code))
	}
	if f.known[code] == 0 {
		f.known[code] = -1
		if own, ok := f.field.dict.Find(f.dict.Text(code)); ok {
			f.known[code] = int32(own) + 1
		}
	}
	return batch.Code(f.known[code] - 1), f.known[code] > 0
}
