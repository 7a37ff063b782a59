package command

import (
	"context"
	"strconv"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var makeresultsSpec = search.Spec{
	Name: "makeresults", Kind: search.Generating,
	Syntax: `makeresults [count=N] [annotate=<bool>] [format=csv|json data="..."]`,
	Help:   "makes rows that have the time now, or rows of the data given",
	Example: `| makeresults format=csv data="user,score
anna,64"`,
	Bind: bindMakeresults,
}

const (
	resultRows = 50_000
	dataLimit  = 30_000
)

type makeresults struct {
	shown
	count    int
	annotate bool
	data     *batch.Batch
}

// oneRow is what stands before a command that needs a row to work on.
func oneRow(st *spl.Stage) search.Stage { return &makeresults{shown: shown{st}, count: 1} }

func bindMakeresults(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	limit := c.Limits().Results
	if limit == 0 {
		limit = resultRows
	}
	s := &makeresults{shown: shown{st}, count: a.number("count", 0, 1), annotate: a.boolean("annotate", false)}
	if s.count > limit {
		v, _ := st.Option("count")
		a.warning(v.Span, "makeresults makes "+strconv.Itoa(limit)+" rows at most", "")
		s.count = limit
	}
	format, hasFormat := st.Option("format")
	data, hasData := st.Option("data")
	switch {
	case hasFormat != hasData:
		a.problem(st.NameSpan, "makeresults takes format= and data= together", "")
	case hasData && len(data.Text) >= dataLimit:
		a.problem(data.Span, "data= holds more than 29,999 characters", "put it into a file and search that")
	case hasData && strings.EqualFold(format.Text, "csv"):
		s.data = readCSV(a, data)
	case hasData && strings.EqualFold(format.Text, "json"):
		s.data = readJSON(a, data)
	case hasData:
		a.problem(format.Span, `unknown format "`+format.Text+`"`, "the formats are csv and json")
	}
	return s, a.problems
}

func (s *makeresults) Shape(search.Schema) (search.Schema, diag.List) {
	out := search.Schema{Fields: []string{"_time"}, From: "makeresults"}
	switch {
	case s.data != nil:
		out.Fields = s.data.Names
	case s.annotate:
		out = out.With("_raw", "host", "source", "sourcetype", "splunk_server", "splunk_server_group")
	}
	return out, nil
}

func (s *makeresults) Needs([]string) []string { return nil }

func (s *makeresults) Open(w search.World) (search.Operator, error) {
	return search.Source(func(_ context.Context, emit func(*batch.Batch) error) error {
		b := s.data
		if b == nil {
			b = s.rows(w.Info().Now)
		}
		if b.Len == 0 {
			return nil
		}
		return emit(b)
	}), nil
}

func (s *makeresults) rows(now event.Time) *batch.Batch {
	b := batch.New(s.count)
	times := &batch.Column{Times: make([]event.Time, s.count)}
	for i := range times.Times {
		times.Times[i] = now
	}
	b.Set("_time", times)
	if s.annotate {
		b.Set("splunk_server", batch.Constant("localhost", s.count))
	}
	return b
}

func (s *makeresults) String() string {
	if s.st.Name != "makeresults" {
		return "makeresults"
	}
	return s.shown.String()
}
