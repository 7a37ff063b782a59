package alert

import (
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/detection"
	"riskreplay/src/event"
	"riskreplay/src/splunktime"
)

// summaryForm is how the time begins a summary's event.
var summaryForm = splunktime.CompileFormat("%m/%d/%Y %H:%M:%S %z")

// settings of the summary action that are none of its markers.
var summarySettings = []string{"inline", "command", "maxtime", "maxresults", "ttl", "track_alert", "hostname", "force_realtime_schedule", "forceCsvResults"}

// summary writes rows into a summary index, as the summary_index action does: the
// stash form with the search's name, its moment and window, the markers
// (action.summary_index.FIELD) and the fields of the row.
type summary struct {
	index   string
	head    string
	markers string
	run     Run
	name    string
}

func newSummary(s *detection.SavedSearch, run Run) *summary {
	w := &summary{index: "summary", run: run, name: s.Name}
	latest := "+Infinity"
	if run.Latest != 0 {
		latest = millis(run.Latest)
	}
	w.head = `, search_name="` + quoted(s.Name) + `", search_now=` + millis(run.At) + ", info_min_time=" + millis(run.Earliest) + ", info_max_time=" + latest + ", info_search_time=" + millis(run.At)
	for _, p := range s.Params("summary_index") {
		switch {
		case p.Key == "_name":
			if p.Value != "" {
				w.index = p.Value
			}
		case strings.HasPrefix(p.Key, "_") || slices.Contains(summarySettings, p.Key):
		default:
			w.markers += ", " + p.Key + `="` + quoted(p.Value) + `"`
		}
	}
	return w
}

func (w *summary) event(r row) event.Event {
	e := event.Event{Index: w.index, Host: host, Source: w.name, Sourcetype: "stash", Time: w.run.Earliest}
	if c := r.Column("_time"); c != nil {
		if t, ok := c.Time(r.at); ok {
			e.Time = t
		}
	}
	if e.Time == 0 {
		e.Time = w.run.At
	}
	out := summaryForm.Print(nil, e.Time, nil)
	out = append(append(out, w.head...), w.markers...)
	r.Each(func(name string, values []string) {
		if strings.HasPrefix(name, "_") {
			return
		}
		for _, v := range values {
			out = append(append(append(append(out, ", "...), name...), `="`...), quoted(v)...)
			out = append(out, '"')
		}
	})
	e.Raw = out
	return e
}

func quoted(s string) string { return strings.ReplaceAll(s, `"`, `\"`) }

func millis(t event.Time) string { return strconv.FormatFloat(t.Seconds(), 'f', 3, 64) }
