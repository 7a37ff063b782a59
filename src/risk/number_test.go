package risk

import (
	"math/big"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func number(t require.TestingT, text string) Number {
	n, ok := ParseNumber([]byte(text))
	require.True(t, ok, text)
	return n
}

func TestNumbersAreWrittenWithoutTrailingZeros(t *testing.T) {
	for text, want := range map[string]string{
		"64": "64", "64.0": "64", "61.60": "61.6", "-5": "-5", "+5": "5", ".5": "0.5", "5.": "5", "0": "0", "-0": "0", "0.0001": "0.0001",
		"1e2": "100", "1.5E1": "15", "1000000": "1000000", "007": "7", "-0.25": "-0.25", "100": "100",
		"123456789012345678": "123456789012345678", "0.000000000000000000000001": "0.000000000000000000000001",
		"99999999999999999999": "100000000000000000000",
	} {
		require.Equal(t, want, number(t, text).String(), text)
	}
	for _, bad := range []string{"", "-", ".", "high", "NaN", "inf", "Infinity", "0x10", "1_0", " 5", "5 ", "1e", "e5", "1.2.3", "--5", "5%", "99999999999999999999x", "1e999"} {
		_, ok := ParseNumber([]byte(bad))
		require.False(t, ok, bad)
	}
}

func TestScoresAreExact(t *testing.T) {
	for _, c := range []struct{ impact, confidence, want string }{
		{"80", "80", "64"},
		{"77", "80", "61.6"},
		{"70.1", "33.3", "23.3433"},
		{"0.1", "0.2", "0.0002"},
		{"100", "100", "100"},
		{"33.33", "3", "0.9999"},
		{"0", "50", "0"},
	} {
		require.Equal(t, c.want, number(t, c.impact).Mul(number(t, c.confidence)).Percent().String(), c)
	}
	require.Equal(t, "67.5", Whole(40).Add(Whole(5)).Mul(number(t, "1.5")).String())
	require.Equal(t, 23.3433, Score(70.1, 33.3))
}

// decimal draws the text of a number as people write scores.
func decimal(t *rapid.T, label string) string {
	return rapid.StringMatching(`-?[0-9]{1,7}(\.[0-9]{1,6})?`).Draw(t, label)
}

func TestNumbersAgreeWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimal(t, "a"), decimal(t, "b")
		n, m := number(t, a), number(t, b)
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		same := func(want *big.Rat, got Number) {
			r, ok := new(big.Rat).SetString(got.String())
			require.True(t, ok)
			require.Zero(t, want.Cmp(r), "%s %s: %s", a, b, got)
		}
		same(x, n)
		same(new(big.Rat).Add(x, y), n.Add(m))
		same(new(big.Rat).Quo(x, big.NewRat(100, 1)), n.Percent())
		if product := new(big.Rat).Mul(x, y); len(a)+len(b) < 18 {
			same(product, n.Mul(m))
		}
		require.Equal(t, x.Cmp(y), n.Cmp(m))
		require.Equal(t, x.Sign() < 0, n.Negative())
	})
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"64", "-0.25", "1e300", "1e-300", "999999999999999999", "9223372036854775807", "0.0000000000000000001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := ParseNumber([]byte(s))
		if !ok {
			return
		}
		want, err := strconv.ParseFloat(s, 64)
		require.NoError(t, err)
		require.Equal(t, want+0, n.Float64()+0, s)
		again, ok := ParseNumber([]byte(n.String()))
		require.True(t, ok)
		require.Zero(t, n.Cmp(again), s)
		if want != 0 {
			require.InEpsilon(t, 2*want, n.Add(again).Float64(), 1e-9)
		}
	})
}
