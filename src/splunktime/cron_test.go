package splunktime

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/diag"
)

func TestCron(t *testing.T) {
	for _, c := range []struct{ cron, at, prev, next string }{
		{"0 * * * *", "2026-01-15 12:20:33.5", "2026-01-15 12:00:00", "2026-01-15 13:00:00"},
		{"0 * * * *", "2026-01-15 12:00:00", "2026-01-15 12:00:00", "2026-01-15 13:00:00"},
		{"*/15 8-18 * * 1-5", "2026-01-17 12:00:00", "2026-01-16 18:45:00", "2026-01-19 08:00:00"},
		{"5 3 * * 7", "2026-01-15 12:00:00", "2026-01-11 03:05:00", "2026-01-18 03:05:00"},
		{"5 3 * * 0", "2026-01-15 12:00:00", "2026-01-11 03:05:00", "2026-01-18 03:05:00"},
		{"0 0 * * 5-7", "2026-01-15 12:00:00", "2026-01-11 00:00:00", "2026-01-16 00:00:00"},
		{"0 0 * * 1-7/3", "2026-01-15 12:00:00", "2026-01-15 00:00:00", "2026-01-18 00:00:00"},
		{"0 0 * * sun,wed", "2026-01-15 12:00:00", "2026-01-14 00:00:00", "2026-01-18 00:00:00"},
		{"0 0 1 * 1", "2026-01-15 12:00:00", "2026-01-12 00:00:00", "2026-01-19 00:00:00"},
		{"0 0 29 2 *", "2026-01-15 12:00:00", "2024-02-29 00:00:00", "2028-02-29 00:00:00"},
		{"0 0 29 2 *", "2103-01-15 12:00:00", "2096-02-29 00:00:00", "2104-02-29 00:00:00"},
		{"0 0 1 jan *", "2026-01-15 12:00:00", "2026-01-01 00:00:00", "2027-01-01 00:00:00"},
	} {
		s, err := ParseCron(c.cron)
		require.NoError(t, err)
		at := local(t, c.at, time.UTC).Std()
		require.Equal(t, c.prev, s.Prev(at).Format("2006-01-02 15:04:05"), "%s %s", c.cron, c.at)
		require.Equal(t, c.next, s.Next(at).Format("2006-01-02 15:04:05"), "%s %s", c.cron, c.at)
		require.Equal(t, c.cron, s.String())
	}
	never, err := ParseCron("0 0 30 2 *")
	require.NoError(t, err)
	require.True(t, never.Prev(time.Unix(0, 0)).IsZero())
	require.True(t, never.Next(time.Unix(0, 0)).IsZero())
	require.True(t, Cron{}.Prev(time.Unix(0, 0)).IsZero())
}

func TestCronRefuses(t *testing.T) {
	for s, why := range map[string]string{
		"":                    "expected 5 fields, found 0",
		"* * * *":             "expected 5 fields, found 4",
		"0 0 * * * *":         "expected 5 fields, found 6",
		"@hourly":             "expected 5 fields, found 1",
		"TZ=UTC * * * *":      `minute "TZ=UTC" is not a number, name, range or step in range`,
		"61 * * * *":          `minute "61" is not a number, name, range or step in range`,
		"* 5-3 * * *":         `hour "5-3" is not a number, name, range or step in range`,
		"* * 0 * *":           `day of month "0" is not a number, name, range or step in range`,
		"* * * foo *":         `month "foo" is not a number, name, range or step in range`,
		"* * * * 8":           `day of week "8" is not a number, name, range or step in range`,
		"*/0 * * * *":         `minute "*/0" is not a number, name, range or step in range`,
		"CRON_TZ=x\x00 * * *": "expected 5 fields, found 4",
	} {
		_, err := ParseCron(s)
		var m diag.Message
		require.ErrorAs(t, err, &m, s)
		require.Equal(t, `cannot read cron schedule "`+s+`": `+why, m.Text)
	}
}

// Next and Prev against the slow way: minute by minute.
func TestTicksMinuteByMinute(t *testing.T) {
	schedules := []string{"0 * * * *", "*/7 * * * *", "30 2 * * *", "15 1 * * 7", "0 0 * * *", "45,50 23 13-15 * 5", "59 0-2 * * *"}
	zones := append([]string{"Africa/Monrovia"}, testZones...)
	rapid.Check(t, func(r *rapid.T) {
		z := zone(t, rapid.SampledFrom(zones).Draw(r, "zone"))
		at := time.Unix(rapid.Int64Range(0, 2e9).Draw(r, "time"), rapid.Int64Range(0, 999999999).Draw(r, "ns")).In(z)
		requireTicks(r, rapid.SampledFrom(schedules).Draw(r, "cron"), at)
	})
	// Days without a midnight, days left out, hours skipped and repeated.
	for name, day := range map[string]string{
		"America/Havana": "2025-03-09", "Pacific/Apia": "2011-12-30", "Europe/Berlin": "2025-10-26", "Australia/Lord_Howe": "2026-04-05",
	} {
		for _, s := range schedules {
			for hours := range 72 {
				noon := local(t, day+" 12:00:07", zone(t, name)).Std().In(zone(t, name))
				requireTicks(t, s, noon.Add(time.Duration(hours-36)*time.Hour))
			}
		}
	}
}

func requireTicks(t require.TestingT, schedule string, at time.Time) {
	c, err := ParseCron(schedule)
	require.NoError(t, err)
	const most = 3 * 24 * 60
	start := at.Add(-time.Duration(at.Second())*time.Second - time.Duration(at.Nanosecond()))
	tick := start
	for i := 0; i < most && !c.shows(tick); i++ {
		tick = tick.Add(-time.Minute)
	}
	if c.shows(tick) {
		require.Equal(t, tick, c.Prev(at), "%s before %s", schedule, at)
	} else {
		require.True(t, c.Prev(at).Before(tick))
	}
	tick = start.Add(time.Minute)
	for i := 0; i < most && !c.shows(tick); i++ {
		tick = tick.Add(time.Minute)
	}
	if c.shows(tick) {
		require.Equal(t, tick, c.Next(at), "%s after %s", schedule, at)
	} else {
		require.True(t, c.Next(at).After(tick))
	}
}

// shows tells whether a clock at t shows what the fields say.
func (c Cron) shows(t time.Time) bool {
	y, m, d := t.Date()
	return c.onDay(y, m, d) && c.spec.Hour>>uint(t.Hour())&1 == 1 && c.spec.Minute>>uint(t.Minute())&1 == 1
}

func FuzzCron(f *testing.F) {
	for _, s := range []string{"0 * * * *", "*/15 8-18 1,15 jan-mar 5-7", "0 0 29 2 *", "0 0 30 2 *", "? ? ? ? ?"} {
		f.Add(s, int64(1768479600))
	}
	f.Fuzz(func(t *testing.T, s string, at int64) {
		c, err := ParseCron(s)
		if err != nil || at < 0 || at > 4e9 {
			return
		}
		now := time.Unix(at, 0).UTC()
		if prev := c.Prev(now); !prev.IsZero() {
			require.False(t, prev.After(now))
			next := c.Next(prev)
			require.True(t, next.IsZero() || next.After(now))
		}
	})
}

func BenchmarkPrev(b *testing.B) {
	c, _ := ParseCron("0 * * * *")
	at := time.Unix(1768479633, 0).UTC()
	b.ReportAllocs()
	for b.Loop() {
		c.Prev(at)
	}
}
