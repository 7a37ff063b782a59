package winevent

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
)

// pair is one field with one value.
type pair struct{ Name, Value string }

// fast collects what Each gives, blocks left out: the oracles below read them.
func fast(raw []byte) (fields, blocks []pair) {
	Each(raw, func(name, value []byte) {
		p := pair{string(name), string(value)}
		if strings.HasSuffix(p.Name, "_Xml") {
			blocks = append(blocks, p)
		} else {
			fields = append(fields, p)
		}
	})
	return fields, blocks
}

// The add-on's regexes (cim-endpoint.md section 4), with \s as PCRE has it. The
// one for EventData is widened to double quotes, as the package doc says.
var (
	codeRegex     = regexp.MustCompile(`<EventID(?:[\s\v]+[^>]+)?>([^<]+)</EventID>`)
	elementRegex  = regexp.MustCompile(`^(?s:<(\w*)>([^<]*)</(\w*)>)`)
	attrRegex     = regexp.MustCompile(`(?ms)[\s\v]([^\s\v=]+)[\s\v]*=[\s\v]*('[^<']*'|"[^<"]*")`)
	eventRegex    = regexp.MustCompile(`<(?:\w+)[\s\v]Name='([^>]*)'/?>([^<]*)|<(?:\w+)[\s\v]Name="([^>]*)"/?>([^<]*)`)
	oracleBlocks  = []string{"System", "EventData", "UserData", "DebugData", "RenderingInfo"}
	oracleRegexes = func() map[string]*regexp.Regexp {
		out := map[string]*regexp.Regexp{}
		for _, b := range oracleBlocks {
			out[b] = regexp.MustCompile(`(?ms)<` + b + `(?:[\s\v]+[^>]+)?>(.*?)</` + b + `>`)
		}
		return out
	}()
)

// elementsSlowly is `<(\w*)>([^<]*)<\/\1>`: Go's regexp has no back reference.
func elementsSlowly(text string) (out []pair) {
	for i := 0; i < len(text); {
		if text[i] != '<' {
			i++
		} else if m := elementRegex.FindStringSubmatch(text[i:]); m != nil && m[1] == m[3] {
			out = append(out, pair{m[1], m[2]})
			i += len(m[0])
		} else {
			i++
		}
	}
	return out
}

// addOn extracts as the add-on does, one regex after the other.
func addOn(raw []byte) (fields []pair) {
	text := map[string]string{}
	for b, re := range oracleRegexes {
		if m := re.FindSubmatch(raw); m != nil {
			text[b] = string(m[1])
		}
	}
	if m := codeRegex.FindStringSubmatch(text["System"]); m != nil {
		fields = append(fields, pair{"EventCode", m[1]})
	}
	fields = append(fields, elementsSlowly(text["System"])...)
	for _, m := range attrRegex.FindAllStringSubmatch(text["System"], -1) {
		fields = append(fields, pair{m[1], m[2]})
	}
	for _, m := range eventRegex.FindAllStringSubmatch(text["EventData"], -1) {
		fields = append(fields, pair{m[1] + m[3], m[2] + m[4]})
	}
	fields = append(fields, elementsSlowly(text["UserData"])...)
	named := fields[:0]
	for _, p := range fields {
		odd := []byte(p.Name)
		for i := range odd {
			if !letterOrDigit.Match(odd[i : i+1]) {
				odd[i] = '_' // CLEAN_KEYS
			}
		}
		if p.Name = strings.TrimLeft(string(odd), "_0123456789"); p.Name != "" {
			named = append(named, p)
		}
	}
	return named
}

var letterOrDigit = regexp.MustCompile(`[A-Za-z0-9]`)

// element is any XML element, for encoding/xml.
type element struct {
	Name     xml.Name
	Attrs    []xml.Attr
	Text     string
	Children []*element
}

// parse reads one element with encoding/xml's tokens.
func parse(d *xml.Decoder, start xml.StartElement) (*element, error) {
	e := &element{Name: start.Name, Attrs: start.Attr}
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			child, err := parse(d, token)
			if err != nil {
				return nil, err
			}
			e.Children = append(e.Children, child)
		case xml.CharData:
			e.Text += string(token)
		case xml.EndElement:
			return e, nil
		}
	}
}

// viaXML extracts with encoding/xml; values are decoded. It refuses what is not
// XML 1.0, as encoding/xml does.
func viaXML(raw []byte) (fields []pair, err error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	start, ok := token.(xml.StartElement)
	if !ok {
		return nil, errors.New("no element")
	}
	root, err := parse(d, start)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more behind the event")
	}
	for _, block := range root.Children {
		switch block.Name.Local {
		case "System":
			fields = append(fields, systemViaXML(block)...)
		case "EventData":
			for _, data := range block.Children {
				if len(data.Attrs) == 1 && data.Attrs[0].Name.Local == "Name" {
					fields = append(fields, pair{data.Attrs[0].Value, data.Text})
				}
			}
		case "UserData":
			fields = append(fields, leaves(block)...)
		}
	}
	return fields, nil
}

func systemViaXML(block *element) (fields []pair) {
	for _, e := range block.Children {
		if e.Name.Local == "EventID" && e.Text != "" {
			fields = append(fields, pair{"EventCode", e.Text})
		}
	}
	fields = append(fields, leaves(block)...)
	for _, e := range block.Children {
		for _, a := range e.Attrs {
			fields = append(fields, pair{a.Name.Local, a.Value})
		}
	}
	return fields
}

// leaves are the elements that have neither attributes nor children; an empty
// element written as <x/> has no text to find.
func leaves(e *element) (fields []pair) {
	for _, child := range e.Children {
		if len(child.Attrs)+len(child.Children) == 0 {
			fields = append(fields, pair{child.Name.Local, child.Text})
		}
		fields = append(fields, leaves(child)...)
	}
	return fields
}

// decoded is what encoding/xml would make of a value of ours.
func decoded(p pair) pair {
	v := p.Value
	if n := len(v); n >= 2 && (v[0] == '\'' || v[0] == '"') && v[0] == v[n-1] && attributeNames[p.Name] {
		v = v[1 : n-1]
	}
	v = strings.ReplaceAll(strings.ReplaceAll(v, "\r\n", "\n"), "\r", "\n")
	var b strings.Builder
	d := xml.NewDecoder(strings.NewReader("<x>" + v + "</x>"))
	for {
		token, err := d.Token()
		if err != nil {
			return pair{p.Name, b.String()}
		}
		if text, ok := token.(xml.CharData); ok {
			b.Write(text)
		}
	}
}

var attributeNames = map[string]bool{
	"Name": true, "Guid": true, "EventSourceName": true, "Qualifiers": true, "SystemTime": true, "RawTime": true,
	"ActivityID": true, "RelatedActivityID": true, "ProcessID": true, "ThreadID": true, "UserID": true,
}
