package risk

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/event"
)

// Result is a result of a search as a whole.
type Result interface {
	Row
	// Number counts the results of the search from 0; below 0 it is not known.
	Number() int
	// Each calls f for every field in order, with no values for one that is null.
	// f may keep the values.
	Each(f func(name string, values []string))
}

// Action is the run of a search as its risk events and notables name it.
type Action struct {
	SearchName, Description string
	SID                     string
	// At is the moment of the run, which is the time of what it writes.
	At event.Time
	// Earliest and Latest are the window searched; a zero Latest is no bound.
	Earliest, Latest event.Time
	Annotations      Annotations
	// Known are the techniques of ATT&CK that annotations are read with.
	Known Techniques
}

// Writer makes records as Enterprise Security's actions write them. It is safe
// for concurrent use.
type Writer struct {
	Action
	annotations []Field
}

// NewWriter prepares what is the same in all records of a run.
func NewWriter(a Action) *Writer { return &Writer{Action: a, annotations: a.annotate()} }

// Risk is the risk event of one risk object of a result.
func (w *Writer) Risk(r Result, s Scored) *Record {
	rec := w.Begin(r, "risk")
	rec.Add("risk_object", s.Value)
	rec.Add("risk_object_type", s.Object.Type)
	rec.Add("risk_score", FormatScore(s.Score))
	rec.Add("risk_message", s.Message)
	// While no asset and identity lookup is loaded, ES's normalisation is the
	// value in lower case.
	rec.Add("normalized_risk_object", strings.ToLower(s.Value))
	rec.Add("threat_object", s.ThreatValues...)
	rec.Add("threat_object_type", s.ThreatTypes...)
	rec.Add("contributing_events_search", w.Contributing(s.Object.Field, s.Value))
	rec.Add("savedsearch_description", w.Description)
	w.Finish(rec, r)
	return rec
}

// Begin is what risk events and notables have in common at their head; action
// is "risk" or "notable".
func (w *Writer) Begin(r Result, action string) *Record {
	rec := NewRecord(w.At)
	rec.Add("search_name", w.SearchName)
	if at := r.Values("_time"); len(at) > 0 {
		rec.Add("orig_time", at[0])
	}
	rec.Add("orig_sid", w.SID)
	if n := r.Number(); n >= 0 {
		rec.Add("orig_rid", strconv.Itoa(n))
	}
	rec.Add("orig_action_name", action)
	rec.Add("info_min_time", seconds(w.Earliest, false))
	rec.Add("info_max_time", seconds(w.Latest, true))
	rec.Add("info_search_time", seconds(w.At, false))
	return rec
}

// taken are fields that the record has of its own as an event; a row's are
// written with the prefix orig_, as ES does.
var taken = []string{"host", "source", "sourcetype", "index", "splunk_server", "eventtype", "tag"}

// Finish adds the annotations and the result's own fields; those that begin with
// an underscore are Splunk's, and what the action wrote already stays.
func (w *Writer) Finish(rec *Record, r Result) {
	for _, f := range w.annotations {
		rec.Add(f.Name, f.Values...)
	}
	r.Each(func(name string, values []string) {
		if strings.HasPrefix(name, "_") {
			return
		}
		if slices.Contains(taken, name) {
			name = "orig_" + name
		}
		rec.Add(name, values...)
	})
}

// Contributing is the search for the results behind a risk event; "" without a
// search name. contentctl reads the risk object's field out of it.
func (w *Writer) Contributing(field, value string) string {
	if w.SearchName == "" {
		return ""
	}
	return string(appendContributing(nil, w.SearchName, field, []byte(value)))
}

func appendContributing(dst []byte, searchName, field string, value []byte) []byte {
	dst = append(append(append(dst, `| savedsearch "`...), searchName...), `" | search `...)
	return appendSearchValue(append(append(dst, field...), '='), value)
}

// appendSearchValue puts a value in quotes when a search needs them.
func appendSearchValue(dst, v []byte) []byte {
	if len(v) > 0 && !bytes.ContainsAny(v, " \t\n\"|[](),=*`\\<>") {
		return append(dst, v...)
	}
	dst = append(dst, '"')
	for _, c := range v {
		if c == '"' || c == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}

// seconds writes a time as addinfo does: 1768474200.000, and +Infinity for no
// latest bound.
func seconds(t event.Time, latest bool) string {
	if latest && t == 0 {
		return "+Infinity"
	}
	return strconv.FormatFloat(t.Seconds(), 'f', 3, 64)
}
