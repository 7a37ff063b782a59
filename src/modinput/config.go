package modinput

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Secret is a text that is never printed: every way of formatting it gives
// "***".
type Secret string

// Reveal is the text.
func (s Secret) Reveal() string { return string(s) }

// String is "***", or "" when there is none.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// Format prints String for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText is String, for JSON and its kin.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Config is what splunkd gives to an input: who it is, and the stanzas.
type Config struct {
	// ServerHost is the name of the Splunk instance.
	ServerHost string
	// ServerURI is its REST API: "https://127.0.0.1:8089".
	ServerURI string
	// SessionKey is for that API, as splunk-system-user.
	SessionKey Secret
	// CheckpointDir is the folder for checkpoints of this scheme; in validation
	// that of all schemes.
	CheckpointDir string
	// Stanzas are what is to be run: one, or with SingleInstance all enabled
	// ones, perhaps none. In validation it is the one item.
	Stanzas []Stanza
}

// Stanza is one configured input.
type Stanza struct {
	// Name is "scheme://name" in a run and "name" in validation.
	Name string
	// App is where it is configured, for requests to the REST API; "" when the
	// host does not tell.
	App    string
	Params []Param
}

// Param is one setting.
type Param struct {
	Name   string
	Values []string
	// List: it was given as a list, perhaps of one value or none.
	List bool
}

// Title is the name without the scheme.
func (s *Stanza) Title() string {
	if _, title, ok := strings.Cut(s.Name, "://"); ok {
		return title
	}
	return s.Name
}

// Get is the (first) value of a setting, "" when it has none.
func (s *Stanza) Get(name string) string {
	if v := s.Values(name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// Lookup is Get, and whether the setting is there.
func (s *Stanza) Lookup(name string) (string, bool) {
	ok := slices.ContainsFunc(s.Params, func(p Param) bool { return p.Name == name })
	return s.Get(name), ok
}

// Values are all values of a setting.
func (s *Stanza) Values(name string) []string {
	for _, p := range s.Params {
		if p.Name == name {
			return p.Values
		}
	}
	return nil
}

// Set gives a setting one value.
func (s *Stanza) Set(name, value string) {
	p := Param{Name: name, Values: []string{value}}
	if i := slices.IndexFunc(s.Params, func(p Param) bool { return p.Name == name }); i >= 0 {
		s.Params[i] = p
		return
	}
	s.Params = append(s.Params, p)
}

// Disabled tells that the stanza is not to be run.
func (s *Stanza) Disabled() bool {
	off, _ := parseBool(s.Get("disabled"))
	return off
}

// AppendXML appends the XML of a run.
func (c *Config) AppendXML(b []byte) []byte {
	b = append(b, xml.Header+"<input>\n"...)
	b = c.appendServer(b)
	if len(c.Stanzas) == 0 {
		return append(b, "  <configuration/>\n</input>\n"...)
	}
	b = append(b, "  <configuration>\n"...)
	for i := range c.Stanzas {
		b = c.Stanzas[i].appendXML(b, "stanza")
	}
	return append(b, "  </configuration>\n</input>\n"...)
}

// AppendItems appends the XML of a validation.
func (c *Config) AppendItems(b []byte) []byte {
	b = append(b, xml.Header+"<items>\n"...)
	b = c.appendServer(b)
	for i := range c.Stanzas {
		b = c.Stanzas[i].appendXML(b, "item")
	}
	return append(b, "</items>\n"...)
}

func (c *Config) appendServer(b []byte) []byte {
	b = appendElement(b, "  ", "server_host", c.ServerHost)
	b = appendElement(b, "  ", "server_uri", c.ServerURI)
	b = appendElement(b, "  ", "session_key", c.SessionKey.Reveal())
	return appendElement(b, "  ", "checkpoint_dir", c.CheckpointDir)
}

func (s *Stanza) appendXML(b []byte, kind string) []byte {
	b = append(append(append(b, "    <"...), kind...), ` name="`...)
	b = append(appendAttribute(b, s.Name), '"')
	if s.App != "" {
		b = append(appendAttribute(append(b, ` app="`...), s.App), '"')
	}
	b = append(b, ">\n"...)
	for _, p := range s.Params {
		b = p.appendXML(b)
	}
	return append(append(append(b, "    </"...), kind...), ">\n"...)
}

func (p *Param) appendXML(b []byte) []byte {
	kind := "param"
	if p.List || len(p.Values) != 1 {
		kind = "param_list"
	}
	b = append(append(append(b, "      <"...), kind...), ` name="`...)
	b = append(appendAttribute(b, p.Name), `">`...)
	for _, v := range p.Values {
		if kind == "param_list" {
			b = append(b, "<value>"...)
		}
		b, _ = appendText(b, v)
		if kind == "param_list" {
			b = append(b, "</value>"...)
		}
	}
	return append(append(append(b, "</"...), kind...), ">\n"...)
}
