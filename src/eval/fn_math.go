package eval

import (
	"math"
	"sync/atomic"

	"riskreplay/src/batch"
)

var mathFunctions = []Function{
	{
		Name: "abs", Kind: mathematical, Syntax: "abs(number)", params: "n", gives: numeric,
		Help:     "The number without its sign.",
		Examples: []Example{{"abs(-1.50)", "1.50"}},
		bind: of1(func(v Value) Value {
			v, ok := numberOf(v)
			if !ok {
				return Value{}
			}
			return limited(math.Abs(v.num), v.precision())
		}),
	},
	{
		Name: "ceil", Aliases: []string{"ceiling"}, Kind: mathematical, Syntax: "ceil(number)", params: "n", gives: numeric,
		Help:     "The next integer above.",
		Examples: []Example{{"ceil(1.9)", "2"}},
		bind:     numberOf1(func(f float64) Value { return Num(math.Ceil(f)) }),
	},
	{
		Name: "floor", Kind: mathematical, Syntax: "floor(number)", params: "n", gives: numeric,
		Help:     "The next integer below.",
		Examples: []Example{{"floor(1.9)", "1"}},
		bind:     numberOf1(func(f float64) Value { return Num(math.Floor(f)) }),
	},
	{
		Name: "round", Kind: mathematical, Syntax: "round(number[, decimals])", params: "n?n", gives: numeric,
		Help:     "The number rounded to so many decimals, none by default, half away from zero; they are kept when they are 0.",
		Examples: []Example{{"round(3.5)", "4"}, {"round(2.555, 2)", "2.56"}, {"round(0.805, 4)", "0.8050"}},
		bind:     bindRound,
	},
	{
		Name: "exact", Kind: mathematical, Syntax: "exact(expression)", params: "n", gives: numeric,
		Help:     "The number with all its digits counting.",
		Examples: []Example{{"8.250*exact(0.2)", "1.650"}},
		bind:     numberOf1(Num),
	},
	{
		Name: "sigfig", Kind: mathematical, Syntax: "sigfig(expression)", params: "n", gives: numeric,
		Help:     "The number rounded to the digits that count.",
		Examples: []Example{{"sigfig(1.00*1111)", "1110"}},
		bind:     of1(sigfig),
	},
	{
		Name: "sqrt", Kind: mathematical, Syntax: "sqrt(number)", params: "n", gives: numeric,
		Help:     "The square root; null for a negative number.",
		Examples: []Example{{"sqrt(9)", "3"}, {"sqrt(-1)", "null"}},
		bind:     numberOf1(func(f float64) Value { return within(math.Sqrt(f)) }),
	},
	{
		Name: "exp", Kind: mathematical, Syntax: "exp(number)", params: "n", gives: numeric,
		Help:     "e to the power of the number.",
		Examples: []Example{{"exp(0)", "1"}},
		bind:     numberOf1(func(f float64) Value { return Num(math.Exp(f)) }),
	},
	{
		Name: "ln", Kind: mathematical, Syntax: "ln(number)", params: "n", gives: numeric,
		Help:     "The natural logarithm; null unless the number is above 0.",
		Examples: []Example{{"ln(1)", "0"}, {"ln(0)", "null"}},
		bind:     numberOf1(func(f float64) Value { return within(math.Log(f)) }),
	},
	{
		Name: "log", Kind: mathematical, Syntax: "log(number[, base])", params: "n?n", gives: numeric,
		Help:     "The logarithm, to base 10 by default; null unless the number is above 0.",
		Examples: []Example{{"log(1000)", "3"}, {"log(8, 2)", "3"}},
		bind:     ofNumbers(logarithm),
	},
	{
		Name: "pow", Kind: mathematical, Syntax: "pow(x, y)", params: "nn", gives: numeric,
		Help:     "x to the power of y.",
		Examples: []Example{{"pow(2, 10)", "1024"}},
		bind:     ofNumbers(func(n []float64) Value { return Num(math.Pow(n[0], n[1])) }),
	},
	{
		Name: "pi", Kind: mathematical, Syntax: "pi()", params: "?", gives: mayNumber,
		Help:     "The number pi to 11 decimals.",
		Examples: []Example{{"pi()", "3.14159265358"}},
		bind:     func(*site) node { return constant{Num(3.14159265358)} },
	},
	{
		Name: "sum", Kind: mathematical, Syntax: "sum(number, ...)", params: "n+", gives: numeric,
		Help:     "The sum of all values that are numbers.",
		Examples: []Example{{"sum(1, 2, tonumber(\"3\"))", "6"}, {"sum(1, null())", "1"}},
		bind: ofAll(func(args []Value) Value {
			sum, n := addUp(args)
			if n == 0 {
				return Value{}
			}
			return Num(sum)
		}),
	},
	{
		Name: "avg", Kind: mathematical, Syntax: "avg(number, ...)", params: "n+", gives: numeric,
		Help:     "The average of all values that are numbers.",
		Examples: []Example{{"avg(1, 2, tonumber(\"3\"))", "2"}, {"avg(2, 3)", "2.5"}},
		bind: ofAll(func(args []Value) Value {
			sum, n := addUp(args)
			if n == 0 {
				return Value{}
			}
			return Num(sum / float64(n))
		}),
	},
	{
		Name: "max", Kind: mathematical, Syntax: "max(value, ...)", params: "v+", gives: mayField,
		Help:     "The greatest value; strings are greater than numbers.",
		Examples: []Example{{"max(1, 3, 2)", "3"}, {`max(5, "a")`, "a"}},
		bind:     ofAll(func(args []Value) Value { return extreme(args, 1) }),
	},
	{
		Name: "min", Kind: mathematical, Syntax: "min(value, ...)", params: "v+", gives: mayField,
		Help:     "The least value; numbers are less than strings.",
		Examples: []Example{{"min(1, 3, 2)", "1"}, {`min(5, "a")`, "5"}},
		bind:     ofAll(func(args []Value) Value { return extreme(args, -1) }),
	},
	{
		Name: "random", Kind: mathematical, Syntax: "random()", params: "?", gives: mayNumber,
		Help: "A number from 0 to 2147483647, anew for each row; the same search draws the same numbers.",
		bind: func(c *site) node {
			c.volatile = true
			return &randomNode{seed: c.env.Seed}
		},
	},
}

// within is a number, null when there is none: outside of a function's domain.
func within(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, -1) {
		return Value{}
	}
	return Num(f)
}

// ofNumbers is a function of numbers; null for anything else.
func ofNumbers(f func([]float64) Value) func(*site) node {
	return strict(func(args []Value) Value {
		numbers := make([]float64, len(args))
		for i, a := range args {
			n, ok := numberOf(a)
			if !ok {
				return Value{}
			}
			numbers[i] = n.num
		}
		return f(numbers)
	})
}

func logarithm(n []float64) Value {
	if len(n) == 1 || n[1] == 10 {
		return within(math.Log10(n[0]))
	}
	if n[1] == 2 {
		return within(math.Log2(n[0]))
	}
	return within(math.Log(n[0]) / math.Log(n[1]))
}

// bindRound rounds the decimal form, so that round(2.555, 2) is 2.56 (rule F4).
func bindRound(c *site) node {
	if n, ok := c.number(1); ok && n < 0 {
		c.problem(c.call.Args[1].At(), "round takes a number of decimals from 0", "a whole number is rounded to hundreds by dividing it first: round(x/100)*100")
	}
	return ofNumbers(func(n []float64) Value {
		places := 0.0
		if len(n) > 1 {
			places = math.Trunc(n[1])
		}
		if !(places >= 0 && places <= 100) || math.IsNaN(n[0]) || math.IsInf(n[0], 0) {
			return Value{}
		}
		f, _ := batch.Number(roundDecimal(n[0], int(places)))
		return limited(f, int(places))
	})(c)
}

// sigfig rounds to the digits that count, also those before the point.
func sigfig(v Value) Value {
	v, ok := numberOf(v)
	places := v.precision()
	if !ok || places == unlimited {
		return v
	}
	if places >= 0 {
		f, _ := batch.Number(roundDecimal(v.num, places))
		return limited(f, places)
	}
	unit := math.Pow(10, float64(-places))
	return limited(math.Round(v.num/unit)*unit, places)
}

// addUp adds all values that are numbers, and counts them.
func addUp(args []Value) (sum float64, n int) {
	for _, a := range args {
		for _, v := range flat(a) {
			if v, ok := numberOf(v); ok {
				sum += v.num
				n++
			}
		}
	}
	return sum, n
}

// flat is a value's values; null has none.
func flat(v Value) []Value {
	switch v.kind {
	case Null:
		return nil
	case Multi:
		out := make([]Value, len(v.list))
		for i, s := range v.list {
			out[i] = FieldText(s)
		}
		return out
	}
	return []Value{v}
}

// extreme is the greatest value for sign 1, the least for -1.
func extreme(args []Value, sign int) Value {
	var out Value
	for _, a := range args {
		for _, v := range flat(a) {
			if v.kind != Bool && (out.kind == Null || order(v, out)*sign > 0) {
				out = v
			}
		}
	}
	return out
}

// order compares two values: numbers before strings.
func order(a, b Value) int {
	switch {
	case a.kind == Number && b.kind == Number:
		return compareFloats(a.num, b.num)
	case a.kind == Number:
		return -1
	case b.kind == Number:
		return 1
	case a.text < b.text:
		return -1
	case a.text > b.text:
		return 1
	}
	return 0
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// randomNode draws numbers from a counter, so that many goroutines may.
type randomNode struct {
	seed  uint64
	drawn atomic.Uint64
}

// eval mixes seed and counter as splitmix64 does.
func (n *randomNode) eval(*row) Value {
	x := n.seed + n.drawn.Add(1)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return Num(float64(x >> 33))
}
