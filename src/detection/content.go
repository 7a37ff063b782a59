package detection

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"riskreplay/src/diag"
)

// DefaultLabel is the label of our own app; saved searches begin with it.
const DefaultLabel = "RiskReplay"

// Content is what an app is built from. Its lists are sorted by name and hold
// only what was read without error.
type Content struct {
	// Label begins the name of every saved search; empty means DefaultLabel. ES
	// limits such names (rule 1.2): a label longer than 26 letters leaves no room.
	Label       string
	Detections  []*Detection
	Stories     []*Story
	Macros      []*Macro
	DataSources []*DataSource
	Lookups     []*Lookup
	// Baselines are of the folder baselines; a detection may be one too (Type).
	Baselines  []*Detection
	Techniques []Technique
}

// Technique finds an ATT&CK technique by its id.
func (c *Content) Technique(id string) (Technique, bool) {
	for _, t := range c.Techniques {
		if t.ID == id {
			return t, true
		}
	}
	return Technique{}, false
}

// AppLabel is the label that names of saved searches begin with.
func (c *Content) AppLabel() string {
	if c.Label == "" {
		return DefaultLabel
	}
	return c.Label
}

// techniquesFile is the ATT&CK lookup of an app.
const techniquesFile = "lookups/mitre_attack.csv"

// ReadFS reads an app's content: the YAML files under detections, stories,
// macros, data_sources, lookups and baselines of root, folders inside them included, and the ATT&CK
// table lookups/mitre_attack.csv. The tests of a file x.test.yml are added to
// those of the detection in x.yml.
// A folder that is missing is empty content; a file that cannot be read is a
// message.
//
// Then it checks what needs more than one file: names and ids given twice,
// stories, data sources and techniques that are not there.
func ReadFS(fsys fs.FS, root string) (*Content, diag.List) {
	c := &Content{}
	var msgs diag.List
	var brokenStories []*Story
	var brokenSources []*DataSource
	c.Techniques = loadTechniques(fsys, path.Join(root, techniquesFile), &msgs)
	c.Detections, _ = load(fsys, path.Join(root, "detections"), ReadYAML, &msgs)
	c.Stories, brokenStories = load(fsys, path.Join(root, "stories"), ReadStory, &msgs)
	c.Macros, _ = load(fsys, path.Join(root, "macros"), ReadMacro, &msgs)
	c.readTests(fsys, &msgs)
	c.DataSources, brokenSources = load(fsys, path.Join(root, "data_sources"), ReadDataSource, &msgs)
	c.Lookups, _ = load(fsys, path.Join(root, "lookups"), ReadLookup, &msgs)
	c.Baselines, _ = load(fsys, path.Join(root, "baselines"), ReadBaseline, &msgs)
	slices.SortStableFunc(c.Lookups, func(a, b *Lookup) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(c.Baselines, func(a, b *Detection) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(c.Detections, func(a, b *Detection) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(c.Stories, func(a, b *Story) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(c.Macros, func(a, b *Macro) int { return strings.Compare(a.Stanza(), b.Stanza()) })
	slices.SortStableFunc(c.DataSources, func(a, b *DataSource) int { return strings.Compare(a.Name, b.Name) })
	msgs = append(msgs, c.dropDoubles()...)
	return c, append(msgs, c.missing(brokenStories, brokenSources)...)
}

// readTests adds the detections' own tests.
func (c *Content) readTests(fsys fs.FS, msgs *diag.List) {
	for _, d := range c.Detections {
		name := TestFile(d.File)
		data, err := readLimited(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			*msgs = append(*msgs, diag.Message{Text: "cannot read " + quote(name) + ": " + reason(err), Cause: err})
			continue
		}
		tests, found := ReadTests(name, data)
		*msgs = append(*msgs, found...)
		d.Tests = append(d.Tests, tests...)
	}
}

// load reads every YAML file under a folder; broken is what was read with
// errors.
func load[T any](fsys fs.FS, folder string, read func(string, []byte) (*T, diag.List), msgs *diag.List) (good, broken []*T) {
	fail := func(name string, err error) {
		*msgs = append(*msgs, diag.Message{
			Text: "cannot read " + quote(name) + ": " + reason(err), Cause: err,
			Place: diag.Place{Text: &diag.Text{Name: name}},
		})
	}
	err := fs.WalkDir(fsys, folder, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == folder && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll
		case err != nil:
			fail(name, err)
			return nil
		case entry.IsDir() || !isContent(name):
			return nil
		}
		data, err := readLimited(fsys, name)
		if err != nil {
			fail(name, err)
			return nil
		}
		one, found := read(name, data)
		*msgs = append(*msgs, found...)
		switch {
		case one == nil:
		case found.HasErrors():
			broken = append(broken, one)
		default:
			good = append(good, one)
		}
		return nil
	})
	if err != nil {
		fail(folder, err)
	}
	return good, broken
}

// isContent tells a content file from what lies beside it.
func isContent(name string) bool {
	base, ext := strings.TrimSuffix(path.Base(name), path.Ext(name)), path.Ext(name)
	return (ext == ".yml" || ext == ".yaml") && !strings.HasSuffix(base, ".test") && !strings.HasPrefix(base, ".")
}

// readLimited reads a file, but not one so large that it is not content anyway.
func readLimited(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > 16*maxFile {
		return nil, errTooLarge
	}
	return fs.ReadFile(fsys, name)
}

var errTooLarge = errors.New("the file is larger than 16 MB")

// reason is an error without the path that fs puts before it.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

func loadTechniques(fsys fs.FS, name string, msgs *diag.List) []Technique {
	data, err := readLimited(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		*msgs = append(*msgs, diag.Message{Text: "cannot read " + quote(name) + ": " + reason(err), Cause: err})
		return nil
	}
	out, found := ReadTechniques(name, data)
	*msgs = append(*msgs, found...)
	return out
}
