package conf

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"riskreplay/src/diag"
)

// maxFile is the size of a .conf file that is still read; the largest public
// ones have some 10 MB.
const maxFile = 64 << 20

// App is one app's folder.
type App struct {
	// ID is the folder's name in Splunk. Several Apps with one ID are layers of
	// one app: an embedded app and its local settings elsewhere.
	ID string
	// FS is rooted where default/, local/ and metadata/ lie; any may be missing.
	FS fs.FS
	// Label stands before file names in messages; empty means ID.
	Label string
}

// Conf is one kind of .conf file merged over apps. It is read only, and safe for
// concurrent use.
type Conf struct {
	stanzas []*Stanza
	byName  map[string]*Stanza
}

// Stanza is a merged stanza with what [default] says of keys it does not have
// itself. [default] itself can be asked for.
func (c *Conf) Stanza(name string) (*Stanza, bool) {
	s, ok := c.byName[name]
	return s, ok
}

// Stanzas are all stanzas but [default], in order of first appearance: by app,
// default before local.
func (c *Conf) Stanzas() []*Stanza { return c.stanzas }

// Load reads one kind of file, such as "savedsearches.conf", from each app's
// default and local folder and merges them, lowest app first: later settings
// win, and those of the asking app (in) win over all others.
//
// Of other apps only what their metadata exports is seen. With in == "" nobody
// asks in particular: all stanzas of all apps count. A missing file is no
// message; one that cannot be read is.
func Load(file string, apps []App, in string) (*Conf, diag.List) {
	m := merger{
		kind: strings.TrimSuffix(file, ".conf"), in: in,
		exports: map[string]exports{}, built: map[string]*built{},
	}
	layers := m.read(file, apps)
	for _, l := range layers {
		m.name(l)
	}
	for _, l := range layers {
		if l.app != in {
			m.merge(l)
		}
	}
	for _, l := range layers {
		if l.app == in {
			m.merge(l)
		}
	}
	return m.conf(), m.list
}

// layer is one file of one app.
type layer struct {
	app  string
	file *File
}

// built is a stanza in the making; index finds a key's setting.
type built struct {
	Stanza
	index map[string]int
}

type merger struct {
	kind, in string
	exports  map[string]exports // by app id
	built    map[string]*built  // by stanza name
	order    []*built
	list     diag.List
}

func (m *merger) read(file string, apps []App) []layer {
	var layers []layer
	for _, app := range apps {
		if m.exports[app.ID] == nil {
			m.exports[app.ID] = exports{}
		}
		if m.in != "" && app.ID != m.in {
			m.list = append(m.list, readExports(app, m.exports[app.ID])...)
		}
		for _, folder := range []string{"default", "local"} {
			f, messages := app.read(folder + "/" + file)
			m.list = append(m.list, messages...)
			layers = append(layers, layer{app.ID, f})
		}
	}
	return layers
}

// seen tells whether the asking app sees a stanza, or one setting of it.
func (m *merger) seen(l layer, stanza, key string) bool {
	return m.in == "" || l.app == m.in || m.exports[l.app].shows(m.kind, stanza, key)
}

// name puts a layer's stanzas into the order of appearance.
func (m *merger) name(l layer) {
	for _, s := range l.file.Stanzas {
		if m.built[s.Name] == nil && m.seen(l, s.Name, "") {
			b := &built{Stanza: Stanza{Name: s.Name}, index: map[string]int{}}
			m.built[s.Name] = b
			m.order = append(m.order, b)
		}
	}
}

func (m *merger) merge(l layer) {
	for _, s := range l.file.Stanzas {
		b := m.built[s.Name]
		if b == nil || !m.seen(l, s.Name, "") {
			continue
		}
		b.Place, b.App = s.Place, l.app
		for _, setting := range s.Settings {
			if m.seen(l, s.Name, setting.Key) {
				b.set(setting)
			}
		}
	}
}

func (b *built) set(s Setting) {
	if i, ok := b.index[s.Key]; ok {
		b.Settings[i] = s
		return
	}
	b.index[s.Key] = len(b.Settings)
	b.Settings = append(b.Settings, s)
}

func (m *merger) conf() *Conf {
	c := &Conf{byName: make(map[string]*Stanza, len(m.order))}
	defaults := m.built[defaultStanza]
	for _, b := range m.order {
		c.byName[b.Name] = &b.Stanza
		if b == defaults {
			continue
		}
		c.stanzas = append(c.stanzas, &b.Stanza)
		if defaults == nil {
			continue
		}
		b.Settings = slices.Grow(b.Settings, len(defaults.Settings))
		for _, s := range defaults.Settings {
			if _, own := b.index[s.Key]; !own {
				b.Settings = append(b.Settings, s)
			}
		}
	}
	return c
}

// read parses one file of an app; a missing one is empty.
func (a App) read(name string) (*File, diag.List) {
	label := path.Join(a.Label, name)
	if a.Label == "" {
		label = path.Join(a.ID, name)
	}
	data, err := a.bytes(name)
	if errors.Is(err, fs.ErrNotExist) {
		return &File{Name: label}, nil
	}
	if err != nil {
		return &File{Name: label}, diag.List{{
			Text: `cannot read "` + name + `": ` + reason(err), Cause: err,
			Place: diag.Place{Text: &diag.Text{Name: label}},
		}}
	}
	return Parse(label, data)
}

var errTooLarge = errors.New("the file is larger than 64 MiB")

func (a App) bytes(name string) ([]byte, error) {
	if a.FS == nil {
		return nil, fs.ErrNotExist
	}
	f, err := a.FS.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, maxFile)
}

func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errTooLarge
	}
	return data, err
}

// reason is an error without the path, which the message names already.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
