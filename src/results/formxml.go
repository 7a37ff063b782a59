package results

import (
	"encoding/xml"
	"fmt"

	"riskreplay/src/batch"
)

func (p *Page) xml(b *pieces) {
	fmt.Fprintf(b, xml.Header+"<results preview='%d'>\n<meta>\n<fieldOrder>\n", map[bool]int{true: 1}[p.Preview])
	for _, f := range p.Fields {
		b.WriteString("<field>")
		b.escape(f)
		b.WriteString("</field>\n")
	}
	b.WriteString("</fieldOrder>\n</meta>\n")
	if len(p.Messages) > 0 {
		b.WriteString("<messages>\n")
		for _, m := range p.Messages {
			b.WriteString(`<msg type="`)
			b.escape(m.Type)
			b.WriteString(`">`)
			b.escape(m.Text)
			b.WriteString("</msg>\n")
		}
		b.WriteString("</messages>\n")
	}
	columns := p.byFields()
	p.each(b, func(rows *batch.Batch, at, n int) {
		fmt.Fprintf(b, "<result offset='%d'>\n", p.Offset+n)
		for i, c := range columns(rows) {
			if values := p.values(p.Fields[i], c, at); len(values) > 0 {
				b.field(p.Fields[i], values)
			}
		}
		b.WriteString("</result>\n")
	})
	b.WriteString("</results>\n")
}

// field writes a cell; _raw has its own form.
func (b *pieces) field(name string, values []string) {
	b.WriteString(`<field k="`)
	b.escape(name)
	b.WriteString(`">`)
	for _, v := range values {
		open, shut := "<value><text>", "</text></value>"
		if name == "_raw" {
			open, shut = "<v xml:space='preserve' trim='0'>", "</v>"
		}
		b.WriteString(open)
		b.escape(v)
		b.WriteString(shut)
	}
	b.WriteString("</field>\n")
}

// atom is a feed with an entry a row.
func (p *Page) atom(b *pieces) {
	b.WriteString(xml.Header + `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:s="http://dev.splunk.com/ns/rest">` + "\n<title>results</title>\n")
	columns := p.byFields()
	p.each(b, func(rows *batch.Batch, at, n int) {
		fmt.Fprintf(b, "<entry>\n<title>%[1]d</title>\n<id>%[1]d</id>\n<content type=\"text/xml\">\n<s:dict>\n", p.Offset+n)
		for i, c := range columns(rows) {
			if values := p.values(p.Fields[i], c, at); len(values) > 0 {
				b.key(p.Fields[i], values)
			}
		}
		b.WriteString("</s:dict>\n</content>\n</entry>\n")
	})
	b.WriteString("</feed>\n")
}

// key writes a cell as a text, or a list of texts, of a dictionary.
func (b *pieces) key(name string, values []string) {
	b.WriteString(`<s:key name="`)
	b.escape(name)
	b.WriteString(`">`)
	if len(values) == 1 {
		b.escape(values[0])
	} else {
		b.WriteString("<s:list>")
		for _, v := range values {
			b.WriteString("<s:item>")
			b.escape(v)
			b.WriteString("</s:item>")
		}
		b.WriteString("</s:list>")
	}
	b.WriteString("</s:key>\n")
}

// escape writes a text for XML; what XML cannot hold becomes U+FFFD.
func (b *pieces) escape(text string) { _ = xml.EscapeText(b, []byte(text)) }
