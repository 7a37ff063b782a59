package engine

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay"
	"riskreplay/src/conf"
	"riskreplay/src/event"
	"riskreplay/src/index"
)

// BenchmarkSweep is one tick of many scheduled detections over new events in an
// index on disk: a thousand over a million with RISKREPLAY_SOAK=1, else a hundred
// over a hundred thousand. Each detection has the risk action.
func BenchmarkSweep(b *testing.B) {
	searches, events := 100, 100_000
	if os.Getenv("RISKREPLAY_SOAK") != "" {
		searches, events = 1000, million
	}
	x, err := index.Open(b.TempDir(), index.Options{})
	require.NoError(b, err)
	defer x.Close()
	var text strings.Builder
	for i, w := range detections(searches) {
		fmt.Fprintf(&text, "[detection %d]\nsearch = %s\nenableSched = 1\ncron_schedule = 0 * * * *\ndispatch.earliest_time = -24h\ndispatch.latest_time = now\nrealtime_schedule = 0\n"+
			"counttype = number of events\nrelation = greater than\nquantity = 0\naction.risk = 1\naction.risk.param._risk_message = $process_name$ on $dest$\n"+
			"action.risk.param._risk = [{\"risk_object_field\": \"dest\", \"risk_object_type\": \"system\", \"risk_score\": 10}]\n", i, w.spl)
	}
	app := fstest.MapFS{"default/savedsearches.conf": {Data: []byte(text.String())}}
	e, problems := New(Options{Apps: []conf.App{{ID: "DA-ESS-RiskReplay", FS: riskreplay.App}, {ID: "many", FS: app}}, App: "many", Index: x})
	require.NoError(b, problems.Err())
	require.NoError(b, e.Prepare(time.Unix(0, 0))) // as serve does
	list := processes(events)
	for len(list) > 0 {
		chunk := make([]event.Event, 0, 10_000)
		for _, p := range list[:10_000] {
			chunk = append(chunk, p.sysmon())
		}
		require.NoError(b, e.Append(b.Context(), chunk))
		list = list[10_000:]
	}
	now := time.Date(2026, 1, 16, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		b.StopTimer()
		s := startScheduler(b, e, now, SchedulerOptions{Dir: b.TempDir(), Slots: DefaultSlots(runtime.GOMAXPROCS(0))})
		require.Len(b, s.Scheduled(), searches)
		b.StartTimer()
		s.sweep(b, now)
		b.StopTimer()
		put(b, e, now.Add(-1000*time.Hour), "what was logged before it is there now")
		done := seen(b, e, fmt.Sprintf(`index=_internal sourcetype=scheduler status=success scheduled_time=%d | stats count`, now.Unix()))
		require.Equal(b, []string{strconv.Itoa(searches)}, done)
		require.Empty(b, s.said)
		require.NoError(b, s.Close())
		now = now.Add(time.Hour) // it sees what the sweeps before it have seen, but an hour
		b.StartTimer()
	}
	b.ReportMetric(float64(searches)/(b.Elapsed().Seconds()/float64(b.N)), "searches/s")
}
