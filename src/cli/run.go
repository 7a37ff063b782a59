package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"riskreplay/src/batch"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/engine"
	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/report"
	"riskreplay/src/results"
	"riskreplay/src/schedule"
)

type runOptions struct {
	streams
	target     targetFlags
	data       []string
	detections []string
	time       string
	format     string
}

func newRun(s streams) *cobra.Command {
	o := &runOptions{streams: s}
	c := &cobra.Command{
		Use:   "run [DATASET]...",
		Short: "Replay datasets into a fresh index, run the app's detections as scheduled, print findings and risk",
		Long: `Replays datasets into a fresh index in memory, runs every detection of the app
over them as Splunk's scheduler would, and prints what they found and the risk
that it puts on hosts and users.

A DATASET is an attack_data YAML, a folder with some, or a file, with options
behind it as for search --data; or the folder of an index, whose events are
neither copied nor moved. A detection runs at the last tick of its cron at
or before --now, over its own window; --time window moves each dataset once, so
that its last event lies on the last whole second before that window's end. A
dataset longer than the window is searched tick by tick until it is covered.
Detections over risk (the 24-hour threshold) run after the others.`,
		Example: `  riskreplay run --now 2026-01-15T12:20:00Z testdata/datasets/T1574.011 testdata/datasets/T1218.009
  riskreplay run --now 2026-01-15T12:20:00Z --detection 'Detect Regsvcs Spawning a Process' windows-sysmon.log
  riskreplay run --now 2026-01-15T12:20:00Z --time keep --format json datasets/`,
		Args: func(_ *cobra.Command, args []string) error {
			o.data = append(o.data, args...)
			if len(o.data) == 0 {
				return usageError{errors.New("no dataset was given: name a file, a folder or an attack_data YAML")}
			}
			if o.time != "window" && o.time != "keep" {
				return usageError{fmt.Errorf("unknown --time %q: use window or keep", o.time)}
			}
			return checkFormat(o.format)
		},
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	o.target.add(c)
	o.target.addLookups(c)
	o.target.addGeoip(c)
	o.target.limitFlags.add(c)
	addFormat(c, &o.format)
	c.Flags().StringArrayVar(&o.data, "data", nil, "the same as a DATASET argument (repeatable)")
	c.Flags().StringArrayVar(&o.detections, "detection", nil, "run this detection or saved search only (repeatable)")
	c.Flags().StringVar(&o.time, "time", "window", "window moves datasets into the detections' window, keep leaves times and searches all time")
	return c
}

// scheduled is a saved search with its schedule.
type scheduled struct {
	saved *detection.SavedSearch
	plan  schedule.Plan
	last  schedule.Run
	over  bool // over risk
}

func (o *runOptions) run(ctx context.Context) error {
	t, err := o.target.open(o.streams)
	if err != nil {
		return err
	}
	defer t.close(o.streams, o.target.lookups != "")
	searches, err := o.choose(t)
	if err != nil {
		return err
	}
	files, attached, err := o.attach(t, o.data)
	if err != nil {
		return err
	}
	datasets, bad, err := o.resolve(files)
	if err != nil {
		return err
	}
	began := o.clock.Now()
	loaded, badToo, err := o.load(ctx, t, datasets, o.move(searches))
	if err != nil {
		return err
	}
	read := o.clock.Now()
	out := report.Run{Now: t.now, Zone: t.zone, Loaded: append(attached, loaded...)}
	for _, l := range loaded {
		out.Cost.Bytes += l.Bytes
		out.Cost.Events += l.Events
	}
	failed := false
	for _, s := range searches {
		r := o.fire(ctx, t, s, out.Loaded)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failed = failed || r.Failed != nil
		out.Searches = append(out.Searches, r)
	}
	if out.Objects, err = o.objects(ctx, t); err != nil {
		return err
	}
	out.Cost.Reading, out.Cost.Searching = read.Sub(began), o.clock.Now().Sub(read)
	if err := o.print(out); err != nil {
		return written(err)
	}
	switch {
	case failed:
		return answerNo{errors.New("not every detection could run (see above)")}
	case bad || badToo:
		return partly()
	}
	return nil
}

// choose is the saved searches to run, those over risk last.
func (o *runOptions) choose(t *target) ([]scheduled, error) {
	var chosen []*detection.SavedSearch
	for _, name := range o.detections {
		s, err := t.saved(name)
		if err != nil {
			return nil, answerNo{err}
		}
		if !slices.Contains(chosen, s) {
			chosen = append(chosen, s)
		}
	}
	if len(o.detections) == 0 {
		for _, s := range t.engine.Saved() {
			if s.Correlation {
				chosen = append(chosen, s)
			}
		}
	}
	if len(chosen) == 0 {
		return nil, answerNo{errors.New("the app has no detection: no saved search has action.correlationsearch.enabled = 1")}
	}
	var out []scheduled
	for _, s := range chosen {
		one, err := o.schedule(t, s)
		if err != nil {
			return nil, answerNo{fmt.Errorf("cannot schedule %q: %w", s.Name, err)}
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b scheduled) int {
		switch {
		case a.over == b.over:
			return 0
		case b.over:
			return -1
		}
		return 1
	})
	return out, nil
}

// hourly is the cron of a saved search that has none of its own.
const hourly = "0 * * * *"

func (o *runOptions) schedule(t *target, s *detection.SavedSearch) (scheduled, error) {
	cron, earliest, latest := s.Cron, s.Earliest, s.Latest
	if cron == "" {
		cron = hourly
	}
	if o.target.earliest != "" {
		earliest = o.target.earliest
	}
	if o.target.latest != "" {
		latest = o.target.latest
	}
	plan, err := schedule.New(cron, earliest, latest, t.zone)
	if err != nil {
		return scheduled{}, err
	}
	last, err := plan.Last(t.now)
	return scheduled{saved: s, plan: plan, last: last, over: t.engine.OverRisk(s)}, err
}

// move puts the last event of a dataset on the last whole second before the
// window's end, keeping its digits below the second. The window is that of the
// detections over events; where they differ, the one that ends first, which lies
// in the others too when they are long enough.
func (o *runOptions) move(searches []scheduled) engine.Move {
	if o.time == "keep" {
		return nil
	}
	var end event.Time
	for _, s := range searches {
		if !s.over && s.last.Latest != 0 && (end == 0 || s.last.Latest < end) {
			end = s.last.Latest
		}
	}
	if end == 0 {
		return nil
	}
	return engine.ToEnd(end, 0)
}

// fire runs a search at its ticks.
func (o *runOptions) fire(ctx context.Context, t *target, s scheduled, loaded []engine.Loaded) report.Search {
	out := report.Search{Saved: s.saved, Name: shortName(s.saved), OverRisk: s.over}
	runs, err := o.runs(t, s, loaded)
	if err != nil {
		out.Failed = err
		return out
	}
	said := map[string]bool{} // what holds at many ticks is said once
	for _, run := range runs {
		fired, err := t.engine.Fire(ctx, s.saved, run)
		if err != nil {
			out.Failed = err
			return out
		}
		o.say(slices.DeleteFunc(fired.Outcome.Messages, func(m diag.Message) bool {
			again := said[m.Text]
			said[m.Text] = true
			return again
		}))
		out.Fired = append(out.Fired, fired)
	}
	return out
}

func (o *runOptions) runs(t *target, s scheduled, loaded []engine.Loaded) ([]schedule.Run, error) {
	if o.time == "keep" {
		run := schedule.Run{At: s.last.At}
		if o.target.earliest != "" {
			run.Earliest = s.last.Earliest
		}
		if o.target.latest != "" {
			run.Latest = s.last.Latest
		}
		return []schedule.Run{run}, nil
	}
	if s.over {
		return []schedule.Run{s.last}, nil
	}
	first := s.last.Earliest
	for _, l := range loaded {
		if l.Events > 0 && l.First+l.Moved < first {
			first = l.First + l.Moved
		}
	}
	return s.plan.Covering(t.now, first, func(r schedule.Run) bool {
		return slices.ContainsFunc(loaded, func(l engine.Loaded) bool { return l.Holds(r.Earliest, r.Latest) })
	})
}

// riskByObject sums what was written to index=risk, by the risk action or by
// searches themselves. ES adds up by normalized_risk_object; the name shown is
// the spelling that most events have.
const riskByObject = `index=risk
| eval object=coalesce(normalized_risk_object, lower(risk_object))
| stats sum(risk_score) as score count as events mode(risk_object) as name values(search_name) as sources by risk_object_type object
| sort 0 - score, risk_object_type, object`

func (o *runOptions) objects(ctx context.Context, t *target) ([]report.Object, error) {
	result, err := t.engine.Run(ctx, job.Request{Search: riskByObject, Now: t.now})
	if err != nil {
		return nil, err
	}
	rows, err := results.ReadAll(ctx, result.Rows)
	if err != nil {
		return nil, err
	}
	out := make([]report.Object, rows.Len)
	for i := range out {
		score, _ := rows.Column("score").Num(i) // an absent score is 0
		events, _ := rows.Column("events").Num(i)
		out[i] = report.Object{
			Type: rows.Column("risk_object_type").Text(i), Name: rows.Column("name").Text(i), Score: score, Events: int(events),
			Sources: rows.Column("sources").Values(i),
		}
	}
	return out, nil
}

func (o *runOptions) print(r report.Run) error {
	switch o.format {
	case "json":
		return r.JSON(o.out)
	case "csv":
		return results.WriteCSV(o.out, objectRows(r))
	}
	return r.Text(o.out, o.width())
}

// objectRows is the risk by object as rows.
func objectRows(r report.Run) *batch.Batch {
	var columns [4][]string
	list := r.Objects
	for _, x := range list {
		for i, cell := range x.Row() {
			columns[i] = append(columns[i], cell)
		}
	}
	out := batch.New(len(list))
	for i, name := range []string{"risk_object_type", "risk_object", "risk_score", "risk_event_count"} {
		out.Set(name, batch.Texts(columns[i]...))
	}
	return out
}
