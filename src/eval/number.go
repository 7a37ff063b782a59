package eval

import (
	"math"
	"strconv"
	"strings"
)

// unlimited is the places of a number all of whose digits count: an integer, a
// quotient of integers, the result of exact().
const unlimited = math.MaxInt16

// limited is a number whose digits count up to places after the point; places
// may be negative. Integers written without a point are unlimited.
func limited(f float64, places int) Value {
	return Value{kind: Number, num: f, places: int16(min(max(places, -400), unlimited))}
}

// precision is the places of a number, from its text where it has one.
func (v Value) precision() int {
	if v.text == "" {
		return int(v.places)
	}
	return textPlaces(v.text)
}

// textPlaces is how many digits a number's text has after the point, its
// exponent counted in; unlimited when it has no point.
func textPlaces(s string) int {
	point := strings.IndexByte(s, '.')
	if point < 0 {
		return unlimited
	}
	digits, exponent := s[point+1:], 0
	if e := strings.IndexAny(digits, "eE"); e >= 0 {
		exponent, _ = strconv.Atoi(digits[e+1:])
		digits = digits[:e]
	}
	return len(digits) - exponent
}

// wholeDigits is the number of digits before the point; 0 for 0.5, -1 for 0.05.
func wholeDigits(f float64) int {
	if f == 0 || math.IsInf(f, 0) || math.IsNaN(f) {
		return 1
	}
	_, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	n, _ := strconv.Atoi(exponent)
	return n + 1
}

// significant is the number of digits that count, unlimited for all. From
// fullDigits on a double holds no more, so that nothing is gained by cutting.
func (v Value) significant() int {
	p := v.precision()
	if p == unlimited {
		return unlimited
	}
	if n := p + wholeDigits(v.num); n < fullDigits {
		return n
	}
	return unlimited
}

const fullDigits = 15

// product is the result of * or /: it has as many digits as the operand with the
// fewest (rule F2).
func product(f float64, a, b Value) Value {
	n := min(a.significant(), b.significant())
	if n == unlimited {
		return Num(f)
	}
	return limited(f, n-wholeDigits(f))
}

// total is the result of + or -: it has as many decimals as the operand with the
// fewest (rule F2).
func total(f float64, a, b Value) Value { return limited(f, min(a.precision(), b.precision())) }

// printed is the number's text: its own where it has one, with the decimals that
// count, else the shortest that reads back as the same number (rule F3).
func (v Value) printed() string {
	if v.text != "" {
		return v.text
	}
	return formatNumber(v.num, int(v.places))
}

// formatNumber prints a number with places decimals.
func formatNumber(f float64, places int) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case f == 0:
		f = 0 // no minus sign
	}
	if places == unlimited || places > sixDecimals && places+wholeDigits(f) > fullDigits {
		return shortest(f)
	}
	return roundDecimal(f, max(places, 0))
}

// sixDecimals is how many decimals times have (rule F4).
const sixDecimals = 6

func shortest(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// roundDecimal prints f with n decimals, rounding half away from zero on the
// decimal form, so that 2.555 with two decimals is 2.56 (rule F4).
func roundDecimal(f float64, n int) string {
	s := strconv.FormatFloat(f, 'f', -1, 64)
	point := strings.IndexByte(s, '.')
	if point < 0 || len(s)-point-1 <= n {
		return padDecimals(s, point, n)
	}
	up := s[point+1+n] >= '5'
	cut := []byte(s[:point+1+n])
	if n == 0 {
		cut = cut[:point]
	}
	if up {
		cut = increment(cut)
	}
	if strings.Trim(string(cut), "-0.") == "" {
		return strings.TrimPrefix(string(cut), "-")
	}
	return string(cut)
}

func padDecimals(s string, point, n int) string {
	if n == 0 {
		return s
	}
	if point < 0 {
		point = len(s)
		s += "."
	}
	return s + strings.Repeat("0", n-(len(s)-point-1))
}

// increment adds one to the last digit of a decimal number.
func increment(digits []byte) []byte {
	for i := len(digits) - 1; i >= 0; i-- {
		switch d := digits[i]; {
		case d == '9':
			digits[i] = '0'
		case d >= '0' && d < '9':
			digits[i]++
			return digits
		case d == '-':
			return append([]byte("-1"), digits[1:]...)
		}
	}
	return append([]byte("1"), digits...)
}

func joinLines(list []string) string { return strings.Join(list, "\n") }
