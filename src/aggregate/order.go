package aggregate

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"

	"riskreplay/src/batch"
)

// Natural compares two texts as stats orders its rows (rule 2.12): numbers by
// their size, before all other texts, which go by their bytes.
func Natural(a, b string) int {
	x, xok := finite(a)
	y, yok := finite(b)
	return compareNatural(a, b, x, y, xok, yok)
}

func compareNatural(a, b string, x, y float64, xok, yok bool) int {
	switch {
	case xok && yok:
		return cmp.Or(cmp.Compare(x, y), strings.Compare(a, b))
	case xok:
		return -1
	case yok:
		return 1
	}
	return strings.Compare(a, b)
}

// finite is the number a text is; "nan" is none here, since it has no place
// among numbers.
func finite(s string) (float64, bool) {
	x, ok := batch.Number(s)
	return x, ok && !math.IsNaN(x)
}

// Sorted is all groups in order of their values, field by field: in natural
// order, or by bytes. Null comes last.
func (k *Keys) Sorted(byBytes bool) []int32 {
	ranks := make([][]uint32, len(k.fields))
	for i, f := range k.fields {
		ranks[i] = f.ranks(byBytes)
	}
	order := batch.AllRows(k.n)
	heads, used := k.heads(ranks)
	width := len(k.fields)
	slices.SortFunc(order, func(a, b int32) int {
		if c := cmp.Compare(heads[a], heads[b]); c != 0 {
			return c
		}
		for f := used; f < width; f++ {
			x, y := ranks[f][k.tuples[int(a)*width+f]], ranks[f][k.tuples[int(b)*width+f]]
			if x != y {
				return cmp.Compare(x, y)
			}
		}
		return 0
	})
	return order
}

// heads packs the ranks of each group's first fields, as many as fit, into one
// number; most groups are told apart by it alone.
func (k *Keys) heads(ranks [][]uint32) (heads []uint64, used int) {
	heads = make([]uint64, k.n)
	free := 64
	width := len(k.fields)
	for f, r := range ranks {
		need := bits.Len(uint(len(r)))
		if need > free {
			break
		}
		free -= need
		for g := range heads {
			heads[g] = heads[g]<<need | uint64(r[k.tuples[g*width+f]])
		}
		used++
	}
	return heads, used
}

// ranks is the place of every code among the field's values.
func (f *keyField) ranks(byBytes bool) []uint32 {
	n := f.dict.Len()
	codes := make([]batch.Code, 0, n)
	nums, isNum := make([]float64, n), make([]bool, n)
	for c := batch.Code(1); int(c) < n; c++ {
		codes = append(codes, c)
		if !byBytes {
			nums[c], isNum[c] = finite(f.dict.Text(c))
		}
	}
	slices.SortFunc(codes, func(a, b batch.Code) int {
		return compareNatural(f.dict.Text(a), f.dict.Text(b), nums[a], nums[b], isNum[a], isNum[b])
	})
	ranks := make([]uint32, n)
	for i, c := range codes {
		ranks[c] = uint32(i)
	}
	ranks[0] = uint32(n) // null
	return ranks
}
