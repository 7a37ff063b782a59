package cli

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/hec"
)

// sysmonBatch is about a mebibyte of this project's Sysmon events.
func sysmonBatch(b *testing.B) (events []event.Event, size int) {
	b.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "datasets", "T1218.009", "windows-sysmon.log"))
	require.NoError(b, err)
	now := event.At(time.Now())
	for size < 1<<20 {
		for line := range bytes.Lines(data) {
			line = bytes.TrimRight(line, "\n")
			if size += len(line); size > 1<<20 {
				return events, size
			}
			events = append(events, event.Event{
				Raw: line, Time: now + event.Time(len(events)), Host: "win-dc-128", Source: "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", Sourcetype: "XmlWinEventLog", Index: "main",
			})
		}
	}
	return events, size
}

// benchServer is a server as a process, and a client of its collector.
func benchServer(b *testing.B, connections int) (*serving, *hec.Client, string) {
	b.Helper()
	home := b.TempDir()
	token := output(b, nil, "serve", "token", "add", "bench", "--home", home)
	s := startServer(b, append([]string{"--home", home}, anywhere...)...)
	c, err := hec.New(hec.Options{URL: s.HEC, Token: hec.Secret(token), Clock: clock.Real{}, Gzip: hec.GzipNever, Connections: connections})
	require.NoError(b, err)
	return s, c, home
}

// BenchmarkServeIngest is a mebibyte of Sysmon's events a request to a server that is
// another process, each answered when it is on disk. The bytes are those of events.
func BenchmarkServeIngest(b *testing.B) {
	_, c, _ := benchServer(b, 4)
	events, size := sysmonBatch(b)
	b.SetBytes(int64(size))
	for b.Loop() {
		require.NoError(b, c.Send(b.Context(), hec.Batch{Events: events}))
	}
	require.NoError(b, c.Flush(context.Background()))
	require.NoError(b, c.Close())
}

// BenchmarkServeSingles is one event a request, on 64 connections.
func BenchmarkServeSingles(b *testing.B) {
	_, c, _ := benchServer(b, 64)
	events, _ := sysmonBatch(b)
	for b.Loop() {
		require.NoError(b, c.Send(b.Context(), hec.Batch{Events: events[:1]}))
	}
	require.NoError(b, c.Flush(context.Background()))
	require.NoError(b, c.Close())
}

// BenchmarkServeSearches is a detection's search over a million events, idle and
// while 30 MB a second come in. It is long: RISKREPLAY_SOAK=1 asks for it.
func BenchmarkServeSearches(b *testing.B) {
	if os.Getenv("RISKREPLAY_SOAK") == "" {
		b.Skip("RISKREPLAY_SOAK=1 asks for it: a million events are sent first")
	}
	s, c, home := benchServer(b, 4)
	events, size := sysmonBatch(b)
	for n := 0; n < 1_000_000; n += len(events) {
		require.NoError(b, c.Send(b.Context(), hec.Batch{Events: events}))
	}
	require.NoError(b, c.Flush(b.Context()))
	req := &http.Request{Header: http.Header{}}
	env := s.access(b, home)
	req.SetBasicAuth("admin", strings.TrimPrefix(env[1], "SPLUNK_PASSWORD="))
	admin := asker{http.DefaultClient, req.Header.Get("Authorization")}
	const search = `| tstats count from datamodel=Endpoint.Processes where Processes.parent_process_name=regsvcs.exe by Processes.dest Processes.user Processes.process_name`
	form := url.Values{"search": {search}, "exec_mode": {"oneshot"}, "output_mode": {"json"}}.Encode()
	run := func() time.Duration {
		began := time.Now()
		status, body := admin.do(b, "POST", s.API+"/services/search/jobs", form)
		require.Equal(b, http.StatusOK, status, body)
		return time.Since(began)
	}
	for range 5 {
		run() // the segments' columns are made
	}
	measure := func(b *testing.B) {
		var took []time.Duration
		for b.Loop() {
			took = append(took, run())
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	}
	b.Run("idle", measure)
	b.Run("ingesting", func(b *testing.B) {
		ctx, stop := context.WithCancel(b.Context())
		done := make(chan error, 1)
		go func() {
			due := time.Now()
			for ctx.Err() == nil {
				if err := c.Send(context.Background(), hec.Batch{Events: events}); err != nil {
					done <- err
					return
				}
				due = due.Add(time.Duration(size) * time.Second / 30_000_000)
				_ = clock.Real{}.SleepUntil(ctx, due) // the end is looked at above
			}
			done <- nil
		}()
		measure(b)
		stop()
		require.NoError(b, <-done)
	})
	require.NoError(b, c.Flush(context.Background()))
	require.NoError(b, c.Close())
}
