package modinput

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxConfig bounds what a host may send.
const maxConfig = 16 << 20

// ReadConfig reads the XML of a run, up to the end of its element: r need not be
// closed. Elements that are not known are passed over.
func ReadConfig(r io.Reader) (*Config, error) {
	c, err := readConfig(r, "input", "stanza")
	if err != nil {
		return nil, fmt.Errorf("cannot read the configuration on the standard input: %w", err)
	}
	return c, nil
}

// ReadItems reads the XML of a validation; it has exactly one item.
func ReadItems(r io.Reader) (*Config, error) {
	c, err := readConfig(r, "items", "item")
	if err == nil && len(c.Stanzas) != 1 {
		err = fmt.Errorf("expected one item, found %d", len(c.Stanzas))
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the item on the standard input: %w", err)
	}
	return c, nil
}

// configReader holds the place in a configuration. Text is collected by the
// innermost open element.
type configReader struct {
	d      *xml.Decoder
	stanza string // the name of a stanza's element
	c      Config
	open   []string
	text   strings.Builder
}

func readConfig(r io.Reader, root, stanza string) (*Config, error) {
	limited := &io.LimitedReader{R: r, N: maxConfig + 1}
	x := &configReader{d: newDecoder(limited), stanza: stanza}
	for {
		token, err := x.d.Token()
		if err != nil {
			return nil, x.explain(err, root, limited.N <= 0)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(x.open) == 0 && t.Name.Local != root {
				return nil, fmt.Errorf("expected <%s>, found <%s>", root, t.Name.Local)
			}
			x.start(t)
		case xml.EndElement:
			x.end()
			if len(x.open) == 0 {
				return &x.c, nil
			}
		case xml.CharData:
			x.text.Write(t)
		}
	}
}

// explain says what went wrong, and never quotes the text: it may be the
// session key.
func (x *configReader) explain(err error, root string, tooLarge bool) error {
	var syntax *xml.SyntaxError
	switch {
	case tooLarge:
		return fmt.Errorf("it is larger than %d MiB", maxConfig>>20)
	case errors.Is(err, io.EOF) && len(x.open) == 0:
		return fmt.Errorf("it is empty: expected <%s>", root)
	case errors.As(err, &syntax) && len(x.open) > 0 && x.open[len(x.open)-1] == "session_key":
		return fmt.Errorf("line %d: the session key is not well-formed", syntax.Line)
	}
	return err
}

func (x *configReader) start(t xml.StartElement) {
	name := t.Name.Local
	x.open = append(x.open, name)
	x.text.Reset()
	switch {
	case x.inStanza(0):
		x.c.Stanzas = append(x.c.Stanzas, Stanza{Name: attribute(t, "name"), App: attribute(t, "app")})
	case (name == "param" || name == "param_list") && x.inStanza(1):
		s := x.last()
		s.Params = append(s.Params, Param{Name: attribute(t, "name"), List: name == "param_list"})
	}
}

func (x *configReader) end() {
	name := x.open[len(x.open)-1]
	text := x.text.String()
	x.text.Reset()
	switch {
	case len(x.open) == 2:
		x.server(name, text)
	case name == "param" && x.inStanza(1), name == "value" && x.inStanza(2) && x.open[len(x.open)-2] == "param_list":
		s := x.last()
		p := &s.Params[len(s.Params)-1]
		p.Values = append(p.Values, text)
	}
	x.open = x.open[:len(x.open)-1]
}

func (x *configReader) server(name, text string) {
	text = strings.TrimSpace(text)
	switch name {
	case "server_host":
		x.c.ServerHost = text
	case "server_uri":
		x.c.ServerURI = text
	case "session_key":
		x.c.SessionKey = Secret(text)
	case "checkpoint_dir":
		x.c.CheckpointDir = text
	}
}

// depth is how deep a stanza's element lies: in <input><configuration>, in
// <items>.
func (x *configReader) depth() int {
	if x.stanza == "stanza" {
		return 3
	}
	return 2
}

// inStanza tells that the innermost open element lies so many below a stanza.
func (x *configReader) inStanza(below int) bool {
	d := x.depth()
	return len(x.open) == d+below && x.open[d-1] == x.stanza && (d == 2 || x.open[1] == "configuration")
}

func (x *configReader) last() *Stanza { return &x.c.Stanzas[len(x.c.Stanzas)-1] }

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
