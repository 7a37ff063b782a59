package replay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/event"
)

func TestModes(t *testing.T) {
	first := event.At(time.Date(2026, 1, 15, 11, 0, 0, 250e6, time.UTC))
	last := event.At(time.Date(2026, 1, 15, 11, 20, 0, 900e6, time.UTC))
	now := event.At(time.Date(2026, 2, 1, 12, 0, 0, 500e6, time.UTC))
	for _, c := range []struct {
		text, first, last string // where they go
		setting           Settings
	}{
		{text: "", first: "2026-01-15T11:00:00.25Z", last: "2026-01-15T11:20:00.9Z"},
		{text: "keep", first: "2026-01-15T11:00:00.25Z", last: "2026-01-15T11:20:00.9Z"},
		{text: "now", first: "2026-02-01T11:39:59.25Z", last: "2026-02-01T11:59:59.9Z"},
		{text: "now", setting: Settings{Anchor: "first"}, first: "2026-02-01T12:00:00.25Z", last: "2026-02-01T12:20:00.9Z"},
		{text: "at=2026-02-01T10:00:00Z", first: "2026-02-01T09:40:00.25Z", last: "2026-02-01T10:00:00.9Z"},
		{text: "at=-1h@h", setting: Settings{Anchor: "first"}, first: "2026-02-01T11:00:00.25Z", last: "2026-02-01T11:20:00.9Z"},
		{text: "at=@d", setting: Settings{Zone: "Europe/Berlin"}, first: "2026-01-31T22:40:00.25Z", last: "2026-01-31T23:00:00.9Z"},
		{text: "window=-70m..-10m", first: "2026-02-01T11:30:00.25Z", last: "2026-02-01T11:50:00.9Z"},
		{text: "window=-70m@m..-10m@m", first: "2026-02-01T11:29:59.25Z", last: "2026-02-01T11:49:59.9Z"},
		{text: "window", first: "2026-02-01T11:29:59.25Z", last: "2026-02-01T11:49:59.9Z"},
		{text: "window=-15m@m..-5m@m", first: "2026-02-01T11:34:59.25Z", last: "2026-02-01T11:54:59.9Z"},
		{text: "window=-15m@m..-5m@m", setting: Settings{Compress: true}, first: "2026-02-01T11:45:01.074562Z", last: "2026-02-01T11:54:59.9Z"},
		{text: "days", first: "2026-02-01T11:00:00.25Z", last: "2026-02-01T11:20:00.9Z"},
		{text: "scale=0.5", first: "2026-01-15T11:10:00.575Z", last: "2026-01-15T11:20:00.9Z"},
		{text: "scale=3/2", setting: Settings{Anchor: "first"}, first: "2026-01-15T11:00:00.25Z", last: "2026-01-15T11:30:01.225Z"},
	} {
		t.Run(c.text, func(t *testing.T) {
			c.setting.Time = c.text
			set, err := c.setting.parse()
			require.NoError(t, err)
			s, _, err := set.mode.Shift(first, last, now)
			require.NoError(t, err)
			got := Instant(s.Time(first))
			if c.setting.Compress {
				got = Instant(floor(event.Time(got), 1000))
			}
			require.Equal(t, c.first, got.String())
			require.Equal(t, c.last, Instant(s.Time(last)).String())
		})
	}
}

func TestSettingsSayHowToWriteThem(t *testing.T) {
	for _, c := range []struct {
		s    Settings
		want string
	}{
		{Settings{Time: "nwo"}, `cannot use time "nwo": there is no such mode`},
		{Settings{Time: "nwo"}, `did you mean "now"?`},
		{Settings{Time: "keep=1"}, "takes no value"},
		{Settings{Time: "at"}, "a time is missing"},
		{Settings{Time: "at=yesterday"}, "at=yesterday"},
		{Settings{Time: "window=-70m"}, "write window=-70m..-10m"},
		{Settings{Time: "window=-70m.."}, "a time is missing"},
		{Settings{Time: "window=-10m..-70m"}, "the window ends before it begins"},
		{Settings{Time: "scale=0"}, "is no number greater than 0"},
		{Settings{Time: "scale=1e9"}, "is no number"},
		{Settings{Time: "scale=0.1234567890123"}, "has too many digits"},
		{Settings{Anchor: "middle"}, "use last or first"},
		{Settings{Anchor: "first"}, "goes by the last event"},
		{Settings{Compress: true}, "only a window can be too short"},
		{Settings{Zone: "Mars/Base"}, "Europe/Berlin"},
		{Settings{Order: "random"}, "use file or time"},
		{Settings{Speed: "fast"}, "write max, 1, 10x or 0.5"},
		{Settings{Speed: "0"}, "write max, 1, 10x or 0.5"},
		{Settings{EPS: -1}, "it is no rate"},
		{Settings{MaxGap: -1}, "it is negative"},
		{Settings{MaxGap: 1}, "without a speed there are no gaps"},
		{Settings{Duration: -1}, "it is negative"},
		{Settings{Duration: 1, Speed: "1"}, "the duration makes the speed"},
		{Settings{Loop: "0"}, "write a number from 1, or forever"},
		{Settings{BatchEvents: -1}, "it is out of range"},
		{Settings{BatchBytes: -1}, "it is out of range"},
	} {
		require.ErrorContains(t, c.s.Check(), c.want)
	}
	require.NoError(t, Settings{}.Check())
	set, err := Settings{Time: "window=-10m..1760000000"}.parse() // the moment tells
	require.NoError(t, err)
	_, _, err = set.mode.Shift(0, 0, 1770000000e9)
	require.ErrorContains(t, err, "the window ends before it begins")
}

// A dataset that is compressed lies in its window, and one that is moved keeps its
// digits below the second.
func TestWindowHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := event.Time(rapid.Int64Range(1.6e18, 1.9e18).Draw(t, "now"))
		first := event.Time(rapid.Int64Range(1.2e18, 1.9e18).Draw(t, "first"))
		last := first + event.Time(rapid.Int64Range(0, 1e17).Draw(t, "span"))
		m, err := ParseMode("window=-70m..-10m", time.UTC)
		require.NoError(t, err)
		m.compress = true
		s, fits, err := m.Shift(first, last, now)
		require.NoError(t, err)
		require.True(t, fits)
		require.GreaterOrEqual(t, s.Time(first), now-70*60*second)
		require.Less(t, s.Time(last), now-10*60*second+second)
		require.Equal(t, last-floor(last, second), s.Time(last)-floor(s.Time(last), second))
		for _, name := range []string{"now", "days"} {
			m.name = name
			s, _, err := m.Shift(first, last, now)
			require.NoError(t, err)
			require.LessOrEqual(t, s.Time(last), now)
			require.Zero(t, s.Delta%second)
		}
	})
}
