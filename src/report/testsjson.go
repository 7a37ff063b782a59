package report

import (
	"encoding/json"
	"io"
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/check"
	"riskreplay/src/diag"
)

// JSON writes the tests as one JSON document:
//
//	{"now": ..., "took_seconds": ..., "passed": n, "failed": n, "skipped": n, "detections": [
//	  {"name", "id", "file", "stanza", "status", "mitre_attack", "validation": STEP, "tests": [
//	    {"name", "status", "data", "events", "unit": STEP, "integration": STEP, "why"}]}]}
//
// A STEP has status, took_seconds, messages and, where a search ran, results (their
// number), rows (as Splunk's JSON has them), risk_events, notables and suppressed.
func (t *Tests) JSON(w io.Writer) error {
	out := testsJSON{
		Now: t.Now.UTC().Format(time.RFC3339), Took: json.Number(seconds(t.Took.Seconds())),
		Passed: t.Count(check.Passed), Failed: t.Count(check.Failed), Skipped: t.Count(check.Skipped), Detections: []detectionJSON{}, Messages: messagesJSON(t.Others),
	}
	for i := range t.Detections {
		out.Detections = append(out.Detections, t.detectionJSON(&t.Detections[i]))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(out)
}

type testsJSON struct {
	Now        string          `json:"now"`
	Took       json.Number     `json:"took_seconds"`
	Passed     int             `json:"passed"`
	Failed     int             `json:"failed"`
	Skipped    int             `json:"skipped"`
	Detections []detectionJSON `json:"detections"`
	Messages   []messageJSON   `json:"messages"`
}

type detectionJSON struct {
	Name       string     `json:"name"`
	ID         string     `json:"id"`
	File       string     `json:"file"`
	Stanza     string     `json:"stanza"`
	Status     string     `json:"status"`
	Techniques []string   `json:"mitre_attack"`
	Validation stepJSON   `json:"validation"`
	Tests      []caseJSON `json:"tests"`
}

type caseJSON struct {
	Name        string   `json:"name"`
	Data        string   `json:"data"`
	Events      int      `json:"events"`
	Unit        stepJSON `json:"unit"`
	Integration stepJSON `json:"integration"`
	Why         string   `json:"why,omitempty"`
}

type stepJSON struct {
	Status     string        `json:"status"`
	Took       json.Number   `json:"took_seconds"`
	Messages   []messageJSON `json:"messages"`
	Results    *int          `json:"results,omitempty"`
	Rows       []rowJSON     `json:"rows,omitempty"`
	Risk       int           `json:"risk_events"`
	Notables   int           `json:"notables"`
	Suppressed int           `json:"suppressed"`
}

type rowJSON map[string]any

type messageJSON struct {
	Severity string `json:"severity"`
	Text     string `json:"text"`
	Place    string `json:"place,omitempty"`
	Hint     string `json:"hint,omitempty"`
}

func (t *Tests) detectionJSON(d *Tested) detectionJSON {
	out := detectionJSON{
		Name: d.Detection.Name, ID: d.Detection.ID, File: d.Detection.File, Stanza: d.Stanza, Status: string(d.Status()),
		Techniques: append([]string{}, d.Detection.MitreAttackIDs...), Validation: stepOf(&d.Validation), Tests: []caseJSON{},
	}
	for i := range d.Cases {
		r := &d.Cases[i]
		c := caseJSON{Name: caseName(r), Data: r.Data.Name, Events: r.Data.Events, Unit: stepOf(&r.Unit), Integration: stepOf(&r.Integration)}
		if r.Why != nil {
			c.Why = r.Why.String()
		}
		out.Tests = append(out.Tests, c)
	}
	return out
}

func stepOf(s *check.Step) stepJSON {
	out := stepJSON{
		Status: string(s.Status), Took: json.Number(seconds(s.Took.Seconds())), Messages: messagesJSON(s.Problems),
		Risk: len(s.Risk), Notables: len(s.Notables), Suppressed: s.Suppressed,
	}
	if s.Rows != nil {
		out.Results = &s.Rows.Len
		for r := range min(s.Rows.Len, mostRows) {
			out.Rows = append(out.Rows, rowOf(s.Rows, r))
		}
	}
	return out
}

// mostRows is how many rows of a search a report shows.
const mostRows = 100

func rowOf(b *batch.Batch, r int) rowJSON {
	out := rowJSON{}
	for i, c := range b.Columns {
		switch {
		case c.IsNull(r):
		case len(c.Values(r)) == 1:
			out[b.Names[i]] = c.Text(r)
		default:
			out[b.Names[i]] = c.Values(r)
		}
	}
	return out
}

func messagesJSON(list diag.List) []messageJSON {
	out := []messageJSON{}
	for _, m := range list {
		out = append(out, messageJSON{Severity: m.Severity.String(), Text: m.Text, Place: m.Place.String(), Hint: m.Hint})
	}
	return out
}
