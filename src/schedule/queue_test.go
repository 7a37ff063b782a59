package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/event"
)

func task(t require.TestingT, name, cron string, change func(*Task)) Task {
	p, err := New(cron, "-70m@m", "-10m@m", time.UTC)
	require.NoError(t, err)
	out := Task{Key: Key{"app", name}, Plan: p, Continuous: true}
	if change != nil {
		change(&out)
	}
	return out
}

func realtime(t *Task) { t.Continuous = false }

func never(Key) time.Time { return time.Time{} }

// due is what starts and what is said, each as a word.
func due(q *Queue, now time.Time) (words []string, starts []Start) {
	starts, said := q.Due(now)
	for _, s := range starts {
		words = append(words, s.Task.Name+"@"+s.Run.At.Format("15:04"))
	}
	for _, s := range said {
		word := fmt.Sprintf("%s %s %s", s.Name, s.Status, s.At.Format("15:04"))
		if s.Missed > 0 {
			word += fmt.Sprintf(" x%d", s.Missed)
		}
		words = append(words, word)
	}
	return words, starts
}

func TestQueueStartsAtTheTick(t *testing.T) {
	q := Queue{Slots: 4}
	q.Set(at(t, "2026-01-15T11:30:00Z"), []Task{task(t, "a", "0 * * * *", nil)}, never)
	words, _ := due(&q, at(t, "2026-01-15T11:59:59Z"))
	require.Empty(t, words)
	require.Equal(t, at(t, "2026-01-15T12:00:00Z"), q.Wake(at(t, "2026-01-15T11:59:59Z")))
	words, starts := due(&q, at(t, "2026-01-15T12:00:00Z"))
	require.Equal(t, []string{"a@12:00"}, words)
	require.Equal(t, Run{At: at(t, "2026-01-15T12:00:00Z"), Earliest: event.At(at(t, "2026-01-15T10:50:00Z")), Latest: event.At(at(t, "2026-01-15T11:50:00Z"))}, starts[0].Run)
	require.Equal(t, at(t, "2026-01-15T13:00:00Z"), q.Next(Key{"app", "a"}))
	require.Zero(t, q.Next(Key{"app", "b"}))
}

func TestQueueAfterAStop(t *testing.T) {
	last := func(Key) time.Time { return at(t, "2026-01-15T09:00:00Z") }
	now := at(t, "2026-01-15T12:20:00Z")
	q := Queue{Slots: 4}
	said, fresh := q.Set(now, []Task{
		task(t, "continuous", "0 * * * *", nil), task(t, "realtime", "0 * * * *", realtime),
		task(t, "window", "0 * * * *", func(t *Task) { t.Continuous, t.Window = false, 30*time.Minute }),
	}, last)
	require.Empty(t, fresh)
	require.Len(t, said, 2)
	require.Equal(t, Record{At: at(t, "2026-01-15T12:00:00Z"), Missed: 3, Status: Skipped, Reason: "the scheduler did not run"}, said[0].Record)
	require.Equal(t, 2, said[1].Missed, "12:00 is still in its window")
	var ran []string
	for range 5 {
		words, starts := due(&q, now)
		ran = append(ran, words...)
		for _, s := range starts {
			q.Ended(now, s, false)
		}
	}
	require.Equal(t, []string{"window@12:00", "continuous@10:00", "continuous@11:00", "continuous@12:00"}, ran)
}

func TestQueueForgetsWhatIsTooLongAgo(t *testing.T) {
	q := Queue{Slots: 4}
	q.Set(at(t, "2026-01-15T12:20:00Z"), []Task{task(t, "a", "0 * * * *", nil)}, func(Key) time.Time { return at(t, "2026-01-01T00:00:00Z") })
	words, _ := due(&q, at(t, "2026-01-15T12:20:00Z"))
	require.Equal(t, []string{"a@13:00", "a skipped 12:00 x324"}, words, "24 hours are caught up")
}

func TestQueueSlots(t *testing.T) {
	now := at(t, "2026-01-15T12:00:00Z")
	q := Queue{Slots: 2}
	q.Set(now, []Task{
		task(t, "auto", "0 * * * *", func(t *Task) { t.Continuous, t.Window = false, AutoWindow }),
		task(t, "continuous", "0 * * * *", nil),
		task(t, "highest", "0 * * * *", func(t *Task) { t.Priority = 2 }),
		task(t, "realtime", "0 * * * *", realtime),
	}, never)
	words, starts := due(&q, now)
	require.Equal(t, []string{"highest@12:00", "realtime@12:00", "auto deferred 12:00", "continuous deferred 12:00"}, words)
	words, _ = due(&q, now.Add(time.Second))
	require.Empty(t, words, "it is said once")
	q.Ended(now, starts[1], false)
	words, _ = due(&q, now.Add(time.Minute))
	require.Equal(t, []string{"auto@12:00"}, words)
	words, _ = due(&q, now.Add(time.Hour))
	require.Equal(t, []string{"highest deferred 13:00", "realtime deferred 13:00", "auto deferred 13:00"}, words, "continuous still waits for 12:00")
	words, _ = due(&q, now.Add(2*time.Hour))
	require.Contains(t, words, "realtime skipped 13:00 x1")
}

func TestQueueOneAtATime(t *testing.T) {
	now := at(t, "2026-01-15T12:00:00Z")
	q := Queue{Slots: 9}
	q.Set(now, []Task{
		task(t, "continuous", "* * * * *", nil), task(t, "realtime", "* * * * *", realtime),
		task(t, "two", "* * * * *", func(t *Task) { t.Continuous, t.Concurrent = false, 2 }),
	}, never)
	_, starts := due(&q, now)
	require.Len(t, starts, 3)
	words, _ := due(&q, now.Add(time.Minute))
	require.Equal(t, []string{"two@12:01", "realtime deferred 12:01", "continuous deferred 12:01"}, words)
	for _, s := range starts {
		q.Ended(now, s, false)
	}
	words, _ = due(&q, now.Add(3*time.Minute))
	require.Equal(t, []string{"realtime@12:03", "two@12:03", "continuous@12:01", "realtime skipped 12:02 x2", "two skipped 12:02 x1"}, words)
}

func TestQueueReadersWait(t *testing.T) {
	now := at(t, "2026-01-15T12:00:00Z")
	q := Queue{Slots: 9}
	q.Set(now, []Task{
		task(t, "a reader", "*/5 * * * *", func(t *Task) { t.After = true }), task(t, "writer", "0 * * * *", nil),
	}, never)
	words, starts := due(&q, now)
	require.Equal(t, []string{"writer@12:00"}, words)
	require.Equal(t, now.Add(patience), q.Wake(now), "a writer that hangs holds it up for a while alone")
	q.Ended(now, starts[0], false)
	words, starts = due(&q, now)
	require.Equal(t, []string{"a reader@12:00"}, words)
	q.Ended(now, starts[0], false)
	words, _ = due(&q, now.Add(time.Hour))
	require.Equal(t, []string{"a reader@12:05", "writer@13:00"}, words, "it waits for no later tick")
}

func TestQueueOnceMore(t *testing.T) {
	now := at(t, "2026-01-15T12:00:00Z")
	q := Queue{Slots: 1}
	q.Set(now, []Task{task(t, "a", "0 * * * *", nil)}, never)
	_, starts := due(&q, now)
	q.Ended(now, starts[0], true)
	words, _ := due(&q, now)
	require.Empty(t, words)
	require.Equal(t, now.Add(again), q.Wake(now))
	words, _ = due(&q, now.Add(again))
	require.Equal(t, []string{"a@12:00"}, words)
}

func TestQueueKeepsWhatItKnows(t *testing.T) {
	now := at(t, "2026-01-15T12:00:00Z")
	q := Queue{Slots: 1}
	_, fresh := q.Set(now, []Task{task(t, "a", "0 * * * *", nil)}, never)
	require.Len(t, fresh, 1)
	_, starts := due(&q, now)
	q.Set(now, []Task{task(t, "a", "0 * * * *", nil), task(t, "b", "30 * * * *", nil)}, never)
	require.Equal(t, at(t, "2026-01-15T13:00:00Z"), q.Next(Key{"app", "a"}), "it is not run again")
	q.Set(now, []Task{task(t, "a", "15 * * * *", nil)}, never)
	require.Equal(t, at(t, "2026-01-15T12:15:00Z"), q.Next(Key{"app", "a"}))
	require.Zero(t, q.Next(Key{"app", "b"}))
	q.Set(now, nil, never)
	q.Ended(now, starts[0], true)
	words, _ := due(&q, now.Add(time.Hour))
	require.Empty(t, words)
}

func TestSkew(t *testing.T) {
	for _, c := range []struct {
		cron string
		skew Skew
		most time.Duration
	}{
		{"0 * * * *", Skew{Percent: 100}, time.Hour},
		{"*/5 * * * *", Skew{Percent: 50}, 150 * time.Second},
		{"0 0 * * *", Skew{Most: time.Hour}, time.Hour},
		{"7 * * * *", Skew{Percent: 100}, time.Minute},
		{"0 0 * * 1", Skew{Most: time.Hour}, time.Minute},
		{"0 * * * *", Skew{}, 0},
	} {
		distinct := map[time.Duration]bool{}
		for i := range 40 {
			one := task(t, fmt.Sprint("search ", i), c.cron, func(t *Task) { t.Skew = c.skew })
			tick := at(t, "2026-01-12T00:00:00Z")
			late := one.late(tick)
			require.Equal(t, late, one.late(tick), "always the same")
			require.GreaterOrEqual(t, late, time.Duration(0))
			require.LessOrEqual(t, late, max(c.most-time.Second, 0), c)
			distinct[late] = true
		}
		require.Equal(t, c.most > 0, len(distinct) > 10, c)
	}
	q := Queue{Slots: 9, Skewed: true}
	one := task(t, "search 1", "0 * * * *", func(t *Task) { t.Skew = Skew{Percent: 100} })
	tick := at(t, "2026-01-15T12:00:00Z")
	q.Set(tick, []Task{one}, never)
	words, _ := due(&q, tick)
	require.Empty(t, words)
	words, _ = due(&q, q.Wake(tick))
	require.Equal(t, []string{"search 1@12:00"}, words, "its moment stays the tick")
}

// TestQueueAnyHow runs random tasks under a clock that jumps, and stops that forget
// all but what was ended: continuous searches run each tick once and in order, real
// time ones none twice, and never do more run than there are slots.
func TestQueueAnyHow(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		start := time.Date(2026, 3, 28, 22, 0, 0, 0, time.UTC)
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York"}).Draw(r, "zone"))
		require.NoError(t, err)
		var tasks []Task
		for i, cron := range rapid.SliceOfN(rapid.SampledFrom([]string{"0 * * * *", "*/5 * * * *", "30 2 * * *", "* * * * *", "59 1-3 * * *"}), 1, 5).Draw(r, "crons") {
			p, err := New(cron, "-70m@m", "-10m@m", zone)
			require.NoError(t, err)
			tasks = append(tasks, Task{
				Key: Key{"app", fmt.Sprint(i)}, Plan: p, Continuous: rapid.Bool().Draw(r, "continuous"), After: rapid.Bool().Draw(r, "after"),
				Concurrent: rapid.IntRange(0, 3).Draw(r, "concurrent"),
			})
		}
		q := &Queue{Slots: rapid.IntRange(1, 3).Draw(r, "slots")}
		done, last := map[Key][]time.Time{}, map[Key]time.Time{}
		note := func(k Key, at time.Time) {
			if at.After(last[k]) {
				last[k] = at
			}
		}
		skipped := map[Key]int{}
		remember := func(said []Said) {
			for _, s := range said {
				if s.Status == Skipped {
					note(s.Key, s.At)
					skipped[s.Key] += s.Missed
				}
			}
		}
		for _, one := range tasks {
			last[one.Key] = start.Add(-1)
		}
		said, _ := q.Set(start, tasks, func(k Key) time.Time { return last[k] })
		remember(said)
		now, running := start, []Start(nil)
		for range rapid.IntRange(20, 120).Draw(r, "steps") {
			switch rapid.IntRange(0, 9).Draw(r, "what") {
			case 0: // a stop: what runs is lost, and run again unless it is too long ago
				for _, s := range running {
					if s.Run.At.Before(last[s.Task.Key]) {
						skipped[s.Task.Key]++
					}
				}
				q, running = &Queue{Slots: q.Slots}, nil
				said, _ := q.Set(now, tasks, func(k Key) time.Time { return last[k] })
				remember(said)
			case 1: // the clock jumps back
				now = now.Add(-time.Duration(rapid.IntRange(1, 90).Draw(r, "back")) * time.Minute)
			case 2: // or far ahead
				now = now.Add(time.Duration(rapid.IntRange(1, 300).Draw(r, "ahead")) * time.Minute)
			case 3, 4, 5:
				if len(running) > 0 {
					i := rapid.IntRange(0, len(running)-1).Draw(r, "ends")
					s := running[i]
					running = slices.Delete(running, i, i+1)
					note(s.Task.Key, s.Run.At)
					done[s.Task.Key] = append(done[s.Task.Key], s.Run.At)
					q.Ended(now, s, false)
				}
			default:
				now = now.Add(time.Duration(rapid.IntRange(1, 400).Draw(r, "seconds")) * time.Second)
			}
			starts, said := q.Due(now)
			remember(said)
			running = append(running, starts...)
			require.LessOrEqual(r, len(running), q.Slots)
			if wake := q.Wake(now); !wake.IsZero() {
				require.True(r, wake.After(now))
			}
		}
		for _, one := range tasks {
			ran := done[one.Key]
			if !one.Continuous {
				slices.SortFunc(ran, time.Time.Compare)
				require.Len(r, slices.CompactFunc(slices.Clone(ran), time.Time.Equal), len(ran), "no tick twice")
				continue
			}
			tick := one.Plan.Next(start.Add(-1))
			for _, at := range ran {
				for ; skipped[one.Key] > 0 && !at.Equal(tick); skipped[one.Key]-- {
					tick = one.Plan.Next(tick)
				}
				require.True(r, at.Equal(tick), "%s ran at %s, not at %s", one.Name, at, tick)
				tick = one.Plan.Next(tick)
			}
		}
	})
}

func TestDaysOfAnHourMoreOrLess(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for _, c := range []struct {
		cron, from string
		want       string
	}{
		{"30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-30T02:30:00+02:00 2026-03-31T02:30:00+02:00"}, // no 2:30 on the 29th
		{"30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T02:30:00+02:00 2026-10-25T02:30:00+01:00"}, // two
		{"0 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T03:00:00+02:00 2026-03-29T04:00:00+02:00"},
	} {
		p, err := New(c.cron, "-1d@d", "@d", berlin)
		require.NoError(t, err)
		q := Queue{Slots: 1}
		now := at(t, c.from)
		q.Set(now, []Task{{Key: Key{"app", "a"}, Plan: p, Continuous: true}}, never)
		var got []string
		for range 2 {
			now = q.Wake(now)
			starts, _ := q.Due(now)
			require.Len(t, starts, 1)
			got = append(got, starts[0].Run.At.Format(time.RFC3339))
			q.Ended(now, starts[0], false)
		}
		require.Equal(t, c.want, strings.Join(got, " "))
	}
}
