package schedule

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/detection"
)

func savedSearch(t *testing.T, text string) *detection.SavedSearch {
	t.Helper()
	file, problems := conf.Parse("savedsearches.conf", []byte("[x]\nsearch = index=main\n"+text))
	require.NoError(t, problems.Err())
	s, problems := detection.ReadSavedSearch(file.Stanzas[0])
	require.NoError(t, problems.Err())
	return &s
}

func TestReadTask(t *testing.T) {
	for text, want := range map[string]Task{
		"":                           {},
		"realtime_schedule = 0":      {Continuous: true},
		"action.summary_index = 1":   {Continuous: true},
		"schedule_window = auto":     {Window: AutoWindow},
		"schedule_window = 15":       {Window: 15 * time.Minute},
		"allow_skew = 50%":           {Skew: Skew{Percent: 50}},
		"allow_skew = 90":            {Skew: Skew{Most: 90 * time.Second}},
		"allow_skew = 5m":            {Skew: Skew{Most: 5 * time.Minute}},
		"allow_skew = 2 hours":       {Skew: Skew{Most: 2 * time.Hour}},
		"max_concurrent = 3":         {Concurrent: 3},
		"schedule_priority = Higher": {Priority: 1},
		"action.summary_index = 1\naction.summary_index.force_realtime_schedule = 1": {},
	} {
		got, problems, err := ReadTask(savedSearch(t, "cron_schedule = 0 * * * *\n"+text), time.UTC)
		require.NoError(t, err)
		require.Empty(t, problems, text)
		want.Key, want.Plan = got.Key, got.Plan
		require.Equal(t, want, got, text)
	}
}

func TestReadTaskSaysWhatItCannotRead(t *testing.T) {
	for _, text := range []string{"schedule_window = soon", "allow_skew = 120%", "allow_skew = 5 moons", "max_concurrent = -1", "schedule_priority = urgent"} {
		_, problems, err := ReadTask(savedSearch(t, "cron_schedule = 0 * * * *\n"+text), time.UTC)
		require.NoError(t, err)
		require.Len(t, problems, 1, text)
		require.Contains(t, problems[0].Error(), "savedsearches.conf:4:")
	}
	for _, text := range []string{"cron_schedule = hourly", "cron_schedule = 0 * * * *\ndispatch.earliest_time = long ago"} {
		_, _, err := ReadTask(savedSearch(t, text), time.UTC)
		require.Error(t, err, text)
	}
}

func TestTTL(t *testing.T) {
	p, err := New("*/5 * * * *", "", "", time.UTC)
	require.NoError(t, err)
	now := at(t, "2026-01-15T12:02:00Z")
	for text, want := range map[string]time.Duration{"": 10 * time.Minute, "dispatch.ttl = 600": 10 * time.Minute, "dispatch.ttl = 3p": 15 * time.Minute, "dispatch.ttl = x": 10 * time.Minute} {
		require.Equal(t, want, TTL(savedSearch(t, text), p, now), text)
	}
	require.Equal(t, 10*time.Minute, TTL(&detection.SavedSearch{}, p, now))
}

func FuzzLength(f *testing.F) {
	for _, s := range []string{"", "5m", "90", "2 hours", "1mins", "99999999999s", "s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, ok := length(text); ok {
			require.GreaterOrEqual(t, d, time.Duration(0))
		}
	})
}
