package modinput

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// AppendXML appends the answer to `--scheme`, every default written out.
func (s *Scheme) AppendXML(b []byte) []byte {
	b = append(b, "<scheme>\n"...)
	b = appendElement(b, "  ", "title", cmp.Or(s.Title, s.Name))
	b = appendElement(b, "  ", "description", s.Description)
	b = appendElement(b, "  ", "use_external_validation", strconv.FormatBool(s.ExternalValidation))
	b = appendElement(b, "  ", "use_single_instance", strconv.FormatBool(s.SingleInstance))
	b = appendElement(b, "  ", "streaming_mode", string(cmp.Or(s.Streaming, XML)))
	b = append(b, "  <endpoint>\n    <args>\n"...)
	for i := range s.Args {
		b = s.Args[i].appendXML(b)
	}
	return append(b, "    </args>\n  </endpoint>\n</scheme>\n"...)
}

func (a *Arg) appendXML(b []byte) []byte {
	const in = "        "
	b = append(b, `      <arg name="`...)
	b = appendAttribute(b, a.Name)
	b = append(b, "\">\n"...)
	b = appendElement(b, in, "title", cmp.Or(a.Title, a.Name))
	b = appendElement(b, in, "description", a.Description)
	if a.Validation != "" {
		b = appendElement(b, in, "validation", a.Validation)
	}
	b = appendElement(b, in, "data_type", string(cmp.Or(a.Type, String)))
	b = appendElement(b, in, "required_on_edit", strconv.FormatBool(a.RequiredOnEdit))
	b = appendElement(b, in, "required_on_create", strconv.FormatBool(a.RequiredOnCreate))
	return append(b, "      </arg>\n"...)
}

// schemeXML is a scheme as others write it: what is left out has splunkd's
// defaults.
type schemeXML struct {
	XMLName            xml.Name `xml:"scheme"`
	Title              string   `xml:"title"`
	Description        string   `xml:"description"`
	ExternalValidation string   `xml:"use_external_validation"`
	SingleInstance     string   `xml:"use_single_instance"`
	Streaming          string   `xml:"streaming_mode"`
	Args               []struct {
		Name             string `xml:"name,attr"`
		Title            string `xml:"title"`
		Description      string `xml:"description"`
		Validation       string `xml:"validation"`
		Type             string `xml:"data_type"`
		RequiredOnEdit   string `xml:"required_on_edit"`
		RequiredOnCreate string `xml:"required_on_create"`
	} `xml:"endpoint>args>arg"`
}

// ParseScheme reads the answer to `--scheme` of the input name. What it leaves
// out has splunkd's defaults: simple streaming, one process a stanza, no
// external validation, parameters required on creation.
func ParseScheme(name string, data []byte) (*Scheme, error) {
	var x schemeXML
	d := newDecoder(strings.NewReader(string(data)))
	if err := d.Decode(&x); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("the answer is empty")
		}
		return nil, fmt.Errorf("cannot read the scheme of %q: %w", name, err)
	}
	var f flags
	s := &Scheme{
		Name: name, Title: cmp.Or(trim(x.Title), name), Description: trim(x.Description),
		ExternalValidation: f.read("use_external_validation", x.ExternalValidation, false),
		SingleInstance:     f.read("use_single_instance", x.SingleInstance, false),
		Streaming:          cmp.Or(Streaming(strings.ToLower(trim(x.Streaming))), Simple),
	}
	for _, a := range x.Args {
		s.Args = append(s.Args, Arg{
			Name: a.Name, Title: trim(a.Title), Description: trim(a.Description), Validation: trim(a.Validation),
			Type:             cmp.Or(DataType(strings.ToLower(trim(a.Type))), String),
			RequiredOnEdit:   f.read("required_on_edit", a.RequiredOnEdit, false),
			RequiredOnCreate: f.read("required_on_create", a.RequiredOnCreate, true),
		})
	}
	if f.err != nil {
		return nil, fmt.Errorf("cannot read the scheme of %q: %w", name, f.err)
	}
	if err := s.acceptable(); err != nil {
		return nil, fmt.Errorf("cannot read the scheme of %q: %w", name, err)
	}
	return s, nil
}

func trim(s string) string { return strings.TrimSpace(s) }

// flags reads booleans and keeps the first error.
type flags struct{ err error }

func (f *flags) read(name, value string, absent bool) bool {
	if trim(value) == "" {
		return absent
	}
	b, ok := parseBool(value)
	if !ok && f.err == nil {
		f.err = fmt.Errorf("%s is %q: expected true or false", name, value)
	}
	return b
}

// parseBool reads a boolean as Splunk's .conf files have it.
func parseBool(s string) (value, ok bool) {
	switch strings.ToLower(trim(s)) {
	case "1", "t", "true", "y", "yes":
		return true, true
	case "0", "f", "false", "n", "no":
		return false, true
	}
	return false, false
}
