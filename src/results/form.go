package results

import (
	"bytes"
	"io"
	"iter"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// Message is what a Splunk says beside rows: DEBUG, INFO, WARN, ERROR or FATAL.
type Message struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// Page is rows as a Splunk answers with them, and what it says about them.
type Page struct {
	// Preview tells that the search still runs.
	Preview bool
	// Offset is the number of the first row.
	Offset int
	// Fields are the columns in their order.
	Fields   []string
	Messages []Message
	// Processed is how many rows there are when they went through another search
	// first (post_process_count); less than 0 says nothing of it.
	Processed int
	// Rows are the rows, each time anew; their columns may be more and in another
	// order than Fields.
	Rows iter.Seq2[*batch.Batch, error]
	// Time writes _time; nil is ISO 8601 in UTC as Splunk does.
	Time func(event.Time) string
}

// Forms are the values of output_mode that rows can be written in.
var Forms = []string{"atom", "csv", "json", "json_cols", "json_rows", "raw", "xml"}

// ContentType is the media type of a form.
func ContentType(form string) string {
	switch {
	case form == "csv":
		return "text/csv; charset=UTF-8"
	case form == "raw":
		return "text/plain; charset=UTF-8"
	case strings.HasPrefix(form, "json"):
		return "application/json; charset=UTF-8"
	}
	return "text/xml; charset=UTF-8"
}

// Write writes a page in a form of Forms. An error is w's or that of the rows; what is
// before it has been written.
func (p *Page) Write(w io.Writer, form string) error {
	b := &pieces{w: w}
	switch form {
	case "json":
		p.json(b)
	case "json_rows":
		p.jsonRows(b)
	case "json_cols":
		p.jsonColumns(b)
	case "csv":
		p.csv(b)
	case "raw":
		p.raw(b)
	case "atom":
		p.atom(b)
	default:
		p.xml(b)
	}
	return b.flush()
}

// pieces is text on its way to a writer, some thousand bytes at a time. After an error
// nothing is written any more.
type pieces struct {
	bytes.Buffer
	w   io.Writer
	err error
}

const pieceSize = 32 << 10

// step writes what there is when it is enough, and tells whether to go on.
func (b *pieces) step() bool {
	if b.Len() >= pieceSize {
		_ = b.flush()
	}
	return b.err == nil
}

func (b *pieces) flush() error {
	if b.err == nil && b.Len() > 0 {
		_, b.err = b.w.Write(b.Bytes())
	}
	b.Reset()
	return b.err
}

// each calls row for all rows, with their batch and their number, until the writer
// fails.
func (p *Page) each(b *pieces, row func(rows *batch.Batch, at, number int)) {
	n := 0
	for rows, err := range p.Rows {
		if err != nil {
			b.err = err
			return
		}
		for i := range rows.Len {
			row(rows, i, n)
			n++
			if !b.step() {
				return
			}
		}
	}
}

// columns are the columns of a batch by the order of Fields; nil where it has none.
func (p *Page) columns(b *batch.Batch) []*batch.Column {
	out := make([]*batch.Column, len(p.Fields))
	for i, name := range b.Names {
		if at := slices.Index(p.Fields, name); at >= 0 {
			out[at] = b.Columns[i]
		}
	}
	return out
}

// byFields is columns for each batch, found once a batch.
func (p *Page) byFields() func(*batch.Batch) []*batch.Column {
	var last *batch.Batch
	var columns []*batch.Column
	return func(b *batch.Batch) []*batch.Column {
		if b != last {
			last, columns = b, p.columns(b)
		}
		return columns
	}
}

// timeForm is how Splunk writes _time.
const timeForm = "2006-01-02T15:04:05.000-07:00"

// values are a cell's values; _time is a date.
func (p *Page) values(name string, c *batch.Column, at int) []string {
	if c == nil {
		return nil
	}
	if name != "_time" {
		return c.Values(at)
	}
	t, ok := c.Time(at)
	switch {
	case !ok:
		return c.Values(at)
	case p.Time != nil:
		return []string{p.Time(t)}
	case t%1_000_000 != 0:
		return []string{t.Std().Format("2006-01-02T15:04:05.999999999-07:00")}
	}
	return []string{t.Std().Format(timeForm)}
}
