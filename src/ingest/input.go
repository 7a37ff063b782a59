package ingest

import (
	"os"
	"strings"

	"riskreplay/src/diag"
)

// Metadata is what may be given beside a path; "" is not given.
type Metadata struct{ Sourcetype, Source, Host, Index, Format string }

// Input is one --data or DATASET argument: a raw file, an attack_data YAML, a
// detection's YAML or a folder.
type Input struct {
	Path string
	Metadata
	// DataDir is where a checkout of attack_data lies, or its folder datasets: what
	// catalogues and detections name is looked for in it first. It may be "".
	DataDir string
}

// option is one `key=value` of an argument.
type option struct {
	name  string
	field func(*Metadata) *string
}

var options = []option{
	{"sourcetype", func(m *Metadata) *string { return &m.Sourcetype }},
	{"source", func(m *Metadata) *string { return &m.Source }},
	{"host", func(m *Metadata) *string { return &m.Host }},
	{"index", func(m *Metadata) *string { return &m.Index }},
	{"format", func(m *Metadata) *string { return &m.Format }},
}

// ParseInput reads PATH[,sourcetype=S][,source=S][,host=H][,index=I][,format=F].
// Options are read from the right, so PATH may hold commas; an argument that is
// a file as it stands is that file. Values hold no commas.
func ParseInput(arg string) (Input, error) {
	text := &diag.Text{Name: "<data>", Body: arg}
	in := Input{Path: arg}
	for !exists(in.Path) {
		i := strings.LastIndexByte(in.Path, ',')
		name, value, ok := strings.Cut(in.Path[i+1:], "=")
		if i < 0 || !ok || !isOptionName(name) {
			break
		}
		place := text.At(i+1, len(in.Path))
		if err := in.set(name, value, place); err != nil {
			return Input{}, err
		}
		in.Path = in.Path[:i]
	}
	if in.Path == "" {
		return Input{}, diag.Message{Text: "the argument names no file", Place: text.At(0, 1), Hint: usage}
	}
	return in, nil
}

const usage = "write PATH[,sourcetype=S][,source=S][,host=H][,index=I][,format=F]"

// set takes one option; one may stand once only.
func (in *Input) set(name, value string, place diag.Place) error {
	var known []string
	for _, o := range options {
		known = append(known, o.name)
		if o.name != name {
			continue
		}
		field := o.field(&in.Metadata)
		if *field != "" {
			return diag.Message{Text: `option "` + name + `" is given twice`, Place: place}
		}
		if value == "" {
			return diag.Message{Text: `option "` + name + `" has no value`, Place: place, Hint: usage}
		}
		*field = value
		if name == "format" {
			return checkFormat(value, place)
		}
		return nil
	}
	hint := diag.DidYouMean(name, known)
	if hint == "" {
		hint = "the options are " + strings.Join(known, ", ")
	}
	return diag.Message{Text: `unknown option "` + name + `"`, Place: place, Hint: hint}
}

// checkFormat refuses a format that is not in the table.
func checkFormat(name string, place diag.Place) error {
	var known []string
	for _, f := range formats {
		if f.name == name {
			return nil
		}
		known = append(known, f.name)
	}
	hint := diag.DidYouMean(name, known)
	if hint == "" {
		hint = "the formats are " + strings.Join(known, ", ")
	}
	return diag.Message{Text: `unknown format "` + name + `"`, Place: place, Hint: hint}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// isOptionName tells a key (or what was meant to be one) from a piece of a path.
func isOptionName(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && s[i] != '_' {
			return false
		}
	}
	return s != ""
}
