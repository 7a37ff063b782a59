package results

import (
	"bytes"
	"io"
	"slices"
	"strconv"

	"riskreplay/src/batch"
)

// Export writes rows as they come, in the form that search/jobs/export has of each
// output_mode:
//
//	json       {"preview":false,"offset":0,"result":{...}} a line, lastrow in the last
//	json_rows  {"preview":false,"init_offset":0,...,"rows":[...]} a line for some rows; so json_cols
//	xml, atom  a document for some rows, one behind the other
//	csv, raw   as in a Page, the header once
//
// It keeps one row back, so that the last one is marked. Fields are those known so
// far, in order; CSV has those of the first rows, so that who wants all of them gives
// them before.
type Export struct {
	w      io.Writer
	form   string
	only   func(name string) bool
	page   Page
	header bool
	row    []byte // the row kept back, without its end
}

// NewExport writes to w in a form of Forms; only tells which fields, nil all. The
// page's Time and Messages count.
func NewExport(w io.Writer, form string, p Page, only func(name string) bool) *Export {
	p.Processed = -1
	return &Export{w: w, form: form, only: only, page: p}
}

// Add writes rows; fields are all that are known by now, in order.
func (e *Export) Add(b *batch.Batch, fields []string) error {
	if b.Len == 0 {
		return nil
	}
	if e.form != "csv" || !e.header {
		e.page.Fields = e.fields(b, fields)
	}
	e.page.Rows = func(yield func(*batch.Batch, error) bool) { yield(b, nil) }
	defer func() { e.page.Offset += b.Len }()
	switch e.form {
	case "json":
		return e.lines(b)
	case "csv":
		return e.records(b)
	}
	err := e.page.Write(e.w, e.form)
	if err == nil && (e.form == "json_rows" || e.form == "json_cols") {
		_, err = e.w.Write([]byte("\n"))
	}
	e.page.Messages = nil
	return err
}

// fields are those of the batch, in the order of all.
func (e *Export) fields(b *batch.Batch, all []string) []string {
	var out []string
	for _, name := range append(slices.Clone(all), b.Names...) {
		if !slices.Contains(out, name) && (e.only == nil || e.only(name)) && (e.form == "csv" || b.Column(name) != nil) {
			out = append(out, name)
		}
	}
	return out
}

func (e *Export) lines(b *batch.Batch) error {
	out := &pieces{w: e.w}
	columns := e.page.columns(b)
	for i := range b.Len {
		if e.row != nil {
			out.Write(e.row)
			out.WriteString("}\n")
		}
		e.row = e.line(columns, i)
		if !out.step() {
			break
		}
	}
	return out.flush()
}

// line is a row without its end, for which lastrow is not known.
func (e *Export) line(columns []*batch.Column, at int) []byte {
	one := &pieces{}
	one.WriteString(`{"preview":false,"offset":`)
	one.WriteString(strconv.Itoa(e.page.Offset + at))
	one.WriteString(`,"result":`)
	e.page.object(one, columns, at)
	return one.Bytes()
}

func (e *Export) records(b *batch.Batch) error {
	if !e.header {
		e.header = true
		return e.page.Write(e.w, "csv")
	}
	var out bytes.Buffer
	if err := e.page.Write(&out, "csv"); err != nil {
		return err
	}
	var head bytes.Buffer
	none := e.page
	none.Rows = func(func(*batch.Batch, error) bool) {}
	if err := none.Write(&head, "csv"); err != nil {
		return err
	}
	_, err := e.w.Write(out.Bytes()[head.Len():])
	return err
}

// Close ends what Add began; messages are those that came with the last rows.
func (e *Export) Close(messages []Message) error {
	out := &pieces{w: e.w}
	p := e.page
	p.Messages, p.Fields = append(slices.Clone(e.page.Messages), messages...), nil
	p.Rows = func(func(*batch.Batch, error) bool) {}
	none := e.page.Offset == 0
	switch e.form {
	case "json":
		e.last(out, p.Messages)
	case "json_rows", "json_cols":
		if none || len(p.Messages) > 0 {
			_ = p.Write(out, e.form)
			out.WriteByte('\n')
		}
	case "xml", "atom":
		if none || len(p.Messages) > 0 && e.form == "xml" {
			_ = p.Write(out, e.form)
		}
	}
	return out.flush()
}

func (e *Export) last(out *pieces, messages []Message) {
	if e.row != nil {
		out.Write(e.row)
		out.WriteString(`,"lastrow":true}` + "\n")
	}
	for _, m := range messages {
		out.WriteString(`{"preview":false,"messages":[{"type":`)
		out.quote(m.Type)
		out.WriteString(`,"text":`)
		out.quote(m.Text)
		out.WriteString("}]}\n")
	}
	if e.row == nil {
		out.WriteString(`{"preview":false,"lastrow":true}` + "\n")
	}
}
