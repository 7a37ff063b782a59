package engine

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/alert"
	"riskreplay/src/clock"
	"riskreplay/src/conf"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/schedule"
)

var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// everyHour is a saved search that finds the events of its window by host, one risk
// event and one notable for each.
const everyHour = `[hosts]
search = index=main | stats count by host
enableSched = 1
cron_schedule = 0 * * * *
dispatch.earliest_time = -60m@m
dispatch.latest_time = now
realtime_schedule = 0
counttype = number of events
relation = greater than
quantity = 0
action.risk = 1
action.risk.param._risk_message = seen
action.risk.param._risk = [{"risk_object_field": "host", "risk_object_type": "system", "risk_score": 10}]
action.notable = 1
action.notable.param.rule_title = on $host$
alert.suppress = 1
alert.suppress.fields = host
alert.suppress.period = 2h
`

// small is an engine whose one app has saved searches, and other files by name.
func small(t testing.TB, x *index.Index, files ...string) *Engine {
	t.Helper()
	app := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		app["default/"+files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	e, problems := New(Options{Apps: []conf.App{{ID: "app", FS: app}}, App: "app", Index: x})
	require.NoError(t, problems.Err())
	return e
}

// scheduled is a scheduler with what it said.
type scheduled struct {
	*Scheduler
	engine *Engine
	clock  *clock.Manual
	mu     sync.Mutex
	said   []string
}

func startScheduler(t testing.TB, e *Engine, now time.Time, o SchedulerOptions) *scheduled {
	t.Helper()
	s := &scheduled{engine: e, clock: clock.NewManual(now)}
	if o.Clock == nil {
		o.Clock = s.clock
	}
	o.Slots = max(o.Slots, 2)
	o.Warn = func(m diag.Message) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.said = append(s.said, m.Text)
	}
	var err error
	s.Scheduler, err = e.NewScheduler(t.Context(), o)
	require.NoError(t, err)
	return s
}

func (s *scheduled) sweep(t testing.TB, now time.Time) {
	t.Helper()
	s.clock.Set(now)
	require.NoError(t, s.Sweep(t.Context()))
}

func seen(t testing.TB, e *Engine, search string) []string {
	t.Helper()
	result, err := e.Run(t.Context(), job.Request{Search: search, Now: noon})
	require.NoError(t, err)
	rows, err := results.ReadAll(t.Context(), result.Rows)
	require.NoError(t, err)
	var out []string
	for i := range rows.Len {
		var cells []string
		for _, c := range rows.Columns {
			cells = append(cells, c.Text(i))
		}
		out = append(out, strings.Join(cells, " "))
	}
	return out
}

func put(t testing.TB, e *Engine, at time.Time, hosts ...string) {
	t.Helper()
	var evs []event.Event
	for _, h := range hosts {
		evs = append(evs, event.Event{Raw: []byte("x"), Time: event.At(at), Host: h, Source: "s", Sourcetype: "st", Index: "main"})
	}
	require.NoError(t, e.Append(t.Context(), evs))
}

const (
	riskBySID = `index=risk | stats count by orig_sid risk_object | eval at=replace(orig_sid,".*_at_","") | sort at risk_object | table at risk_object count`
	itsLog    = `index=_internal sourcetype=scheduler | sort 0 scheduled_time | table savedsearch_name status scheduled_time result_count alert_actions suppressed`
)

func TestSchedulerFires(t *testing.T) {
	e := small(t, nil, "savedsearches.conf", everyHour)
	s := startScheduler(t, e, noon.Add(-time.Minute), SchedulerOptions{Dir: t.TempDir()})
	put(t, e, noon.Add(-5*time.Minute), "a", "b")
	put(t, e, noon.Add(65*time.Minute), "a", "c")
	s.sweep(t, noon)
	require.Equal(t, []string{"1768478400_1 a 1", "1768478400_1 b 1"}, seen(t, e, riskBySID))
	s.sweep(t, noon.Add(3*time.Hour))
	require.Equal(t, []string{"1768478400_1 a 1", "1768478400_1 b 1", "1768485600_1 a 1", "1768485600_1 c 1"}, seen(t, e, riskBySID), "two hours later the period is over")
	require.Equal(t, []string{
		"hosts success 1768478400 2 risk,notable 0", "hosts success 1768482000 0  0", "hosts success 1768485600 2 risk,notable 0", "hosts success 1768489200 0  0",
	}, seen(t, e, itsLog))
	require.Empty(t, s.said)
	key := schedule.Key{App: "app", Name: "hosts"}
	require.Equal(t, []schedule.Key{key}, s.Scheduled())
	require.Equal(t, []time.Time{noon.Add(4 * time.Hour), noon.Add(5 * time.Hour)}, s.Next(key, 2))
	require.Nil(t, s.Next(schedule.Key{App: "app", Name: "x"}, 2))
	history := s.History(key)
	require.Len(t, history, 4)
	require.Equal(t, schedule.Record{
		At: history[0].At, Earliest: event.At(noon.Add(-time.Hour)), Latest: event.At(noon), Started: history[0].Started, SID: history[0].SID,
		Status: schedule.Success, Results: 2, Count: 2, Triggered: true, Actions: []string{"risk", "notable"}, Risk: 2, Notables: 2,
	}, history[0])
	require.NoError(t, s.Close())
}

// TestStoppedAnywhere stops a run in each of its gaps, by leaving the folder as a
// stop leaves it; what a second scheduler does from there on is compared with a run
// that nothing stopped.
func TestStoppedAnywhere(t *testing.T) {
	key := schedule.Key{App: "app", Name: "hosts"}
	sid := schedule.SID("nobody", "app", "hosts", noon, 1)
	for name, c := range map[string]struct {
		begun   bool // the intent is noted
		written int  // of its events: all at 5, with the log's
	}{
		"before anything": {}, "when it is noted": {true, 0}, "when some is written": {true, 1}, "when nearly all is written": {true, 4}, "when it is written": {true, 5},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			e := small(t, nil, "savedsearches.conf", everyHour)
			put(t, e, noon.Add(-5*time.Minute), "a", "b")
			s := startScheduler(t, e, noon.Add(-time.Minute), SchedulerOptions{Dir: dir})
			saved, err := e.SavedSearch("hosts")
			require.NoError(t, err)
			plan, err := schedule.New(saved.Cron, saved.Earliest, saved.Latest, time.UTC)
			require.NoError(t, err)
			run, err := plan.At(noon)
			require.NoError(t, err)
			before, trial := s.store.Suppression(key, noon, 2*time.Hour)
			fired, err := e.fire(t.Context(), saved, run, sid, alert.Conditions{Fires: func(values func(string) []string) bool {
				return trial.Fires(noon, saved.Suppress.Fields, saved.Suppress.Period, values)
			}})
			require.NoError(t, err)
			if c.begun {
				require.NoError(t, s.store.Intend(schedule.Intent{Key: key, At: noon, SID: sid, Fired: before.Added(trial), Results: 2, Count: 2}))
			}
			events := append(fired.Outcome.Events(), s.logged(key, saved, schedule.Record{At: noon, SID: sid, Started: noon, Status: schedule.Success}))
			require.Len(t, events, 5)
			require.NoError(t, e.Append(t.Context(), events[:c.written]))

			s = startScheduler(t, e, noon, SchedulerOptions{Dir: dir}) // the first one is gone
			s.sweep(t, noon.Add(time.Hour))
			require.Equal(t, []string{"1768478400_1 a 1", "1768478400_1 b 1"}, seen(t, e, riskBySID))
			require.Equal(t, []string{"2"}, seen(t, e, "index=notable | stats count"))
			require.Equal(t, []string{"1768478400", "1768482000"}, seen(t, e, `index=_internal sourcetype=scheduler | sort scheduled_time | table scheduled_time`))
			put(t, e, noon.Add(65*time.Minute), "a", "d")
			s.sweep(t, noon.Add(2*time.Hour-time.Second))
			s.clock.Set(noon.Add(2 * time.Hour))
			record, err := s.Dispatch(t.Context(), key, schedule.Dispatch{At: noon.Add(2*time.Hour - time.Second), Actions: true})
			require.NoError(t, err)
			require.Equal(t, 1, record.Suppressed, "what fired before the stop is remembered")
			require.NoError(t, s.Close())
		})
	}
}

func TestSchedulerAfterAStop(t *testing.T) {
	dir := t.TempDir()
	e := small(t, nil, "savedsearches.conf", everyHour+"[now]\nsearch = index=main | stats count\nenableSched = 1\ncron_schedule = */10 * * * *\n[off]\nsearch = index=main\ncron_schedule = * * * * *\nenableSched = 1\ndisabled = 1\n")
	s := startScheduler(t, e, noon, SchedulerOptions{Dir: dir})
	s.sweep(t, noon)
	require.NoError(t, s.Close())
	s = startScheduler(t, e, noon.Add(3*time.Hour+5*time.Minute), SchedulerOptions{Dir: dir})
	s.sweep(t, noon.Add(3*time.Hour+5*time.Minute))
	require.Equal(t, []string{
		"hosts success 1768478400", "now success 1768478400", "hosts success 1768482000", "hosts success 1768485600", "hosts success 1768489200", "now skipped 1768489200",
	}, seen(t, e, `index=_internal sourcetype=scheduler | sort 0 scheduled_time savedsearch_name | table savedsearch_name status scheduled_time`))
	require.Equal(t, []string{"18"}, seen(t, e, `index=_internal status=skipped | table missed`))
	// The clock was set back: what was run is not run again.
	require.NoError(t, s.Close())
	s = startScheduler(t, e, noon.Add(time.Hour), SchedulerOptions{Dir: dir})
	require.Equal(t, []string{"2 scheduled searches have run already at times that are still to come, until 2026-01-15T15:00:00Z: they go on from there"}, s.said)
	s.sweep(t, noon.Add(2*time.Hour))
	require.Equal(t, []string{"6"}, seen(t, e, `index=_internal sourcetype=scheduler savedsearch_name=hosts OR savedsearch_name=now | stats count`))
	require.Len(t, s.History(schedule.Key{App: "app", Name: "hosts"}), 4)
}

func TestSchedulerEnables(t *testing.T) {
	e := small(t, nil, "savedsearches.conf", "[off]\nsearch = index=main | stats count\ncron_schedule = 0 * * * *\nenableSched = 1\ndisabled = 1\n")
	s := startScheduler(t, e, noon, SchedulerOptions{Enable: func(s *detection.SavedSearch) bool { return s.Name == "off" }})
	s.sweep(t, noon)
	require.Equal(t, []string{"1"}, seen(t, e, `index=_internal sourcetype=scheduler | stats count`))
}

func TestSearchThatFails(t *testing.T) {
	e := small(t, nil, "savedsearches.conf", everyHour+"[wrong]\nsearch = index=main | nosuchcommand\nenableSched = 1\ncron_schedule = 0 * * * *\n[late]\nsearch = index=main\nenableSched = 1\ncron_schedule = never\n")
	s := startScheduler(t, e, noon, SchedulerOptions{})
	s.sweep(t, noon)
	require.Equal(t, []string{"hosts success", "wrong failed"}, seen(t, e, `index=_internal sourcetype=scheduler | sort savedsearch_name | table savedsearch_name status`))
	require.Contains(t, strings.Join(s.said, "\n"), `cannot run "wrong"`)
	require.Contains(t, strings.Join(s.said, "\n"), `cannot schedule "late"`)
	require.Contains(t, seen(t, e, `index=_internal status=failed | table reason`)[0], "nosuchcommand")
	_, err := s.Dispatch(t.Context(), schedule.Key{App: "app", Name: "wrong"}, schedule.Dispatch{At: noon})
	require.ErrorContains(t, err, "nosuchcommand")
	_, err = s.Dispatch(t.Context(), schedule.Key{App: "app", Name: "none"}, schedule.Dispatch{At: noon})
	require.ErrorContains(t, err, `no saved search of the app "app" is called "none"`)
}

// TestSearchThatHangs: a search is ended when its time is over, by the scheduler's
// clock: here one that waits for a program that never answers.
func TestSearchThatHangs(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip("there is no program sleep to wait for")
	}
	app := fstest.MapFS{
		"default/savedsearches.conf": {Data: []byte("[hang]\nsearch = | makeresults | stall\n")},
		"default/commands.conf":      {Data: []byte("[stall]\nchunked = true\ncommand.arg.1 = 600\n")},
	}
	e, problems := New(Options{Apps: []conf.App{{ID: "app", FS: app}}, App: "app", Programs: func(string) (string, string, bool) { return sleep, "", true }})
	require.NoError(t, problems.Err())
	s := startScheduler(t, e, noon, SchedulerOptions{Time: time.Minute})
	key := schedule.Key{App: "app", Name: "hang"}
	done := make(chan schedule.Record)
	go func() { done <- s.runOf(t.Context(), key, s.saved[key], schedule.Run{At: noon}, "sid") }()
	require.NoError(t, s.clock.WaitForSleepers(t.Context(), 1))
	s.clock.Advance(time.Minute)
	r := <-done
	require.Equal(t, schedule.Failed, r.Status)
	require.Equal(t, "it took longer than 1m0s", r.Reason)
}

func TestStopEndsRunsAndTheyRunAgain(t *testing.T) {
	dir := t.TempDir()
	e := small(t, nil, "savedsearches.conf", everyHour)
	put(t, e, noon.Add(-5*time.Minute), "a")
	s := startScheduler(t, e, noon, SchedulerOptions{Dir: dir})
	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, s.Sweep(ctx), context.Canceled)
	r := s.runOf(ctx, schedule.Key{App: "app", Name: "hosts"}, s.saved[schedule.Key{App: "app", Name: "hosts"}], schedule.Run{At: noon}, "sid")
	require.True(t, r.Again)
	require.NoError(t, s.Close())
	s = startScheduler(t, e, noon.Add(time.Minute), SchedulerOptions{Dir: dir})
	s.sweep(t, noon.Add(time.Minute))
	require.Equal(t, []string{"1768478400_1 a 1"}, seen(t, e, riskBySID))
}

func TestIndexThatCannotBeWritten(t *testing.T) {
	x := index.New(index.Options{})
	e := small(t, x, "savedsearches.conf", everyHour)
	put(t, e, noon.Add(-5*time.Minute), "a")
	s := startScheduler(t, e, noon, SchedulerOptions{})
	key := schedule.Key{App: "app", Name: "hosts"}
	r := s.notWritten(s.saved[key], schedule.Record{At: noon, Status: schedule.Success}, errors.New("no room"))
	require.True(t, r.Again)
	require.Equal(t, schedule.Failed, r.Status)
	require.Contains(t, s.said[0], `cannot write what "hosts" found: no room`)
	s.sweep(t, noon)
	require.Equal(t, []string{"1768478400_1 a 1"}, seen(t, e, riskBySID))
}

// TestManyAtTheSameMinute: hundreds of searches due at one minute all run, so many
// at once.
func TestManyAtTheSameMinute(t *testing.T) {
	var text strings.Builder
	for i := range 300 {
		fmt.Fprintf(&text, "[s%d]\nsearch = index=main host=h%d | stats count by host\nenableSched = 1\ncron_schedule = 0 * * * *\nrealtime_schedule = %d\naction.notable = 1\naction.notable.param.rule_title = x\n", i, i, i%2)
	}
	e := small(t, nil, "savedsearches.conf", text.String())
	put(t, e, noon.Add(-time.Minute), "h1", "h2", "h299")
	s := startScheduler(t, e, noon, SchedulerOptions{Slots: 3, Dir: t.TempDir()})
	s.sweep(t, noon)
	require.Equal(t, []string{"300 300"}, seen(t, e, `index=_internal sourcetype=scheduler status=success | stats count dc(savedsearch_name) as n`))
	require.Equal(t, []string{"297"}, seen(t, e, `index=_internal sourcetype=scheduler status=deferred | stats count`))
	require.Equal(t, []string{"3"}, seen(t, e, `index=notable | stats count`))
	require.NoError(t, s.Close())
}

func TestConditionsOverRuns(t *testing.T) {
	const base = "search = index=main | stats count by host\nenableSched = 1\ncron_schedule = 0 * * * *\ndispatch.earliest_time = -60m\ndispatch.latest_time = now\nrealtime_schedule = 0\naction.notable = 1\naction.notable.param.rule_title = x\n"
	e := small(t, nil, "savedsearches.conf", "[rises]\n"+base+"counttype = number of events\nrelation = rises by\nquantity = 1\n[custom]\n"+base+"counttype = custom\nalert_condition = search count > 1\n[odd]\n"+base+"counttype = custom\nalert_condition = | nosuch\n")
	dir := t.TempDir()
	s := startScheduler(t, e, noon, SchedulerOptions{Dir: dir})
	put(t, e, noon.Add(-time.Minute), "a", "a")
	put(t, e, noon.Add(time.Hour-time.Minute), "a", "b")
	s.sweep(t, noon)
	require.Equal(t, []string{"custom 1768478400"}, seen(t, e, `index=notable | eval at=replace(orig_sid,".*_at_(\d+)_.*","\1") | table search_name at`))
	require.Contains(t, strings.Join(s.said, "\n"), `odd: cannot run the alert condition "| nosuch"`)
	require.NoError(t, s.Close())
	s = startScheduler(t, e, noon.Add(time.Minute), SchedulerOptions{Dir: dir})
	s.sweep(t, noon.Add(time.Hour))
	require.Equal(t, []string{"rises", "rises"}, seen(t, e, `index=notable orig_sid="*1768482000*" | table search_name`), "what the run before counted is remembered over a stop")
}

func TestKeepsRows(t *testing.T) {
	e := small(t, nil, "savedsearches.conf", everyHour+"dispatch.ttl = 90\n")
	put(t, e, noon.Add(-time.Minute), "a", "b")
	rows, keep := 0, time.Duration(0)
	s := startScheduler(t, e, noon, SchedulerOptions{Finished: func(f Fired, _ *detection.SavedSearch, ttl time.Duration) { rows, keep = f.Rows.Len, ttl }})
	s.sweep(t, noon)
	require.Equal(t, 2, rows)
	require.Equal(t, 90*time.Second, keep)
}

func TestReload(t *testing.T) {
	e := small(t, nil, "savedsearches.conf", everyHour)
	s := startScheduler(t, e, noon, SchedulerOptions{})
	s.sweep(t, noon)
	e.Refresh()
	require.NoError(t, s.Reload())
	s.sweep(t, noon)
	require.Equal(t, []string{"1"}, seen(t, e, `index=_internal sourcetype=scheduler | stats count`), "a tick is not run again")
}
