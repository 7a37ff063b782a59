package engine

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay"
	"riskreplay/src/conf"
	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/schedule"
)

// corpusSize is what the headline number is measured over.
const corpusSize = 256 << 20

// BenchmarkReadAndDetect reads 256 MiB of Sysmon XML from a file and runs both
// detections over all of it, on one core and on two; beside it, over the same
// file, that with all times moved by an hour, a plain byte scan and
// encoding/xml's token loop.
func BenchmarkReadAndDetect(b *testing.B) {
	path := sysmonCorpus(b, corpusSize)
	for _, cores := range []int{1, 2} {
		b.Run(map[int]string{1: "cores=1", 2: "cores=2"}[cores], func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			peak := 0.0
			measure(b, path, func(b *testing.B) {
				b.StopTimer()
				debug.FreeOSMemory() // of the iteration before
				forgetPeak(b)
				b.StartTimer()
				readAndDetect(b, path, nil)
				b.StopTimer()
				peak = max(peak, float64(peakMemory(b))/fileSize(b, path))
				b.StartTimer()
			})
			b.ReportMetric(peak, "peak/input")
		})
	}
	for name, cores := range map[string]int{"moved/cores=1": 1, "moved/cores=2": 2} {
		b.Run(name, func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			measure(b, path, func(b *testing.B) {
				readAndDetect(b, path, func(_, _ event.Time) event.Time { return 3600e9 })
			})
		})
	}
	b.Run("bytescan", func(b *testing.B) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		measure(b, path, func(b *testing.B) {
			data, err := os.ReadFile(path)
			require.NoError(b, err)
			require.NotZero(b, bytes.Count(data, []byte("</Event>")))
		})
	})
	b.Run("encodingxml", func(b *testing.B) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		measure(b, path, func(b *testing.B) { tokenLoop(b, path) })
	})
}

func measure(b *testing.B, path string, do func(*testing.B)) {
	b.SetBytes(int64(fileSize(b, path)))
	for b.Loop() {
		do(b)
	}
}

func fileSize(b *testing.B, path string) float64 {
	info, err := os.Stat(path)
	require.NoError(b, err)
	return float64(info.Size())
}

func readAndDetect(b *testing.B, path string, move Move) {
	e, problems := New(Options{Apps: []conf.App{{ID: "DA-ESS-RiskReplay", FS: riskreplay.App}}, App: "DA-ESS-RiskReplay"})
	require.NoError(b, problems.Err())
	dataset := ingest.Dataset{Name: "corpus", Files: []ingest.File{{Path: path, Name: "corpus", Metadata: ingest.Metadata{
		Sourcetype: "xmlwineventlog", Source: "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational",
	}}}}
	loaded, problems, err := e.Load(b.Context(), []ingest.Dataset{dataset}, 0, move)
	require.NoError(b, err)
	require.NoError(b, problems.Err())
	require.NotZero(b, loaded[0].Events)
	rows := 0
	for _, s := range e.Saved() {
		if s.Correlation && !e.OverRisk(s) {
			fired, err := e.Fire(b.Context(), s, schedule.Run{At: time.Unix(1768478400, 0)})
			require.NoError(b, err)
			rows += fired.Rows.Len
		}
	}
	require.NotZero(b, rows)
	runtime.KeepAlive(e)
}

func tokenLoop(b *testing.B, path string) {
	f, err := os.Open(path)
	require.NoError(b, err)
	defer func() { require.NoError(b, f.Close()) }()
	d := xml.NewDecoder(f)
	d.Strict = false
	for {
		if _, err := d.RawToken(); err != nil {
			if !errors.Is(err, io.EOF) {
				b.Logf("encoding/xml stops at byte %d: %v", d.InputOffset(), err)
			}
			return
		}
	}
}
