package ingest

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"riskreplay/src/diag"
)

// maxCatalogue is far above any catalogue: they have some kilobytes.
const maxCatalogue = 256 << 10

// catalogue is an attack_data YAML:
//
//	datasets:                                   the new form
//	- name: windows-sysmon
//	  path: /datasets/attack_techniques/T1218.009/x/windows-sysmon.log
//	  sourcetype: XmlWinEventLog
//	  source: XmlWinEventLog:Microsoft-Windows-Sysmon/Operational
//
//	dataset:                                    the old form
//	- https://media.githubusercontent.com/media/splunk/attack_data/master/datasets/.../windows-sysmon.log
//	sourcetypes:
//	- XmlWinEventLog:Microsoft-Windows-Sysmon/Operational
type catalogue struct {
	path string
	text *diag.Text
	old  bool
	// description, id and technique are the file's; entries its data sets.
	description, id string
	technique       []string
	entries         []entry
	// wrong tells that something was said about the entries already.
	wrong bool
	// name is the test's, of a detection with several.
	name string
	// tests are a detection's; a detection has no entries of its own.
	tests []*catalogue
	// broken tells that a detection's tests could not be read whole.
	broken bool
}

// entry is one data set of a catalogue.
type entry struct {
	target string // a path or URL, as written
	place  diag.Place
	Metadata
	from From
}

// readCatalogue resolves the argument of one catalogue or detection.
func readCatalogue(in Input) (datasets []Dataset, problems diag.List) {
	c, problems := parseCatalogue(in.Path)
	if c == nil {
		return nil, problems
	}
	parts := c.tests
	if parts == nil {
		parts = []*catalogue{c}
	}
	for _, part := range parts {
		d, more := part.dataset(in)
		datasets = append(datasets, d.unlessEmpty()...)
		problems = append(problems, more...)
	}
	return datasets, problems
}

// parseCatalogue reads a YAML file; nil when it is no catalogue at all. Entries
// that are wrong are in the list.
func parseCatalogue(path string) (*catalogue, diag.List) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxCatalogue {
		return nil, diag.List{{Text: "cannot read " + strconv.Quote(path) + ": it has more than 256 KiB, which no catalogue has"}}
	}
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, diag.List{missing(path, err)}
	}
	text := &diag.Text{Name: path, Body: string(body)}
	root, m := parseYAML(text)
	if m != nil {
		return nil, diag.List{*m}
	}
	y := yamlReader{text: text}
	c := &catalogue{path: path, text: text}
	if !c.read(&y, root) {
		return nil, y.problems
	}
	c.wrong = len(y.problems) > 0
	return c, y.problems
}

// read takes what the YAML says; false when it is no catalogue.
func (c *catalogue) read(y *yamlReader, root ast.Node) bool {
	if strings.TrimSpace(y.text.Body) == "" {
		y.wrong(nil, "the catalogue is empty", newForm)
		return false
	}
	fields, ok := y.mapping(root, "the catalogue")
	if !ok {
		return false
	}
	c.description = y.word(fields, "description")
	c.id = y.word(fields, "id")
	c.technique = y.words(fields, "mitre_technique")
	switch {
	case fields["datasets"] != nil:
		c.readNew(y, fields["datasets"])
	case fields["dataset"] != nil:
		c.old = true
		c.readOld(y, fields)
	case fields["tests"] != nil:
		c.readTests(y, fields)
	default:
		y.wrong(root, `no attack_data catalogue: it has neither "datasets" nor "dataset" nor a detection's "tests"`, newForm)
		return false
	}
	return true
}

const newForm = `a catalogue has "datasets:", a list of entries with name, path, sourcetype and source`

func (c *catalogue) readNew(y *yamlReader, list ast.Node) {
	for _, item := range y.list(list, `"datasets"`) {
		fields, ok := y.mapping(item, "an entry of \"datasets\"")
		if !ok {
			continue
		}
		e := entry{from: FromCatalogue, Metadata: Metadata{Sourcetype: y.word(fields, "sourcetype"), Source: y.word(fields, "source")}}
		e.target = y.word(fields, "path")
		if fields["path"] == nil {
			y.wrong(item, `an entry of "datasets" has no "path"`, "")
		}
		if e.target != "" {
			e.place = y.place(fields["path"])
			c.entries = append(c.entries, e)
		}
	}
}

// readOld reads the old form, which lists the source types of all files without
// saying which is whose. One alone is taken, unless it names a Windows log: what
// an event of such a log is stands in the event.
func (c *catalogue) readOld(y *yamlReader, fields map[string]ast.Node) {
	var sourcetype string
	if types := y.words(fields, "sourcetypes"); len(types) == 1 && !isWindows(types[0]) {
		sourcetype = types[0]
	}
	for _, item := range y.list(fields["dataset"], `"dataset"`) {
		if target, ok := y.text1(item, `an entry of "dataset"`); ok && target != "" {
			c.entries = append(c.entries, entry{target: target, place: y.place(item), from: FromCatalogue, Metadata: Metadata{Sourcetype: sourcetype}})
		}
	}
}

// isWindows tells the source types that Splunk's add-on derives from events.
func isWindows(sourcetype string) bool {
	kind, _, _ := strings.Cut(sourcetype, ":")
	return strings.EqualFold(kind, xmlType) || strings.EqualFold(kind, classicType)
}

// dataset finds the catalogue's files.
func (c *catalogue) dataset(in Input) (*Dataset, diag.List) {
	name := filepath.Base(c.path)
	d := &Dataset{
		Name: strings.TrimSuffix(name, filepath.Ext(name)), Path: c.path,
		Description: c.description, ID: c.id, Technique: c.technique,
	}
	if c.name != "" {
		d.Name += ": " + c.name
	}
	if d.Technique == nil {
		d.Technique = techniqueOf(c.path)
	}
	var problems diag.List
	for _, e := range c.entries {
		path, err := locate(c.path, e.target, in.DataDir)
		if err != nil {
			problems = append(problems, e.missing(err))
			continue
		}
		layers := []layer{{e.Metadata, e.from}}
		if e.from == FromTest && (e.Sourcetype == "" || e.Source == "") {
			layers = append(layers, layer{catalogued(path), FromCatalogue})
		}
		f := newFile(path, in.Metadata, layers...)
		f.Catalogue = c.path
		for _, m := range d.take(f) {
			m.Place = e.place
			problems = append(problems, m)
		}
	}
	if len(c.entries) == 0 && !c.wrong {
		problems = diag.List{{Text: "the catalogue " + strconv.Quote(c.path) + " names no data"}}
	}
	return d, problems
}

// missing says that an entry's file is nowhere, or where it must not be.
func (e *entry) missing(err error) diag.Message {
	m := diag.Message{Text: "cannot find " + strconv.Quote(e.target), Place: e.place, Cause: err}
	if out := (*outside)(nil); errors.As(err, &out) {
		m.Text = "cannot read " + strconv.Quote(e.target) + ": " + out.Error()
		m.Hint = "say with --data-dir where the data lies"
		return m
	}
	m.Hint = "it was looked for beside the catalogue and from each folder above it, up to the top of its repository"
	if e.from == FromTest {
		m.Hint = "it was looked for from each folder above the detection, up to the top of its repository, in attack_data there too; nothing is downloaded: say with --data-dir where a checkout of attack_data lies"
	}
	return m
}
