package replay

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/ingest"
)

// bigFile is a Sysmon log of some 64 MB, or as many as RISKREPLAY_BENCH_MB says.
func bigFile(b *testing.B) []ingest.Dataset {
	mb := 64
	if text := os.Getenv("RISKREPLAY_BENCH_MB"); text != "" {
		var err error
		mb, err = strconv.Atoi(text)
		require.NoError(b, err)
	}
	path := filepath.Join(b.TempDir(), "sysmon.log")
	f, err := os.Create(path)
	require.NoError(b, err)
	block := sysmon(5000, 50*time.Millisecond)
	for written := 0; written < mb*1e6; written += len(block) {
		_, err := f.Write(block)
		require.NoError(b, err)
	}
	require.NoError(b, f.Close())
	return resolve(b, path)
}

// discard settles what it is sent.
func discard(settled func(Receipt)) (Sink, error) {
	return &memory{settled: settled, hook: func(m *memory, b Batch) error {
		m.batches = m.batches[:0]
		m.settled(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
		return nil
	}}, nil
}

// late settles nothing until it is flushed, and so holds as much as it may.
func late(settled func(Receipt)) (Sink, error) {
	return &memory{settled: settled, hook: func(m *memory, b Batch) error {
		m.batches = m.batches[:0]
		m.held = append(m.held, b)
		return nil
	}}, nil
}

func BenchmarkScan(b *testing.B) {
	data := bigFile(b)
	var p *Plan
	for b.Loop() {
		p = scan(b, data, Settings{})
	}
	b.SetBytes(p.Bytes)
	b.ReportMetric(peakMB(), "peak-MB")
}

func BenchmarkRun(b *testing.B) {
	data := bigFile(b)
	for name, s := range map[string]Settings{
		"keep":       {},
		"window":     {Time: "window=-70m..-10m"},
		"rekey":      {Time: "window=-70m..-10m", Rekey: true},
		"order-time": {Order: "time"},
		"fields":     {Fields: true},
	} {
		b.Run(name, func(b *testing.B) {
			p := scan(b, data, s)
			b.SetBytes(p.Bytes)
			b.ReportAllocs()
			for b.Loop() {
				_, err := Run(b.Context(), p, discard, Options{Dir: b.TempDir(), Clock: newAuto()})
				require.NoError(b, err)
			}
			b.ReportMetric(peakMB(), "peak-MB")
		})
	}
	b.Run("late-sink", func(b *testing.B) {
		p := scan(b, data, Settings{Time: "window=-70m..-10m", Order: "time"})
		b.SetBytes(p.Bytes)
		for b.Loop() {
			_, err := Run(b.Context(), p, late, Options{Dir: b.TempDir(), Clock: newAuto()})
			require.NoError(b, err)
		}
		b.ReportMetric(peakMB(), "peak-MB")
	})
}

// BenchmarkSmallFiles replays 1,800 files of some 15 kB: a catalogue's usual size.
func BenchmarkSmallFiles(b *testing.B) {
	dir := b.TempDir()
	for i := range 1800 {
		require.NoError(b, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.log", i)), sysmon(9, time.Second), 0o600))
	}
	data := resolve(b, dir)
	for b.Loop() {
		p, problems := Scan(b.Context(), data, Settings{Time: "window"}, event.At(testNow))
		require.Empty(b, problems)
		_, err := Run(b.Context(), p, discard, Options{Dir: b.TempDir(), Clock: newAuto()})
		require.NoError(b, err)
		b.SetBytes(p.Bytes)
	}
}

// peakMB is what the Go runtime has asked the system for and not given back: what
// the process takes at most, but for its text.
func peakMB() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys) / 1e6
}
