package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"riskreplay/src/replay"
)

// progressForms are those of --progress.
var progressForms = []string{"auto", "bar", "json", "none"}

// progress shows how far a replay is, on stderr: bars on a terminal, or an object
// a line. done ends the bars. With neither, report is nil.
func (s streams) progress(form string) (report func(replay.Progress), done func()) {
	terminal := false
	if f, ok := s.err.(*os.File); ok {
		terminal = term.IsTerminal(int(f.Fd()))
	}
	switch {
	case form == "json":
		return func(p replay.Progress) { writeProgress(s.err, p) }, func() {}
	case form == "bar" || form == "auto" && terminal:
		b := &bars{out: s.err, force: !terminal}
		return b.report, b.done
	}
	return nil, func() {}
}

// progressLine is a report as one line of JSON; times are in seconds.
type progressLine struct {
	Run         string  `json:"run"`
	Turn        int     `json:"turn"`
	Events      int64   `json:"events"`
	TotalEvents int64   `json:"total_events"`
	Bytes       int64   `json:"bytes"`
	TotalBytes  int64   `json:"total_bytes"`
	EPS         float64 `json:"events_per_second"`
	MBPS        float64 `json:"mb_per_second"`
	Lag         float64 `json:"lag"`
	Unsettled   int     `json:"unsettled_batches"`
	Accepted    int64   `json:"accepted"`
	Dead        int64   `json:"dead"`
	Unsure      int64   `json:"unsure"`
	Elapsed     float64 `json:"elapsed"`
	ETA         float64 `json:"eta"`
	Done        bool    `json:"done"`
}

func writeProgress(w io.Writer, p replay.Progress) {
	line, err := json.Marshal(progressLine{
		Run: p.ID, Turn: p.Turn, Events: p.Events, TotalEvents: p.TotalEvents, Bytes: p.Bytes, TotalBytes: p.TotalBytes,
		EPS: p.EventsPerSecond, MBPS: p.BytesPerSecond / 1e6, Lag: p.Lag.Seconds(), Unsettled: p.Unsettled,
		Accepted: p.Accepted, Dead: p.Dead, Unsure: p.Unsure, Elapsed: p.Elapsed.Seconds(), ETA: p.ETA.Seconds(), Done: p.Done,
	})
	if err == nil { // it has nothing that could not be written
		_, _ = w.Write(append(line, '\n'))
	}
}

// maxBars is how many datasets get a bar of their own; more share one.
const maxBars = 12

// bars are a bar for each dataset, and a line below them.
type bars struct {
	out    io.Writer
	force  bool // bars though it is no terminal
	all    *mpb.Progress
	each   []*mpb.Bar
	latest atomic.Pointer[replay.Progress]
}

func (b *bars) report(p replay.Progress) {
	b.latest.Store(&p)
	if b.all == nil {
		b.start(p)
	}
	if len(b.each) == 1 && len(p.Datasets) != 1 {
		b.each[0].SetCurrent(p.Bytes)
		return
	}
	for i, d := range p.Datasets {
		b.each[i].SetCurrent(d.Bytes)
	}
}

func (b *bars) start(p replay.Progress) {
	b.all = mpb.New(mpb.WithOutput(b.out), mpb.WithWidth(40), mpb.ContainerOptional(mpb.ForceAutoRefresh(), b.force))
	if n := len(p.Datasets); n > maxBars || n == 0 {
		b.each = append(b.each, b.bar(fmt.Sprintf("%d datasets", n), p.TotalBytes))
	} else {
		for _, d := range p.Datasets {
			b.each = append(b.each, b.bar(d.Name, d.Size))
		}
	}
	b.all.New(0, mpb.NopStyle(), mpb.BarPriority(len(b.each)), mpb.PrependDecorators(decor.Any(func(decor.Statistics) string {
		return summary(*b.latest.Load())
	})))
}

func (b *bars) bar(name string, total int64) *mpb.Bar {
	return b.all.AddBar(total,
		mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Percentage(decor.WCSyncSpace)),
	)
}

// done leaves the bars as they are and gives the terminal back.
func (b *bars) done() {
	if b.all == nil {
		return
	}
	for _, bar := range b.each {
		bar.Abort(false)
	}
	b.all.Shutdown()
}

// summary is the line below the bars.
func summary(p replay.Progress) string {
	parts := []string{
		fmt.Sprintf("%d of %d events", p.Events, p.TotalEvents),
		fmt.Sprintf("%.0f events/s", p.EventsPerSecond),
		fmt.Sprintf("%.1f MB/s", p.BytesPerSecond/1e6),
	}
	if p.Turn > 1 {
		parts = append([]string{fmt.Sprintf("turn %d", p.Turn)}, parts...)
	}
	for _, more := range []struct {
		is   bool
		text string
	}{
		{p.Lag >= time.Second, "late by " + p.Lag.Round(time.Second).String()},
		{p.Unsettled > 0, fmt.Sprintf("%d batches unsettled", p.Unsettled)},
		{p.Dead > 0, fmt.Sprintf("%d refused", p.Dead)},
		{p.Unsure > 0, fmt.Sprintf("%d may be there twice", p.Unsure)},
		{p.ETA > 0, p.ETA.Round(time.Second).String() + " left"},
	} {
		if more.is {
			parts = append(parts, more.text)
		}
	}
	return strings.Join(parts, ", ")
}
