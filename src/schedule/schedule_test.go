package schedule

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	out, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return out
}

func TestLastRunIsTheTickAtOrBefore(t *testing.T) {
	for _, c := range []struct{ cron, earliest, latest, now, tick, from, to string }{
		{"0 * * * *", "-70m@m", "-10m@m", "2026-01-15T12:20:00Z", "2026-01-15T12:00:00Z", "2026-01-15T10:50:00Z", "2026-01-15T11:50:00Z"},
		{"0 * * * *", "-70m@m", "-10m@m", "2026-01-15T12:00:00Z", "2026-01-15T12:00:00Z", "2026-01-15T10:50:00Z", "2026-01-15T11:50:00Z"},
		{"0 * * * *", "-70m@m", "-10m@m", "2026-01-15T11:59:59Z", "2026-01-15T11:00:00Z", "2026-01-15T09:50:00Z", "2026-01-15T10:50:00Z"},
		{"7 * * * *", "-1h@h", "@h", "2026-01-15T12:20:00Z", "2026-01-15T12:07:00Z", "2026-01-15T11:00:00Z", "2026-01-15T12:00:00Z"},
		{"*/5 * * * *", "-24h", "now", "2026-01-15T12:21:30Z", "2026-01-15T12:20:00Z", "2026-01-14T12:20:00Z", "2026-01-15T12:20:00Z"},
	} {
		p, err := New(c.cron, c.earliest, c.latest, time.UTC)
		require.NoError(t, err)
		run, err := p.Last(at(t, c.now))
		require.NoError(t, err)
		require.Equal(t, Run{At: at(t, c.tick), Earliest: event.At(at(t, c.from)), Latest: event.At(at(t, c.to))}, run, c)
	}
}

func TestCoveringGoesBackTickByTick(t *testing.T) {
	p, err := New("0 * * * *", "-70m@m", "-10m@m", time.UTC)
	require.NoError(t, err)
	now := at(t, "2026-01-15T12:20:00Z")
	for _, c := range []struct {
		first string
		ticks []string
	}{
		{"2026-01-15T10:50:00Z", []string{"2026-01-15T12:00:00Z"}},
		{"2026-01-15T10:49:59Z", []string{"2026-01-15T11:00:00Z", "2026-01-15T12:00:00Z"}},
		{"2026-01-15T08:55:00Z", []string{"2026-01-15T10:00:00Z", "2026-01-15T11:00:00Z", "2026-01-15T12:00:00Z"}},
	} {
		runs, err := p.Covering(now, event.At(at(t, c.first)), nil)
		require.NoError(t, err)
		var ticks []string
		for _, r := range runs {
			ticks = append(ticks, r.At.Format(time.RFC3339))
		}
		require.Equal(t, c.ticks, ticks)
		for i := 1; i < len(runs); i++ {
			require.Equal(t, runs[i-1].Latest, runs[i].Earliest, "no event is searched twice or never")
		}
	}
	some, err := p.Covering(now, event.At(at(t, "2020-01-15T10:50:00Z")), func(r Run) bool { return r.At.Hour() == 3 && r.At.YearDay() == 1 })
	require.NoError(t, err)
	require.Len(t, some, 6, "of very many runs those that have something to find")
	every, err := New("* * * * *", "-1m@m", "@m", time.UTC)
	require.NoError(t, err)
	_, err = every.Covering(now, 0, nil)
	require.ErrorContains(t, err, "more than 1000000 ticks")
}

func TestWrongSchedules(t *testing.T) {
	for _, c := range [][3]string{{"", "", ""}, {"61 * * * *", "", ""}, {"* * * *", "", ""}, {"0 * * * *", "-70x", ""}, {"0 * * * *", "", "soon"}} {
		_, err := New(c[0], c[1], c[2], time.UTC)
		require.Error(t, err, c)
	}
}

func TestSID(t *testing.T) {
	require.Regexp(t, `^scheduler__nobody_DA-ESS-RiskReplay__RMD5[0-9a-f]{16}_at_1768478400_7$`,
		SID("nobody", "DA-ESS-RiskReplay", "RiskReplay - X - Rule", time.Unix(1768478400, 0), 7))
}

func TestSuppression(t *testing.T) {
	var s Suppression
	row := func(dest string) func(string) []string { return func(string) []string { return []string{dest} } }
	start := time.Unix(1768478400, 0)
	require.True(t, s.Fires(start, []string{"dest"}, time.Hour, row("a")))
	require.True(t, s.Fires(start, []string{"dest"}, time.Hour, row("b")), "another value")
	require.False(t, s.Fires(start.Add(59*time.Minute), []string{"dest"}, time.Hour, row("a")))
	require.True(t, s.Fires(start.Add(time.Hour), []string{"dest"}, time.Hour, row("a")), "a suppressed result does not prolong the period")
	var all Suppression
	require.True(t, all.Fires(start, nil, time.Hour, row("a")))
	require.False(t, all.Fires(start, nil, time.Hour, row("b")), "no fields: all results are the same")
}
