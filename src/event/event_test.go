package event

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTimeText(t *testing.T) {
	for _, c := range []struct {
		time Time
		want string
	}{
		{0, "0"},
		{1595251445_123456700, "1595251445.1234567"},
		{1595250000_000000000, "1595250000"},
		{1_500000000, "1.5"},
		{-250000000, "-0.25"},
		{-1_250000000, "-1.25"},
	} {
		require.Equal(t, c.want, c.time.String())
		back, ok := ParseTime(c.want)
		require.True(t, ok)
		require.Equal(t, c.time, back)
	}
	for _, bad := range []string{"", "x", "1.2.3", "1e3", "+1", "99999999999", " 1"} {
		_, ok := ParseTime(bad)
		require.False(t, ok, bad)
	}
}

func TestTimeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := Time(rapid.Int64Range(-9e18, 9e18).Draw(t, "ns"))
		back, ok := ParseTime(n.String())
		require.True(t, ok)
		require.Equal(t, n, back)
		require.Equal(t, n, At(n.Std()))
	})
	require.Equal(t, time.UTC, Time(5).Std().Location())
}
