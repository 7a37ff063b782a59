package splunkd

import (
	"encoding/json"
	"encoding/xml"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Status is where a job stands.
type Status struct {
	// State is Splunk's word: QUEUED, PARSING, RUNNING, PAUSED, FINALIZING, FAILED,
	// DONE.
	State string
	// Done: there are results. Failed: there will be none.
	Done, Failed bool
	// Progress is between 0 and 1.
	Progress        float64
	Events, Results int64
	// Reporting: a command of the search transforms events into something else.
	Reporting bool
	// Earliest and Latest are the time range searched; a zero time is no bound.
	Earliest, Latest time.Time
	Messages         []Message
}

// over are the states of a job that was ended by somebody else.
var over = []string{"FAILED", "INTERNAL_CANCEL", "USER_CANCEL", "BAD_INPUT_CANCEL", "QUIT", "CANCELED", "CANCELLED"}

// ParseStatus reads the answer to a question for a job (output_mode=json): a feed
// with one entry.
func ParseStatus(data []byte) (Status, *Error) {
	entries, fault := ParseEntries(data)
	if fault != nil {
		return Status{}, fault
	}
	if len(entries) == 0 {
		return Status{}, &Error{Kind: Foreign, Text: "the answer holds no job"}
	}
	v := entries[0].Content
	s := Status{
		State: strings.ToUpper(tidyText(v.Text("dispatchState"))), Events: v.Int("eventCount"), Results: v.Int("resultCount"),
		Reporting: v.Text("reportSearch") != "", Earliest: bound(v.Text("searchEarliestTime")), Latest: bound(v.Text("searchLatestTime")),
		Messages: contentMessages(v["messages"]),
	}
	s.Failed = v.Bool("isFailed") || v.Bool("isZombie") || slices.Contains(over, s.State)
	s.Done = !s.Failed && (v.Bool("isDone") || s.State == "DONE")
	if s.State == "" && !s.Done && !s.Failed {
		return s, &Error{Kind: Foreign, Text: "the answer does not tell the job's state"}
	}
	if p, err := strconv.ParseFloat(v.Text("doneProgress"), 64); err == nil && p >= 0 && p <= 1 {
		s.Progress = p
	}
	return s, nil
}

// contentMessages reads the messages among a job's settings: a list, or in some
// versions an object of lists by type.
func contentMessages(v any) []Message {
	var out []Message
	switch v := v.(type) {
	case []any:
		for _, m := range v {
			if m, ok := m.(map[string]any); ok {
				out = append(out, Message{Content(m).Text("type"), Content(m).Text("text")})
			}
		}
	case map[string]any:
		for kind := range v {
			for _, text := range Content(v).List(kind) {
				out = append(out, Message{strings.ToUpper(kind), text})
			}
		}
	}
	return tidy(out)
}

// bound is a time in epoch seconds; 0, which is all time, is no bound.
func bound(text string) time.Time {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f <= 0 || f > 9e9 {
		return time.Time{}
	}
	whole, frac := math.Modf(f)
	return time.Unix(int64(whole), int64(math.Round(frac*1e6))*1e3).UTC()
}

// parseSID reads the answer to a search that began, JSON or XML; "" when it holds
// no id.
func parseSID(data []byte) string {
	var read struct {
		SID string `json:"sid" xml:"sid"`
	}
	if json.Unmarshal(data, &read) != nil {
		_ = xml.Unmarshal(data, &read) // no id, then
	}
	if read.SID != tidyText(read.SID) {
		return ""
	}
	return read.SID
}
