package splunktime

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("this machine has no time zone data for %s: %v", name, err)
	}
	return z
}

// local reads a local time such as "2026-01-15 12:20:33.5".
func local(t testing.TB, s string, z *time.Location) event.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04:05", s, z)
	require.NoError(t, err)
	return event.At(v)
}

func show(t event.Time, z *time.Location) string {
	return t.Std().In(z).Format("2006-01-02 15:04:05.999999999")
}

// Rule K1; the base is a Thursday.
func TestRelative(t *testing.T) {
	base := local(t, "2026-01-15 12:20:33.123456789", time.UTC)
	for _, c := range []struct{ spec, want string }{
		{"now", "2026-01-15 12:20:33.123456789"},
		{" now() ", "2026-01-15 12:20:33.123456789"},
		{"-70m@m", "2026-01-15 11:10:00"},
		{"-10m@m", "2026-01-15 12:10:00"},
		{"-30d@d", "2025-12-16 00:00:00"},
		{"@d", "2026-01-15 00:00:00"},
		{"-1d", "2026-01-14 12:20:33.123456789"},
		{"-d", "2026-01-14 12:20:33.123456789"},
		{"+h", "2026-01-15 13:20:33.123456789"},
		{"+1day@day+2hours", "2026-01-16 02:00:00"},
		{"@w0", "2026-01-11 00:00:00"},
		{"@w", "2026-01-11 00:00:00"},
		{"@w7", "2026-01-11 00:00:00"},
		{"@w1", "2026-01-12 00:00:00"},
		{"@w4", "2026-01-15 00:00:00"},
		{"@w5", "2026-01-09 00:00:00"},
		{"-1w@w1", "2026-01-05 00:00:00"},
		{"@mon", "2026-01-01 00:00:00"},
		{"-1mon@mon+3d", "2025-12-04 00:00:00"},
		{"-mon@mon+7d", "2025-12-08 00:00:00"},
		{"@q", "2026-01-01 00:00:00"},
		{"-1qtr@quarter", "2025-10-01 00:00:00"},
		{"@y", "2026-01-01 00:00:00"},
		{"-1y+11mon@mon", "2025-12-01 00:00:00"},
		{"-1yr", "2025-01-15 12:20:33.123456789"},
		{"@s", "2026-01-15 12:20:33"},
		{"@ms", "2026-01-15 12:20:33.123"},
		{"@cs", "2026-01-15 12:20:33.12"},
		{"@ds", "2026-01-15 12:20:33.1"},
		{"-1us", "2026-01-15 12:20:33.123455789"},
		{"-250ms", "2026-01-15 12:20:32.873456789"},
		{"-3ds-2cs", "2026-01-15 12:20:32.803456789"},
		{"@d@h", "2026-01-15 00:00:00"},
		{"@d+8h@w1", "2026-01-12 00:00:00"},
	} {
		got, err := Relative(base, c.spec, nil)
		require.NoError(t, err, c.spec)
		require.Equal(t, c.want, show(got, time.UTC), c.spec)
	}
}

func TestRelativeOnTheCalendar(t *testing.T) {
	berlin, kathmandu, havana := zone(t, "Europe/Berlin"), zone(t, "Asia/Kathmandu"), zone(t, "America/Havana")
	for _, c := range []struct {
		zone             *time.Location
		base, spec, want string
	}{
		// The clock went forward on 2026-03-29 02:00 and back on 2025-10-26 03:00.
		{berlin, "2026-03-29 12:00:00", "-1d", "2026-03-28 12:00:00"},
		{berlin, "2026-03-29 12:00:00", "-24h", "2026-03-28 11:00:00"},
		{berlin, "2026-03-29 12:00:00", "@d", "2026-03-29 00:00:00"},
		{berlin, "2026-03-29 12:00:00", "-10h", "2026-03-29 01:00:00"},
		{berlin, "2025-10-26 12:00:00", "-1d@d", "2025-10-25 00:00:00"},
		{berlin, "2025-10-26 12:00:00", "@d+4h@h", "2025-10-26 03:00:00"},
		{kathmandu, "2026-01-15 12:20:33", "@h", "2026-01-15 12:00:00"},
		{kathmandu, "2026-01-15 12:20:33", "@d", "2026-01-15 00:00:00"},
		// Midnight does not exist on 2025-03-09 in Havana.
		{havana, "2025-03-09 12:00:00", "@d", "2025-03-09 01:00:00"},
		{havana, "2025-03-09 12:00:00", "@w", "2025-03-09 01:00:00"},
		// Months keep the day, or take the last.
		{time.UTC, "2026-03-31 10:00:00", "-1mon", "2026-02-28 10:00:00"},
		{time.UTC, "2026-03-31 10:00:00", "-1mon@mon", "2026-02-01 00:00:00"},
		{time.UTC, "2024-02-29 10:00:00", "+1y", "2025-02-28 10:00:00"},
		{time.UTC, "2026-01-31 10:00:00", "+1q", "2026-04-30 10:00:00"},
		{time.UTC, "1969-12-31 23:59:59", "@h", "1969-12-31 23:00:00"},
	} {
		got, err := Relative(local(t, c.base, c.zone), c.spec, c.zone)
		require.NoError(t, err)
		require.Equal(t, c.want, show(got, c.zone), "%s %s", c.base, c.spec)
	}
}

func TestRelativeRefuses(t *testing.T) {
	for spec, why := range map[string]string{
		"":                      `cannot read time "": it is empty`,
		"5m":                    `cannot read time "5m": expected "+", "-" or "@" at "5m"`,
		"-5":                    `cannot read time "-5": unknown unit at "-5"`,
		"-5M":                   `cannot read time "-5M": unknown unit at "-5M"`,
		"-1d@":                  `cannot read time "-1d@": unknown unit at "@"`,
		"-1d@w8":                `cannot read time "-1d@w8": expected "+", "-" or "@" at "8"`,
		"-1d@fortnight":         `cannot read time "-1d@fortnight": unknown unit at "@fortnight"`,
		"-1d @d":                `cannot read time "-1d @d": expected "+", "-" or "@" at " @d"`,
		"-999999999y":           `cannot read time "-999999999y": it is outside of the years 1678 to 2261`,
		"+999999999h":           `cannot read time "+999999999h": it is outside of the years 1678 to 2261`,
		"-99999999999999999999": `cannot read time "-99999999999999999999": number too large at "-99999999999999999999"`,
	} {
		_, err := Relative(0, spec, time.UTC)
		var m diag.Message
		require.ErrorAs(t, err, &m, spec)
		require.Equal(t, why, m.Text)
	}
}

func TestParseArguments(t *testing.T) {
	now := local(t, "2026-01-15 12:20:00", time.UTC)
	ny := zone(t, "America/New_York")
	for _, c := range []struct {
		arg  string
		zone *time.Location
		want string
	}{
		{"now", nil, "2026-01-15 12:20:00"},
		{"-70m@m", nil, "2026-01-15 11:10:00"},
		{"@d", ny, "2026-01-15 05:00:00"},
		{"0", nil, "1970-01-01 00:00:00"},
		{"1", nil, "1970-01-01 00:00:01"},
		{"1595251445.1234567", nil, "2020-07-20 13:24:05.1234567"},
		{"10/19/2025:13:05:09", nil, "2025-10-19 13:05:09"},
		{"10/19/2025:0:0:0", ny, "2025-10-19 04:00:00"},
		{"1/5/2025:00:00:00.25", nil, "2025-01-05 00:00:00.25"},
		{"2026-01-15T12:20:00Z", ny, "2026-01-15 12:20:00"},
		{"2026-01-15T12:20:00.123456+01:00", ny, "2026-01-15 11:20:00.123456"},
		{"2026-01-15T12:20:00.5", ny, "2026-01-15 17:20:00.5"},
		{"2026-01-15T12:20:00", ny, "2026-01-15 17:20:00"},
		{"2026-01-15 12:20:00", nil, "2026-01-15 12:20:00"},
		{" 2026-01-15 ", nil, "2026-01-15 00:00:00"},
	} {
		got, err := Parse(c.arg, now, c.zone)
		require.NoError(t, err, c.arg)
		require.Equal(t, c.want, show(got, time.UTC), c.arg)
	}
	for arg, hint := range map[string]string{
		"": "epoch", "rt": "epoch", "rt-5m": "epoch", "yesterday": "epoch", "10/19/2025": "epoch", "13/19/2025:0:0:0": "epoch", "02/30/2025:0:0:0": "epoch",
		"2026-01-15T12:20:00Zulu": "epoch", "1.2.3": "epoch", "1595251445123": "milliseconds", "-5": "units", "12:20": "epoch",
	} {
		_, err := Parse(arg, now, nil)
		var m diag.Message
		require.ErrorAs(t, err, &m, arg)
		require.True(t, strings.HasPrefix(m.Text, `cannot read time "`+arg+`": `), m.Text)
		require.Contains(t, m.Hint, hint, arg)
	}
}

var testZones = []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia"}

// A snap goes down, never up, and twice is once.
func TestSnapGoesDownOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		z := zone(t, rapid.SampledFrom(testZones).Draw(r, "zone"))
		base := event.Time(rapid.Int64Range(0, 2e18).Draw(r, "base"))
		snap := rapid.SampledFrom([]string{"@ms", "@s", "@m", "@h", "@d", "@w", "@w3", "@mon", "@q", "@y"}).Draw(r, "snap")
		once, err := Relative(base, snap, z)
		require.NoError(r, err)
		require.LessOrEqual(r, once, base)
		require.Less(r, base-once, event.Time(367*24*time.Hour))
		twice, err := Relative(once, snap, z)
		require.NoError(r, err)
		require.Equal(r, once, twice)
	})
}

func FuzzRelative(f *testing.F) {
	for _, s := range []string{"-70m@m", "@w1", "-1mon@mon+3d", "now", "+1d@d-5us", "10/19/2025:0:0:0", "1595251445.5", "2026-01-15T12:20:00Z"} {
		f.Add(s, int64(1768479600e9))
	}
	f.Fuzz(func(t *testing.T, s string, base int64) {
		for _, z := range []*time.Location{nil, time.FixedZone("x", 5*3600+1800)} {
			got, err := Parse(s, event.Time(base), z)
			if err != nil {
				require.Contains(t, err.Error(), "cannot read time")
				continue
			}
			again, err := Parse(s, event.Time(base), z)
			require.NoError(t, err)
			require.Equal(t, got, again)
		}
	})
}
