package results

import (
	"encoding/csv"
	"strings"

	"riskreplay/src/batch"
)

// csv writes a header and a record a row; a multivalue is joined by newlines, an
// absent field is empty.
func (p *Page) csv(b *pieces) {
	if len(p.Fields) == 0 {
		return
	}
	out := csv.NewWriter(b)
	_ = out.Write(p.Fields) // b keeps the errors
	out.Flush()
	columns := p.byFields()
	record := make([]string, len(p.Fields))
	p.each(b, func(rows *batch.Batch, at, _ int) {
		for i, c := range columns(rows) {
			record[i] = strings.Join(p.values(p.Fields[i], c, at), "\n")
		}
		_ = out.Write(record)
		out.Flush()
	})
}

// raw writes each event as it is on a line; a row without _raw is its fields as
// NAME=VALUE.
func (p *Page) raw(b *pieces) {
	columns := p.byFields()
	p.each(b, func(rows *batch.Batch, at, _ int) {
		if c := rows.Column("_raw"); c != nil && !c.IsNull(at) {
			b.WriteString(c.Text(at) + "\n")
			return
		}
		var line []string
		for i, c := range columns(rows) {
			if values := p.values(p.Fields[i], c, at); len(values) > 0 {
				line = append(line, p.Fields[i]+"="+strings.Join(values, ","))
			}
		}
		b.WriteString(strings.Join(line, ", ") + "\n")
	})
}
