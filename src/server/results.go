package server

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/batch"
	"riskreplay/src/results"
)

// jobResults gives the rows of a job; those of one that still runs are there as
// results_preview alone.
func (a *API) jobResults(c *call) {
	s := a.found(c)
	if s == nil {
		return
	}
	s.mu.Lock()
	ready := !s.ended.IsZero()
	s.mu.Unlock()
	preview := strings.HasSuffix(c.r.URL.Path, "_preview")
	if !ready && !preview {
		c.w.WriteHeader(http.StatusNoContent)
		return
	}
	s.send(c)
}

// page is the rows that count, offset and f ask for.
type page struct {
	preview  bool
	offset   int
	fields   []string
	messages []message
	rows     []*batch.Batch
}

func (s *searchJob) page(count, offset int, wanted []string) page {
	s.mu.Lock()
	defer s.mu.Unlock()
	keep := func(name string) bool { return len(wanted) == 0 || slices.Contains(wanted, name) }
	p := page{preview: s.ended.IsZero(), offset: offset, fields: []string{}, messages: slices.Clone(s.messages)}
	for _, f := range s.fields {
		if keep(f) {
			p.fields = append(p.fields, f)
		}
	}
	if count == 0 {
		count = maxRows
	}
	for _, b := range s.rows {
		from := min(offset, b.Len)
		to := min(b.Len, from+count)
		if offset, count = offset-from, count-(to-from); to > from {
			p.rows = append(p.rows, b.Slice(from, to).Keep(keep))
		}
	}
	return p
}

// rowsAtOnce is how many rows are written with one call.
const rowsAtOnce = 500

// send answers with rows: xml (Splunk's default), json or csv.
func (s *searchJob) send(c *call) {
	s.mu.Lock()
	failed, said := s.failed, s.messages
	s.mu.Unlock()
	if failed {
		c.say(http.StatusBadRequest, said)
		return
	}
	p := s.page(c.number("count", 100), c.number("offset", 0), c.form["f"])
	switch mode := outputMode(c.r); mode {
	case "json":
		p.json(c.w)
	case "csv":
		c.w.Header().Set("Content-Type", "text/csv; charset=UTF-8")
		_ = results.WriteCSV(c.w, batch.Concat(p.rows)) // who went away is told nothing
	case "", "xml":
		p.xml(c.w)
	default:
		c.refuse(http.StatusBadRequest, "FATAL", fmt.Sprintf("unknown output_mode %q: expected xml, json or csv", mode))
	}
}

// writeRows writes row by row, some with a call, until who reads goes away.
func (p *page) writeRows(w http.ResponseWriter, b *bytes.Buffer, row func(rows *batch.Batch, at, number int)) {
	n := 0
	for _, rows := range p.rows {
		for i := range rows.Len {
			row(rows, i, n)
			if n++; n%rowsAtOnce == 0 {
				if _, err := w.Write(b.Bytes()); err != nil {
					return
				}
				b.Reset()
			}
		}
	}
}

func (p *page) json(w http.ResponseWriter) {
	w.Header().Set("Content-Type", jsonType)
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"preview":%t,"init_offset":%d,"messages":[`, p.preview, p.offset)
	for i, m := range p.messages {
		comma(&b, i)
		b.WriteString(`{"type":"` + m.Type + `","text":`)
		quote(&b, m.Text)
		b.WriteByte('}')
	}
	b.WriteString(`],"fields":[`)
	for i, f := range p.fields {
		comma(&b, i)
		b.WriteString(`{"name":`)
		quote(&b, f)
		b.WriteByte('}')
	}
	b.WriteString(`],"results":[`)
	p.writeRows(w, &b, func(rows *batch.Batch, at, n int) {
		comma(&b, n)
		jsonRow(&b, rows, at)
	})
	b.WriteString(`],"highlighted":{}}`)
	_, _ = w.Write(b.Bytes()) // who went away is told nothing
}

func jsonRow(b *bytes.Buffer, rows *batch.Batch, at int) {
	b.WriteByte('{')
	first := 0
	for i, c := range rows.Columns {
		if c.IsNull(at) {
			continue
		}
		comma(b, first)
		first++
		quote(b, rows.Names[i])
		b.WriteByte(':')
		values := cell(rows.Names[i], c, at)
		if len(values) == 1 {
			quote(b, values[0])
			continue
		}
		b.WriteByte('[')
		for k, v := range values {
			comma(b, k)
			quote(b, v)
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
}

// cell is a cell's values; _time is a date as Splunk's results have it.
func cell(name string, c *batch.Column, at int) []string {
	if name != "_time" {
		return c.Values(at)
	}
	t, ok := c.Time(at)
	if !ok {
		return c.Values(at)
	}
	form := timeForm
	if t%1_000_000 != 0 {
		form = "2006-01-02T15:04:05.999999999-07:00"
	}
	return []string{t.Std().Format(form)}
}

func comma(b *bytes.Buffer, n int) {
	if n > 0 {
		b.WriteByte(',')
	}
}

func quote(b *bytes.Buffer, text string) {
	data, _ := jsontext.AppendQuote(b.AvailableBuffer(), text) // what is no UTF-8 becomes U+FFFD
	b.Write(data)
}

func (p *page) xml(w http.ResponseWriter) {
	w.Header().Set("Content-Type", xmlType)
	var b bytes.Buffer
	fmt.Fprintf(&b, xml.Header+"<results preview='%d'>\n<meta>\n<fieldOrder>\n", map[bool]int{true: 1}[p.preview])
	for _, f := range p.fields {
		b.WriteString("<field>")
		escape(&b, f)
		b.WriteString("</field>\n")
	}
	b.WriteString("</fieldOrder>\n</meta>\n")
	if len(p.messages) > 0 {
		writeMessages(&b, p.messages)
	}
	p.writeRows(w, &b, func(rows *batch.Batch, at, n int) {
		fmt.Fprintf(&b, "<result offset='%d'>\n", p.offset+n)
		for i, c := range rows.Columns {
			if !c.IsNull(at) {
				xmlCell(&b, rows.Names[i], c, at)
			}
		}
		b.WriteString("</result>\n")
	})
	b.WriteString("</results>\n")
	_, _ = w.Write(b.Bytes()) // who went away is told nothing
}

func xmlCell(b *bytes.Buffer, name string, c *batch.Column, at int) {
	b.WriteString("<field k=\"")
	escape(b, name)
	b.WriteString("\">")
	for _, v := range cell(name, c, at) {
		open, shut := "<value><text>", "</text></value>"
		if name == "_raw" {
			open, shut = "<v xml:space='preserve' trim='0'>", "</v>"
		}
		b.WriteString(open)
		escape(b, v)
		b.WriteString(shut)
	}
	b.WriteString("</field>\n")
}
