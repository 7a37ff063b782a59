package evtx

import (
	"encoding/hex"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/event"
)

func real32(f float32) string {
	return hex.EncodeToString(le.AppendUint32(nil, math.Float32bits(f)))
}

func real64(f float64) string {
	return hex.EncodeToString(le.AppendUint64(nil, math.Float64bits(f)))
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		kind       valueKind
		data, want string
	}{
		{0x00, "", ""},
		{0x01, "6100260022002700e4003dd8a1dc", `a&amp;"'ä💡`},
		{0x01, "61003dd8", "a\uFFFD"},
		{0x01, "a1dc6100", "\uFFFDa"},
		{0x01, "610000006200" + "0000" + "0000", "a\uFFFDb"},
		{0x01, "ffff", "\uFFFF"},
		{0x01, "610062", "a\uFFFD"},
		{0x01, "0d000a0009", "\r\n\uFFFD"},
		{0x02, "613c80e40000", "a&lt;€ä"},
		{0x03, "ff", "-1"},
		{0x04, "ff", "255"},
		{0x05, "0080", "-32768"},
		{0x06, "0080", "32768"},
		{0x07, "ffffffff", "-1"},
		{0x08, "ffffffff", "4294967295"},
		{0x09, "ffffffffffffffff", "-1"},
		{0x0a, "ffffffffffffffff", "18446744073709551615"},
		{0x0b, real32(0.1), "0.1"},
		{0x0c, real64(-2.5), "-2.5"},
		{0x0c, real64(math.Inf(1)), "1.#INF"},
		{0x0c, real64(math.Inf(-1)), "-1.#INF"},
		{0x0c, real64(math.NaN()), "-1.#IND"},
		{0x0d, "00000000", "false"},
		{0x0d, "01000000", "true"},
		{0x0e, "0a1bff", "0A1BFF"},
		{0x0f, "25968454785494 49a5ba3e3b0328c30d", "{54849625-5478-4994-A5BA-3E3B0328C30D}"},
		{0x10, "e7030000", "0x3e7"},
		{0x10, "e703000000000000", "0x3e7"},
		{0x11, "0080e00fd5b1d901", "2023-07-08T19:47:43.666176000Z"},
		{0x11, "0000000000000000", "1601-01-01T00:00:00.000000000Z"},
		{0x11, "ffffffffffffffff", "60056-05-28T05:36:10.955161500Z"},
		{0x12, "e4070700010014000d00180005007b00", "2020-07-20T13:24:05.123Z"},
		{0x13, "010100000000000512000000", "S-1-5-18"},
		{0x13, "010000000000000a", "S-1-10"},
		{0x13, "0100123456789abc", "S-1-0x123456789abc"},
		{0x13, "01050000", "01050000"},
		{0x14, "00000000", "0x0"},
		{0x14, "ffff1f00", "0x1fffff"},
		{0x15, "0000000000002080", "0x8020000000000000"},
		{0x20, "0102", "0102"},
		{0x7f, "ab", "AB"},
		{0x08, "", ""},
		{0x08, "0102", "0102"},
		{0x0f, "0102", "0102"},
	} {
		b, err := hex.DecodeString(strings.ReplaceAll(c.data, " ", ""))
		require.NoError(t, err)
		require.Equal(t, c.want, string(appendValue(nil, c.kind, b, false)), "%#x %s", c.kind, c.data)
	}
	require.Equal(t, "&apos;&lt;\"", string(appendValue(nil, stringValue, utf16Bytes(`'<"`), true)))
}

func TestItems(t *testing.T) {
	for _, c := range []struct {
		kind       valueKind
		data, want string
	}{
		{0x01, "61000000620000000000", "a|b|"},
		{0x01, "610000006200", "a|b"},
		{0x02, "610062", "a|b"},
		{0x06, "01000200ff", "1|2|FF"},
		{0x08, "01000000", "1"},
		{0x10, "01000000000000000200000000000000", "0x1|0x2"},
		{0x14, "0100000002000000", "0x1|0x2"},
		{0x13, "010000000000000501010000000000051200 0000", "S-1-5|S-1-5-18"},
		{0x0e, "0102", "0102"},
		{0x08, "", ""},
	} {
		rest, err := hex.DecodeString(strings.ReplaceAll(c.data, " ", ""))
		require.NoError(t, err)
		var got []string
		for {
			var item []byte
			item, rest = nextItem(c.kind, rest)
			got = append(got, string(appendValue(nil, c.kind, item, false)))
			if len(rest) == 0 {
				break
			}
		}
		require.Equal(t, c.want, strings.Join(got, "|"), "%#x %s", c.kind, c.data)
	}
}

func TestTimesAgainstTheStandardLibrary(t *testing.T) {
	epoch := time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		ticks := rapid.Uint64Range(0, 9000*31_556_952*ticksASecond).Draw(t, "ticks")
		want := time.Unix(epoch.Unix()+int64(ticks/ticksASecond), int64(ticks%ticksASecond)*100).UTC()
		if want.Year() > 9999 {
			t.Skip("Go's layouts have years of four digits")
		}
		require.Equal(t, want.Format("2006-01-02T15:04:05.000000000Z"), string(appendFileTime(nil, ticks)))
		if y := want.Year(); y > 1678 && y < 2262 {
			require.Equal(t, event.At(want), fileTime(ticks))
		}
	})
	require.Zero(t, fileTime(0))
	require.Zero(t, fileTime(math.MaxUint64))
}
