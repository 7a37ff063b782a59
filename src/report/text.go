package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"riskreplay/src/batch"
	"riskreplay/src/engine"
	"riskreplay/src/event"
	"riskreplay/src/results"
	"riskreplay/src/risk"
	"riskreplay/src/schedule"
)

// Text shows the run to a person. Width is the terminal's, 0 cuts nothing.
func (r Run) Text(w io.Writer, width int) error {
	var b bytes.Buffer
	r.replayed(&b)
	for _, s := range r.Searches {
		if !s.OverRisk {
			r.detection(&b, s, width)
		}
	}
	r.risk(&b)
	for _, s := range r.Searches {
		if s.OverRisk {
			r.threshold(&b, s)
		}
	}
	r.cost(&b)
	_, err := w.Write(b.Bytes())
	return err
}

func (r Run) replayed(b *bytes.Buffer) {
	for _, l := range r.Loaded {
		first, last := l.First+l.Moved, l.Last+l.Moved
		did := "replayed"
		if l.Attached {
			did = "searched"
		}
		fmt.Fprintf(b, "%s %s: %s, %s, %s .. %s", did, l.Dataset.Name, plural(l.Events, "event"), size(l.Bytes), r.clock(first, 0), r.clock(last, first))
		if l.Moved != 0 {
			fmt.Fprintf(b, " (recorded %s)", r.clock(l.First, 0))
		}
		if n := l.Times.Left; n > 0 {
			fmt.Fprintf(b, "; %s inside the events left as recorded", plural(n, "date-like text"))
		}
		b.WriteByte('\n')
	}
}

func (r Run) detection(b *bytes.Buffer, s Search, width int) {
	fmt.Fprintf(b, "\n%s", s.Name)
	if ids := s.Saved.Annotations.Values("mitre_attack"); len(ids) > 0 {
		fmt.Fprintf(b, "  [%s]", strings.Join(ids, " "))
	}
	fmt.Fprintf(b, "\n  %s", r.ran(s))
	if s.Failed != nil {
		return
	}
	fmt.Fprintf(b, ": %s, %s, %s\n", plural(s.Findings(), "finding"), plural(s.count(riskOf), "risk event"), plural(s.count(notablesOf), "notable"))
	var rows []*batch.Batch
	for _, f := range s.Fired {
		if f.Rows.Len > 0 {
			rows = append(rows, f.Rows)
		}
	}
	if len(rows) == 0 {
		return
	}
	var table bytes.Buffer
	if width > 0 {
		width -= 2
	}
	_ = results.Table{Width: width, Cell: widestCell, Zone: r.Zone}.Write(&table, batch.Concat(rows)) // a buffer takes everything
	indent(b, table.String())
}

// widestCell keeps a finding readable; the whole values are in the other formats.
const widestCell = 28

func (s Search) count(records func(engine.Fired) []*risk.Record) int {
	n := 0
	s.each(records, func(*risk.Record) { n++ })
	return n
}

// ran says when a search ran, or why it did not.
func (r Run) ran(s Search) string {
	switch {
	case s.Failed != nil:
		return "did not run: " + strings.ReplaceAll(s.Failed.Error(), "\n", "\n  ") + "\n"
	case len(s.Fired) == 1:
		return "ran at " + window(s.Fired[0].Run, r.Zone)
	case len(s.Fired) == 0:
		return "did not run"
	}
	return fmt.Sprintf("ran %d times, the last at %s", len(s.Fired), window(s.Fired[len(s.Fired)-1].Run, r.Zone))
}

// barWidth is the length of the longest bar.
const barWidth = 30

func (r Run) risk(b *bytes.Buffer) {
	objects := r.Objects
	if len(objects) == 0 {
		b.WriteString("\nno risk\n")
		return
	}
	b.WriteString("\nrisk by object\n")
	most, kind, name, score := 0.0, 0, 0, 0
	for _, o := range objects {
		most = max(most, o.Score)
		kind = max(kind, utf8.RuneCountInString(o.Type))
		name = max(name, utf8.RuneCountInString(o.Name))
		score = max(score, len(risk.FormatScore(o.Score)))
	}
	for _, o := range objects {
		bar := ""
		if most > 0 && o.Score > 0 {
			bar = strings.Repeat("#", max(int(o.Score/most*barWidth), 1))
		}
		fmt.Fprintf(b, "  %-*s  %-*s  %*s  %-*s  %s from %s\n", kind, o.Type, name, o.Name, score, risk.FormatScore(o.Score), barWidth, bar,
			plural(o.Events, "event"), plural(len(o.Sources), "detection"))
	}
}

// threshold shows a search over risk by what its notables say.
func (r Run) threshold(b *bytes.Buffer, s Search) {
	fmt.Fprintf(b, "\n%s\n  %s", s.Name, r.ran(s))
	if s.Failed != nil {
		return
	}
	fmt.Fprintf(b, ": %s\n", plural(s.Findings(), "finding"))
	s.each(notablesOf, func(rec *risk.Record) {
		fmt.Fprintf(b, "  %s", rec.Value("rule_title"))
		if score := rec.Value("risk_score"); score != "" {
			fmt.Fprintf(b, ", score %s", score)
		}
		fmt.Fprintf(b, ", %s\n", rec.Value("severity"))
	})
}

func (r Run) cost(b *bytes.Buffer) {
	c := r.Cost
	fmt.Fprintf(b, "\n%s (%s) read in %s, searched in %s\n", plural(c.Events, "event"), size(c.Bytes), duration(c.Reading), duration(c.Searching))
}

// window is a run's moment and time range.
func window(run schedule.Run, zone *time.Location) string {
	at := run.At.In(zone).Format("2006-01-02 15:04:05")
	if run.Earliest == 0 && run.Latest == 0 {
		return at + " over all time"
	}
	layout := func(t event.Time, open string) string {
		if t == 0 {
			return open
		}
		if t.Std().Sub(run.At).Abs() < 24*time.Hour {
			return t.Std().In(zone).Format("15:04:05")
		}
		return t.Std().In(zone).Format("2006-01-02 15:04:05")
	}
	return at + " over " + layout(run.Earliest, "the beginning") + " .. " + layout(run.Latest, "the end")
}

// clock is a time; the date is left out when it is that of the time before.
func (r Run) clock(t, before event.Time) string {
	here := t.Std().In(r.Zone)
	if before != 0 && before.Std().In(r.Zone).Format("20060102") == here.Format("20060102") {
		return here.Format("15:04:05")
	}
	return here.Format("2006-01-02 15:04:05")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

func duration(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

func indent(b *bytes.Buffer, text string) {
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
}
