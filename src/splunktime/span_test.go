package splunktime

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

func TestParseSpan(t *testing.T) {
	for s, want := range map[string]string{
		"1h": "1h", "h": "1h", "5m": "5m", "90": "90s", "1": "1s", "1mon": "1mon", "1month": "1mon", "2weeks": "2w", "1d": "1d", "1day": "1d",
		"100ms": "100ms", "5ds": "5ds", "1us": "1us", "1w@w1": "1w@w1", "1w@w": "1w@w0", "w@w7": "1w@w0", "4h@d": "4h@d", "q": "1q", "10y": "10y",
	} {
		got, err := ParseSpan(s)
		require.NoError(t, err, s)
		require.Equal(t, want, got.String(), s)
		require.False(t, got.IsZero())
		again, err := ParseSpan(got.String())
		require.NoError(t, err)
		require.Equal(t, got, again)
	}
	for s, why := range map[string]string{
		"": "expected a number and a unit", "auto": "expected a number and a unit", "-1h": "expected a number and a unit", "1H": "expected a number and a unit",
		"1 h": "expected a number and a unit", "1h30m": "unknown text behind the unit", "1log2": "expected a number and a unit", "0": "it must be more than 0",
		"0m": "it must be more than 0", "300ms": "a span below one second must divide one second", "1000ms": "a span below one second must divide one second",
		"1.5h": "expected a number and a unit", "200y": "it is longer than a century", "9999999999": "it is longer than a century", "4000000000s": "it is longer than a century",
		"1d@": "unknown text behind the unit", "1d@foo": "unknown text behind the unit", "1d@d2": "unknown text behind the unit",
	} {
		_, err := ParseSpan(s)
		var m diag.Message
		require.ErrorAs(t, err, &m, s)
		require.Equal(t, `cannot read span "`+s+`": `+why, m.Text)
	}
}

// Rule K2.
func TestFloor(t *testing.T) {
	berlin, havana := zone(t, "Europe/Berlin"), zone(t, "America/Havana")
	for _, c := range []struct {
		span string
		zone *time.Location
		t    string
		want string
		next string
	}{
		{"1h", time.UTC, "1970-01-01 01:02:05", "1970-01-01 01:00:00", "1970-01-01 02:00:00"},
		{"100ms", time.UTC, "2026-01-15 12:20:00.987", "2026-01-15 12:20:00.9", "2026-01-15 12:20:01"},
		{"1h", time.UTC, "1969-12-31 23:10:00", "1969-12-31 23:00:00", "1970-01-01 00:00:00"},
		{"7m", time.UTC, "1970-01-01 00:20:00", "1970-01-01 00:14:00", "1970-01-01 00:21:00"},
		{"1d", berlin, "2026-03-29 12:00:00", "2026-03-29 00:00:00", "2026-03-30 00:00:00"},
		{"24h", berlin, "2026-03-29 12:00:00", "2026-03-29 00:00:00", "2026-03-30 00:00:00"},
		{"86400", berlin, "2025-10-26 12:00:00", "2025-10-26 00:00:00", "2025-10-27 00:00:00"},
		{"1d", havana, "2025-03-09 12:00:00", "2025-03-09 01:00:00", "2025-03-10 00:00:00"},
		// Hours are counted from 1970 in UTC, whatever the zone.
		{"12h", berlin, "2026-01-15 12:00:00", "2026-01-15 01:00:00", "2026-01-15 13:00:00"},
		{"2d", time.UTC, "1970-01-04 12:00:00", "1970-01-03 00:00:00", "1970-01-05 00:00:00"},
		// Weeks start on Thursday, as 1970 did.
		{"1w", time.UTC, "2026-01-14 12:00:00", "2026-01-08 00:00:00", "2026-01-15 00:00:00"},
		{"1w", berlin, "2026-01-15 12:00:00", "2026-01-15 00:00:00", "2026-01-22 00:00:00"},
		{"1w@w1", time.UTC, "2026-01-14 12:00:00", "2026-01-12 00:00:00", "2026-01-19 00:00:00"},
		{"1w@w0", time.UTC, "2026-01-11 00:00:00", "2026-01-11 00:00:00", "2026-01-18 00:00:00"},
		{"2w@w1", time.UTC, "1970-01-14 12:00:00", "1970-01-12 00:00:00", "1970-01-26 00:00:00"},
		{"1mon", berlin, "2026-03-31 12:00:00", "2026-03-01 00:00:00", "2026-04-01 00:00:00"},
		{"1mon", time.UTC, "1969-12-31 12:00:00", "1969-12-01 00:00:00", "1970-01-01 00:00:00"},
		{"1q", time.UTC, "2026-03-31 12:00:00", "2026-01-01 00:00:00", "2026-04-01 00:00:00"},
		{"1y", time.UTC, "2026-03-31 12:00:00", "2026-01-01 00:00:00", "2027-01-01 00:00:00"},
		{"5mon", time.UTC, "1970-07-01 00:00:00", "1970-06-01 00:00:00", "1970-11-01 00:00:00"},
		{"5h@d", time.UTC, "2026-01-15 23:00:00", "2026-01-15 20:00:00", "2026-01-16 00:00:00"},
		{"5h@w1", time.UTC, "2026-01-18 23:59:00", "2026-01-18 21:00:00", "2026-01-19 00:00:00"},
		{"7d@mon", time.UTC, "2026-02-27 00:00:00", "2026-02-22 00:00:00", "2026-03-01 00:00:00"},
		{"1h@h", time.UTC, "2026-01-15 23:10:00", "2026-01-15 23:00:00", "2026-01-16 00:00:00"},
	} {
		s, err := ParseSpan(c.span)
		require.NoError(t, err)
		floor := s.Floor(local(t, c.t, c.zone), c.zone)
		require.Equal(t, c.want, show(floor, c.zone), "%s %s", c.span, c.t)
		require.Equal(t, c.next, show(s.Next(floor, c.zone), c.zone), "%s %s", c.span, c.t)
	}
	require.Equal(t, event.Time(5), Span{}.Floor(5, nil))
	require.Equal(t, event.Time(5), Span{}.Next(5, nil))
}

func TestAlign(t *testing.T) {
	hours, _ := ParseSpan("4h")
	origin := local(t, "2026-01-15 01:30:00", time.UTC)
	require.Equal(t, "2026-01-15 09:30:00", show(hours.Align(origin).Floor(local(t, "2026-01-15 12:00:00", time.UTC), nil), time.UTC))
	require.Equal(t, "2026-01-14 21:30:00", show(hours.Align(origin).Floor(local(t, "2026-01-15 00:00:00", time.UTC), nil), time.UTC))
	days, _ := ParseSpan("1d")
	require.Equal(t, "2026-01-15 00:00:00", show(days.Align(origin).Floor(origin, nil), time.UTC))
}

// Buckets cover time without gaps: t is in its bucket, and the next one starts
// where it ends.
func TestBucketsCoverTime(t *testing.T) {
	spans := []string{
		"1us", "250ms", "1s", "7m", "1h", "5h", "36h", "1d", "3d", "24h", "1w", "2w", "1w@w1", "2w@w3", "1mon", "5mon", "1q", "1y", "5h@d", "7d@mon", "1d@y", "1mon@y",
	}
	rapid.Check(t, func(r *rapid.T) {
		z := zone(t, rapid.SampledFrom(testZones).Draw(r, "zone"))
		when := event.Time(rapid.Int64Range(-5e17, 3e18).Draw(r, "time"))
		s, err := ParseSpan(rapid.SampledFrom(spans).Draw(r, "span"))
		require.NoError(r, err)
		s = s.Align(event.Time(rapid.Int64Range(-1e18, 1e18).Draw(r, "origin")))
		start := s.Floor(when, z)
		next := s.Next(start, z)
		require.LessOrEqual(r, start, when)
		require.Less(r, when, next)
		require.Equal(r, start, s.Floor(start, z), "floor of a start")
		require.Equal(r, start, s.Floor(next-1, z), "the last moment of the bucket")
		require.Equal(r, next, s.Floor(next, z), "the next bucket")
	})
}

func TestExtremesDoNotPanic(t *testing.T) {
	for _, s := range []string{"1us", "1h", "1d", "1w@w1", "1mon", "100y", "7d@mon", "5h@d"} {
		span, err := ParseSpan(s)
		require.NoError(t, err)
		for _, e := range []event.Time{-1 << 63, 1<<63 - 1, 0} {
			require.NotPanics(t, func() { span.Next(span.Floor(e, time.UTC), time.UTC) })
		}
	}
}

func FuzzSpan(f *testing.F) {
	for _, s := range []string{"1h", "90", "1w@w1", "100ms", "7d@mon", "1mon"} {
		f.Add(s, int64(1768479600e9))
	}
	f.Fuzz(func(t *testing.T, text string, when int64) {
		s, err := ParseSpan(text)
		if err != nil || when < -5e18 || when > 5e18 {
			return
		}
		start := s.Floor(event.Time(when), time.UTC)
		require.LessOrEqual(t, int64(start), when)
		require.Less(t, when, int64(s.Next(start, time.UTC)))
	})
}

func BenchmarkFloor(b *testing.B) {
	for _, text := range []string{"1h", "1d", "1mon"} {
		b.Run(text, func(b *testing.B) {
			s, _ := ParseSpan(text)
			b.ReportAllocs()
			for i := event.Time(0); b.Loop(); i++ {
				s.Floor(1768479600e9+i, time.UTC)
			}
		})
	}
}
