package eval

import "math"

// bits53 is the greatest integer that the bitwise functions know.
const bits53 = 1<<53 - 1

var bitFunctions = []Function{
	{
		Name: "bit_and", Kind: bitwise, Syntax: "bit_and(a, b, ...)", params: "nn+", gives: numeric,
		Help:     "The bits that all integers have.",
		Examples: []Example{{"bit_and(12, 10)", "8"}},
		bind:     foldBits(func(a, b uint64) uint64 { return a & b }),
	},
	{
		Name: "bit_or", Kind: bitwise, Syntax: "bit_or(a, b, ...)", params: "nn+", gives: numeric,
		Help:     "The bits that any of the integers has.",
		Examples: []Example{{"bit_or(12, 10)", "14"}},
		bind:     foldBits(func(a, b uint64) uint64 { return a | b }),
	},
	{
		Name: "bit_xor", Kind: bitwise, Syntax: "bit_xor(a, b, ...)", params: "nn+", gives: numeric,
		Help:     "The bits that an odd number of the integers have.",
		Examples: []Example{{"bit_xor(12, 10)", "6"}},
		bind:     foldBits(func(a, b uint64) uint64 { return a ^ b }),
	},
	{
		Name: "bit_not", Kind: bitwise, Syntax: "bit_not(a[, mask])", params: "n?n", gives: numeric,
		Help:     "The bits of the mask, all 53 by default, that the integer does not have.",
		Examples: []Example{{"bit_not(12, 15)", "3"}, {"bit_not(0)", "9007199254740991"}},
		bind: ofBits(func(n []uint64) uint64 {
			if len(n) > 1 {
				return ^n[0] & n[1]
			}
			return ^n[0] & bits53
		}),
	},
	{
		Name: "bit_shift_left", Kind: bitwise, Syntax: "bit_shift_left(a, n)", params: "nn", gives: numeric,
		Help:     "The integer's bits n places up; those above the 53rd are dropped.",
		Examples: []Example{{"bit_shift_left(3, 2)", "12"}},
		bind:     ofBits(func(n []uint64) uint64 { return n[0] << n[1] & bits53 }),
	},
	{
		Name: "bit_shift_right", Kind: bitwise, Syntax: "bit_shift_right(a, n)", params: "nn", gives: numeric,
		Help:     "The integer's bits n places down.",
		Examples: []Example{{"bit_shift_right(12, 2)", "3"}},
		bind:     ofBits(func(n []uint64) uint64 { return n[0] >> n[1] }),
	},
}

// ofBits is a function of integers from 0 to bits53; null for anything else.
func ofBits(f func([]uint64) uint64) func(*site) node {
	return ofNumbers(func(numbers []float64) Value {
		out := make([]uint64, len(numbers))
		for i, n := range numbers {
			if !(n >= 0 && n <= bits53) || n != math.Trunc(n) {
				return Value{}
			}
			out[i] = uint64(n)
		}
		return Num(float64(f(out)))
	})
}

func foldBits(f func(a, b uint64) uint64) func(*site) node {
	return ofBits(func(n []uint64) uint64 {
		out := n[0]
		for _, x := range n[1:] {
			out = f(out, x)
		}
		return out
	})
}
