package report

import (
	"io"
	"strconv"
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/engine"
	"riskreplay/src/results"
	"riskreplay/src/risk"
)

// JSON writes one object a line, each with a `record` that says what it is, and
// every value a string (or an array of strings) as in Splunk's output:
//
//	dataset      what was replayed
//	detection    a search with its runs
//	result       a row of a detection
//	risk         an event of index=risk
//	notable      an event of index=notable
//	risk_object  the sum by risk object
//	summary      the last line
func (r Run) JSON(w io.Writer) error {
	for _, l := range r.Loaded {
		if err := writeLine(w, datasetLine(l)); err != nil {
			return err
		}
	}
	for _, s := range r.Searches {
		if err := r.searchLines(w, s); err != nil {
			return err
		}
	}
	for _, o := range r.Objects {
		err := writeLine(w, line{
			{"record", one("risk_object")},
			{"risk_object_type", one(o.Type)},
			{"risk_object", one(o.Name)},
			{"risk_score", one(risk.FormatScore(o.Score))},
			{"risk_event_count", one(strconv.Itoa(o.Events))},
			{"source", o.Sources},
		})
		if err != nil {
			return err
		}
	}
	return writeLine(w, line{
		{"record", one("summary")},
		{"now", one(r.Now.UTC().Format(time.RFC3339))},
		{"events", one(strconv.Itoa(r.Cost.Events))},
		{"bytes", one(strconv.FormatInt(r.Cost.Bytes, 10))},
		{"reading_seconds", one(strconv.FormatFloat(r.Cost.Reading.Seconds(), 'f', 3, 64))},
		{"searching_seconds", one(strconv.FormatFloat(r.Cost.Searching.Seconds(), 'f', 3, 64))},
	})
}

func (r Run) searchLines(w io.Writer, s Search) error {
	head := line{{"record", one("detection")}, {"detection", one(s.Name)}, {"search_name", one(s.Saved.Name)}, {"findings", one(strconv.Itoa(s.Findings()))}}
	if s.Failed != nil {
		head = append(head, field{"error", one(s.Failed.Error())})
	}
	for _, f := range s.Fired {
		head = append(head, field{"run", one(window(f.Run, time.UTC))})
	}
	if err := writeLine(w, merged(head)); err != nil {
		return err
	}
	for _, f := range s.Fired {
		labels := batch.New(f.Rows.Len)
		labels.Set("record", batch.Constant("result", f.Rows.Len))
		labels.Set("detection", batch.Constant(s.Name, f.Rows.Len))
		for i, n := range f.Rows.Names {
			labels.Set(n, f.Rows.Columns[i])
		}
		if err := results.WriteJSON(w, labels); err != nil {
			return err
		}
	}
	var failed error
	for _, part := range []struct {
		kind    string
		records func(engine.Fired) []*risk.Record
	}{{"risk", riskOf}, {"notable", notablesOf}} {
		s.each(part.records, func(rec *risk.Record) {
			l := line{{"record", one(part.kind)}, {"_time", one(rec.Time.String())}}
			for _, f := range rec.Fields() {
				l = append(l, field{f.Name, f.Values})
			}
			if err := writeLine(w, l); err != nil {
				failed = err
			}
		})
	}
	return failed
}

func riskOf(f engine.Fired) []*risk.Record     { return f.Outcome.Risk }
func notablesOf(f engine.Fired) []*risk.Record { return f.Outcome.Notables }

func datasetLine(l engine.Loaded) line {
	return line{
		{"record", one("dataset")},
		{"name", one(l.Dataset.Name)},
		{"path", one(l.Dataset.Path)},
		{"events", one(strconv.Itoa(l.Events))},
		{"bytes", one(strconv.FormatInt(l.Bytes, 10))},
		{"first", one(l.First.String())},
		{"last", one(l.Last.String())},
		{"moved_seconds", one(l.Moved.String())},
		{"times_moved", one(strconv.Itoa(l.Times.Moved))},
		{"times_left", one(strconv.Itoa(l.Times.Left))},
	}
}

// line is an object in order.
type line []field

type field struct {
	name   string
	values []string
}

func one(s string) []string { return []string{s} }

// merged joins fields of one name to one with several values.
func merged(l line) line {
	var out line
	at := map[string]int{}
	for _, f := range l {
		if i, ok := at[f.name]; ok {
			out[i].values = append(out[i].values, f.values...)
			continue
		}
		at[f.name] = len(out)
		out = append(out, f)
	}
	return out
}

func writeLine(w io.Writer, l line) error {
	b := batch.New(1)
	for _, f := range l {
		c := &batch.Column{Dict: batch.NewDict()}
		c.Codes = []batch.Code{c.Dict.AddValues(f.values)}
		b.Set(f.name, c)
	}
	return results.WriteJSON(w, b)
}
