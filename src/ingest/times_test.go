package ingest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTextTime(t *testing.T) {
	for line, want := range map[string]string{
		"2026-01-15T11:40:12.345Z pc1 x":                        "1768477212.345",
		"2026-01-15 11:40:12,5 INFO x":                          "1768477212.5",
		"  [2026-01-15T13:40:12+02:00] x":                       "1768477212",
		"<13>1 2026-01-15T11:40:12Z pc1 app - - - x":            "1768477212",
		"<134>Jan 15 11:40:12 pc1 x":                            "1768477212",
		"Jan  5 11:40:12 pc1 x":                                 "1767613212",
		"Dec 31 23:59:59 pc1 x":                                 "1767225599", // not after now: of the year before
		"Jan 16 10:00:00 pc1 x":                                 "1768557600", // a day more is left to clocks
		"Feb 29 00:00:00 pc1 x":                                 "1709164800",
		"01/15/2026 11:40:12 AM":                                "1768477212",
		"01/15/2026 12:40:12 AM":                                "1768437612",
		"01/15/2026 12:40:12 pm x":                              "1768480812",
		"01/15/2026 11:40:12 PM":                                "1768520412",
		"01/15/2026 23:40:12.250 x":                             "1768520412.25",
		"01/15/2026 11:40:12 +0100, search_name=x":              "1768473612",
		"1768477212.345, search_name=x":                         "1768477212.345",
		"1768477212 x":                                          "1768477212",
		"1768477212345 x":                                       "1768477212.345",
		"type=SYSCALL msg=audit(1768477212.345:88): arch=c00 x": "1768477212.345",
	} {
		got, ok := textTime([]byte(line), now)
		require.True(t, ok, line)
		require.Equal(t, want, got.String(), line)
	}
	for _, line := range []string{
		"", "x", "<", "<>", "[", "Foo 15 11:40:12", "anF 15 11:40:12 x", "Jan 15 11:40", "13/15/2026 11:40:12 AM", "01/15/2026 13:40:12 AM", "01/15/2026 00:40:12 PM", "17684772", "17684772123456",
		"1768477212abc", "1768477212-3", "msg=audit(", "msg=audit(x)", "Feb 30 00:00:00 x", "20260115T114012Z",
	} {
		_, ok := textTime([]byte(line), now)
		require.False(t, ok, line)
	}
}

func TestEpochTime(t *testing.T) {
	for digits, want := range map[string]string{
		"0": "0", "1768477212": "1768477212", "1768477212.123456789123": "1768477212.123456789", "1768477212345": "1768477212.345",
		"1768477212345678": "1768477212.345678", "1768477212345678912": "1768477212.345678912", "1768477212345.5": "1768477212.3455", "9214646399": "9214646399",
	} {
		got, ok := epochTime([]byte(digits))
		require.True(t, ok, digits)
		require.Equal(t, want, got.String(), digits)
	}
	for _, bad := range []string{"", ".", "x", "-1", "1e9", "1.x", "99999999999999999999", "9999999999999999999", "1 "} {
		_, ok := epochTime([]byte(bad))
		require.False(t, ok, bad)
	}
}
