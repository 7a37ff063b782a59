package results

import (
	"fmt"

	"riskreplay/src/batch"
)

// head writes what the JSON forms begin with; a field is a text or an object.
func (p *Page) head(b *pieces, field func(name string)) {
	fmt.Fprintf(b, `{"preview":%t,"init_offset":%d,`, p.Preview, p.Offset)
	if p.Processed >= 0 {
		fmt.Fprintf(b, `"post_process_count":%d,`, p.Processed)
	}
	b.WriteString(`"messages":[`)
	for i, m := range p.Messages {
		comma(b, i)
		b.WriteString(`{"type":`)
		b.quote(m.Type)
		b.WriteString(`,"text":`)
		b.quote(m.Text)
		b.WriteByte('}')
	}
	b.WriteString(`],"fields":[`)
	for i, f := range p.Fields {
		comma(b, i)
		field(f)
	}
	b.WriteString(`],`)
}

func (p *Page) json(b *pieces) {
	p.head(b, func(name string) {
		b.WriteString(`{"name":`)
		b.quote(name)
		b.WriteByte('}')
	})
	b.WriteString(`"results":[`)
	columns := p.byFields()
	p.each(b, func(rows *batch.Batch, at, n int) {
		comma(b, n)
		p.object(b, columns(rows), at)
	})
	b.WriteString(`],"highlighted":{}}`)
}

// object writes a row as an object; absent fields are left out.
func (p *Page) object(b *pieces, columns []*batch.Column, at int) {
	b.WriteByte('{')
	n := 0
	for i, c := range columns {
		values := p.values(p.Fields[i], c, at)
		if len(values) == 0 {
			continue
		}
		comma(b, n)
		n++
		b.quote(p.Fields[i])
		b.WriteByte(':')
		b.cell(values)
	}
	b.WriteByte('}')
}

func (p *Page) jsonRows(b *pieces) {
	p.head(b, b.quote)
	b.WriteString(`"rows":[`)
	columns := p.byFields()
	p.each(b, func(rows *batch.Batch, at, n int) {
		comma(b, n)
		b.WriteByte('[')
		for i, c := range columns(rows) {
			comma(b, i)
			b.cell(p.values(p.Fields[i], c, at))
		}
		b.WriteByte(']')
	})
	b.WriteString(`]}`)
}

// jsonColumns reads the rows once for each column: no more than a block of them is in
// memory.
func (p *Page) jsonColumns(b *pieces) {
	p.head(b, b.quote)
	b.WriteString(`"columns":[`)
	for i, name := range p.Fields {
		comma(b, i)
		b.WriteByte('[')
		p.each(b, func(rows *batch.Batch, at, n int) {
			comma(b, n)
			b.cell(p.values(name, rows.Column(name), at))
		})
		b.WriteByte(']')
	}
	b.WriteString(`]}`)
}

// cell writes null, a text, or an array of texts.
func (b *pieces) cell(values []string) {
	switch len(values) {
	case 0:
		b.WriteString("null")
	case 1:
		b.quote(values[0])
	default:
		b.WriteByte('[')
		for i, v := range values {
			comma(b, i)
			b.quote(v)
		}
		b.WriteByte(']')
	}
}

func comma(b *pieces, n int) {
	if n > 0 {
		b.WriteByte(',')
	}
}

// quote writes a JSON string; what is no UTF-8 becomes U+FFFD.
func (b *pieces) quote(text string) { b.Write(quote(b.AvailableBuffer(), text)) }
