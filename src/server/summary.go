package server

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"riskreplay/src/batch"
)

// fieldSummary is what the values of a field are in the events of a job.
type fieldSummary struct {
	count, numeric   int
	values           map[string]int
	exact            bool
	min, max         float64
	mean, squareDiff float64 // of the numbers, as they come
}

// The limits of a summary.
const (
	maxSummaryFields = 1000
	maxSummaryValues = 10_000 // of a field; beyond it the number of distinct values is a least
	maxModes         = 100
)

func (f *fieldSummary) add(c *batch.Column, at int) {
	for _, v := range c.Values(at) {
		f.count++
		if _, ok := f.values[v]; ok || len(f.values) < maxSummaryValues {
			f.values[v]++
		} else {
			f.exact = false
		}
		n, ok := batch.Number(v)
		if !ok {
			continue
		}
		f.numeric++
		if f.numeric == 1 {
			f.min, f.max = n, n
		}
		f.min, f.max = min(f.min, n), max(f.max, n)
		diff := n - f.mean
		f.mean += diff / float64(f.numeric)
		f.squareDiff += diff * (n - f.mean)
	}
}

// modes are the most frequent values, the most frequent first.
func (f *fieldSummary) modes(top int) []string {
	names := slices.SortedFunc(maps.Keys(f.values), func(a, b string) int {
		return cmp.Or(cmp.Compare(f.values[b], f.values[a]), cmp.Compare(a, b))
	})
	return names[:min(top, len(names))]
}

// jobSummary tells of the fields of a job's events: how many values, how many distinct
// ones, the most frequent ones.
func (a *API) jobSummary(c *call) {
	s := a.found(c)
	if s == nil {
		return
	}
	set, err := a.eventsOf(c.r.Context(), s)
	if err != nil {
		refuseSearch(c, err)
		return
	}
	fields, err := summarize(set, c.only())
	if err != nil {
		c.refuse(http.StatusInternalServerError, "FATAL", err.Error())
		return
	}
	top := min(c.number("top_count", 10), maxModes)
	sum := eventSummary{fields: fields, top: top, events: set.rows.Len()}
	sum.earliest, sum.latest = s.span()
	if wantsJSON(c.r) {
		sendJSON(c.w, http.StatusOK, sum.json())
		return
	}
	send(c.w, http.StatusOK, xmlType, sum.xml())
}

// span is the time range searched.
func (s *searchJob) span() (earliest, latest string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return isoTime(s.earliest, s.began), isoTime(s.until, s.began)
}

func summarize(set rowSet, only func(string) bool) (map[string]*fieldSummary, error) {
	fields := map[string]*fieldSummary{}
	for rows, err := range set.rows.Rows(0, 0) {
		if err != nil {
			return nil, err
		}
		for i, c := range rows.Columns {
			name := rows.Names[i]
			if name == "_raw" || only != nil && !only(name) {
				continue
			}
			f := fields[name]
			if f == nil {
				if len(fields) >= maxSummaryFields {
					continue
				}
				f = &fieldSummary{values: map[string]int{}, exact: true}
				fields[name] = f
			}
			for at := range rows.Len {
				f.add(c, at)
			}
		}
	}
	maps.DeleteFunc(fields, func(_ string, f *fieldSummary) bool { return f.count == 0 })
	return fields, nil
}

// eventSummary is the answer of summary.
type eventSummary struct {
	fields           map[string]*fieldSummary
	events, top      int
	earliest, latest string
}

func (e *eventSummary) json() map[string]any {
	fields := map[string]any{}
	for name, f := range e.fields {
		modes := []any{}
		for _, v := range f.modes(e.top) {
			modes = append(modes, map[string]any{"value": v, "count": f.values[v], "is_exact": f.exact})
		}
		one := map[string]any{
			"count": f.count, "nulls": 0, "numeric_count": f.numeric, "distinct_count": len(f.values), "is_exact": f.exact, "modes": modes, "relevant": false,
		}
		if f.numeric > 0 {
			one["min"], one["max"], one["mean"] = number(f.min), number(f.max), number(f.mean)
		}
		fields[name] = one
	}
	return map[string]any{"event_count": e.events, "earliest_time": e.earliest, "latest_time": e.latest, "duration": 0, "fields": fields}
}

// number is a number as text, without an exponent.
func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func (e *eventSummary) xml() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, xml.Header+"<results preview='0'>\n<summary earliest_time='%s' latest_time='%s' duration='0' c='%d'>\n", e.earliest, e.latest, e.events)
	for _, name := range slices.Sorted(maps.Keys(e.fields)) {
		f := e.fields[name]
		b.WriteString("<field k='")
		escape(&b, name)
		fmt.Fprintf(&b, "' c='%d' nc='%d' dc='%d' exact='%s'>\n<modes>\n", f.count, f.numeric, len(f.values), plainText(f.exact))
		for _, v := range f.modes(e.top) {
			fmt.Fprintf(&b, "<value c='%d' exact='%s'><text>", f.values[v], plainText(f.exact))
			escape(&b, v)
			b.WriteString("</text></value>\n")
		}
		b.WriteString("</modes>\n</field>\n")
	}
	b.WriteString("</summary>\n</results>\n")
	return b.Bytes()
}
