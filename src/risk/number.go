package risk

import (
	"math"
	"math/bits"
	"strconv"
)

// Number is a decimal number: exact while it has at most 18 digits, as scores
// have, and the nearest float64 beyond that. The zero Number is 0.
//
//	80 * 77 / 100 = 61.6, where float64 may say 61.600000000000001
type Number struct {
	// units of 10^-scale. Trailing zeros behind the point are kept off.
	units int64
	scale uint8
	// wide tells that float holds the number.
	wide  bool
	float float64
}

// maxUnits has 18 digits: its sums and the digits read fit an int64.
const maxUnits = 999_999_999_999_999_999

// pow10 are the powers of ten that fit an int64.
var pow10 = [19]int64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}

// Whole is a whole number.
func Whole(n int) Number { return exact(int64(n), 0) }

// Float is the decimal number that f is written as.
func Float(f float64) Number {
	var buf [32]byte
	n, _ := ParseNumber(strconv.AppendFloat(buf[:0], f, 'f', -1, 64))
	return n
}

// ParseNumber reads a decimal number with a sign, a point or an exponent:
// 64, -5, .5, 61.60, 1e2. Blanks, hexadecimal numbers, infinities and the like
// are no numbers.
func ParseNumber(text []byte) (Number, bool) {
	digits := text
	negative := len(digits) > 0 && digits[0] == '-'
	if len(digits) > 0 && (digits[0] == '-' || digits[0] == '+') {
		digits = digits[1:]
	}
	var units int64
	var scale, seen int
	point := false
	for _, c := range digits {
		switch {
		case c >= '0' && c <= '9':
			seen++
			if units > maxUnits/10 || scale == len(pow10)-1 {
				return parseWide(text)
			}
			units = units*10 + int64(c-'0')
			if point {
				scale++
			}
		case c == '.' && !point:
			point = true
		case (c == 'e' || c == 'E') && seen > 0:
			return parseWide(text)
		default:
			return Number{}, false
		}
	}
	if seen == 0 {
		return Number{}, false
	}
	if negative {
		units = -units
	}
	return exact(units, scale), true
}

// parseWide reads what has an exponent or too many digits.
func parseWide(text []byte) (Number, bool) {
	for _, c := range text {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return Number{}, false // a word, or hexadecimal
		}
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return Number{}, false
	}
	return wide(f), true
}

// exact cuts trailing zeros behind the point.
func exact(units int64, scale int) Number {
	for scale > 0 && units%10 == 0 {
		units /= 10
		scale--
	}
	if scale >= len(pow10) || units > maxUnits || units < -maxUnits {
		return wide(float64(units) / math.Pow10(scale))
	}
	return Number{units: units, scale: uint8(scale)}
}

func wide(f float64) Number {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return Number{units: int64(f)}
	}
	return Number{wide: true, float: f}
}

// Float64 is the nearest float64.
func (n Number) Float64() float64 {
	switch {
	case n.wide:
		return n.float
	case n.scale == 0:
		return float64(n.units)
	}
	var buf [32]byte
	f, _ := strconv.ParseFloat(string(n.Append(buf[:0])), 64)
	return f
}

// Add is the sum.
func (n Number) Add(m Number) Number {
	if n.wide || m.wide {
		return wide(n.Float64() + m.Float64())
	}
	a, b, scale, ok := align(n, m)
	if !ok {
		return wide(n.Float64() + m.Float64())
	}
	return exact(a+b, scale)
}

// Mul is the product.
func (n Number) Mul(m Number) Number {
	if n.wide || m.wide {
		return wide(n.Float64() * m.Float64())
	}
	hi, lo := bits.Mul64(magnitude(n.units), magnitude(m.units))
	if hi != 0 || lo > maxUnits {
		return wide(n.Float64() * m.Float64())
	}
	units := int64(lo)
	if (n.units < 0) != (m.units < 0) {
		units = -units
	}
	return exact(units, int(n.scale)+int(m.scale))
}

// Percent is a hundredth.
func (n Number) Percent() Number {
	if n.wide {
		return wide(n.float / 100)
	}
	return exact(n.units, int(n.scale)+2)
}

// Cmp is -1, 0 or 1 as n is below, equal to or above m.
func (n Number) Cmp(m Number) int {
	var below, above bool
	if a, b, _, ok := align(n, m); ok && !n.wide && !m.wide {
		below, above = a < b, a > b
	} else {
		f, g := n.Float64(), m.Float64()
		below, above = f < g, f > g
	}
	switch {
	case below:
		return -1
	case above:
		return 1
	}
	return 0
}

// Negative tells whether the number is below zero.
func (n Number) Negative() bool { return n.units < 0 || n.wide && n.float < 0 }

// align gives both numbers in units of one scale, unless these are too many.
func align(n, m Number) (a, b int64, scale int, ok bool) {
	if n.scale < m.scale {
		b, a, scale, ok = align(m, n)
		return a, b, scale, ok
	}
	factor := pow10[n.scale-m.scale]
	hi, lo := bits.Mul64(magnitude(m.units), uint64(factor))
	return n.units, m.units * factor, int(n.scale), hi == 0 && lo <= maxUnits
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// Append appends the number without trailing zeros: 64, 61.6, -5, 0.25.
func (n Number) Append(dst []byte) []byte {
	if n.wide {
		return strconv.AppendFloat(dst, n.float, 'f', -1, 64)
	}
	units := n.units
	if units < 0 {
		dst = append(dst, '-')
		units = -units
	}
	if n.scale == 0 {
		return strconv.AppendInt(dst, units, 10)
	}
	unit := pow10[n.scale]
	dst = append(strconv.AppendInt(dst, units/unit, 10), '.')
	at := len(dst)
	dst = strconv.AppendInt(dst, unit+units%unit, 10) // 1 and the digits with leading zeros
	return append(dst[:at], dst[at+1:]...)
}

// String is the number without trailing zeros.
func (n Number) String() string { return string(n.Append(nil)) }
