package server

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// Layers are the .conf files of the apps with what is changed at run time over them,
// in DIR/APP/local/FILE.conf and DIR/APP/metadata/local.meta as Splunk has it below
// etc/apps. Two apps are always there: search, whose things are its own, and system,
// whose things all apps see. It is safe for concurrent use.
//
//	layers, err := server.NewLayers(filepath.Join(home, "apps"), apps)
//	e, problems := engine.New(engine.Options{Apps: layers.Apps(), App: layers.Default()})
//	layers.OnChange(func(file string) { e.Refresh() })
type Layers struct {
	dir  string
	home string // the app of who names none
	apps []conf.App
	ids  []string

	mu      sync.RWMutex // held while files are written
	changed []func(file string)
}

// maxLayer bounds a file that is written.
const maxLayer = maxConf

// NewLayers puts the layers in dir over the apps, lowest first; the last one is that
// of who names none. An app whose id can be no folder's name is not changed.
func NewLayers(dir string, apps []conf.App) (*Layers, error) {
	l := &Layers{dir: dir, home: "search"}
	if len(apps) > 0 {
		l.home = apps[len(apps)-1].ID
	}
	for _, id := range []string{"system", "search"} {
		if !slices.ContainsFunc(apps, func(a conf.App) bool { return a.ID == id }) {
			apps = append([]conf.App{{ID: id, FS: nothing{}}}, apps...)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "system", "metadata"), 0o700); err != nil {
		return nil, err
	}
	meta := filepath.Join(dir, "system", "metadata", "default.meta")
	if _, err := os.Stat(meta); errors.Is(err, fs.ErrNotExist) {
		if err := writeSecret(meta, []byte("[]\nexport = system\n")); err != nil {
			return nil, err
		}
	}
	for i, app := range apps {
		l.apps = append(l.apps, app)
		if !slices.Contains(l.ids, app.ID) {
			l.ids = append(l.ids, app.ID)
		}
		last := !slices.ContainsFunc(apps[i+1:], func(other conf.App) bool { return other.ID == app.ID })
		if last && folderName(app.ID) {
			l.apps = append(l.apps, conf.App{ID: app.ID, FS: os.DirFS(filepath.Join(dir, app.ID))})
		}
	}
	return l, nil
}

// nothing is an app without files.
type nothing struct{}

func (nothing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// folderName tells whether a name can be that of a folder or a file, on any system.
func folderName(name string) bool {
	return plainName(name) && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".") && !strings.Contains(name, " ")
}

// Apps are the apps with the layers over them, lowest first.
func (l *Layers) Apps() []conf.App { return slices.Clone(l.apps) }

// Default is the app of who names none.
func (l *Layers) Default() string { return l.home }

// OnChange has f called after a file has changed, with its name such as
// "savedsearches.conf". It is called before the server answers anybody.
func (l *Layers) OnChange(f func(file string)) { l.changed = append(l.changed, f) }

// Conf is a file as an app sees it; app "-" is each app's own stanzas together, which
// Each gives apart.
func (l *Layers) Conf(file, app string) *conf.Conf {
	l.mu.RLock()
	defer l.mu.RUnlock()
	c, _ := conf.Load(file, l.apps, app) // what is wrong in it was told at the start
	return c
}

// Each is the stanzas of a file that belong to an app, of all apps in their order.
func (l *Layers) Each(file string) []*conf.Stanza {
	var out []*conf.Stanza
	for _, id := range l.ids {
		for _, s := range l.Conf(file, id).Stanzas() {
			if s.App == id {
				out = append(out, s)
			}
		}
	}
	return out
}

// files are the names of all .conf files that an app sees, without ".conf".
func (l *Layers) files() []string {
	names := map[string]bool{}
	for _, app := range l.apps {
		for _, folder := range []string{"default", "local"} {
			list, _ := fs.ReadDir(app.FS, folder) // an app need not have it
			for _, f := range list {
				if name, ok := strings.CutSuffix(f.Name(), ".conf"); ok && !f.IsDir() {
					names[name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// has tells whether there is an app.
func (l *Layers) has(app string) bool { return slices.Contains(l.ids, app) }

// came is the layers of an app as it came, without what was changed here.
func (l *Layers) came(app string) []conf.App {
	own := fs.FS(os.DirFS(filepath.Join(l.dir, app)))
	return slices.DeleteFunc(slices.Clone(l.apps), func(a conf.App) bool { return a.ID != app || a.FS == own })
}

// edit sets settings of a stanza in an app's local layer.
func (l *Layers) edit(app, file, stanza string, settings []conf.Setting) error {
	return l.write(app, filepath.Join("local", file), func(f *conf.File) (string, error) { return f.Edit(stanza, settings) })
}

// remove takes a stanza out of an app's local layer.
func (l *Layers) remove(app, file, stanza string) error {
	return l.write(app, filepath.Join("local", file), func(f *conf.File) (string, error) { return f.Remove(stanza), nil })
}

// write replaces a file of an app by an edited one and tells who wants to know.
func (l *Layers) write(app, file string, edit func(*conf.File) (string, error)) error {
	if !l.has(app) || !folderName(app) || !folderName(filepath.Base(file)) {
		return diag.Message{Text: fmt.Sprintf("cannot write to the app %q: there is none of that name here", app)}
	}
	if err := l.replace(filepath.Join(l.dir, app, file), edit); err != nil {
		return err
	}
	for _, f := range l.changed {
		f(filepath.Base(file))
	}
	return nil
}

func (l *Layers) replace(path string, edit func(*conf.File) (string, error)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	parsed, _, err := readConf(path)
	if err != nil {
		return err
	}
	text, err := edit(parsed)
	if err != nil {
		return err
	}
	if len(text) > maxLayer {
		return diag.Message{Text: fmt.Sprintf("cannot write %q: it would be larger than %d MiB", filepath.Base(path), maxLayer>>20)}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return writeSecret(path, []byte(text))
}

// setMeta sets what local.meta says of a stanza; nil settings remove it.
func (l *Layers) setMeta(app, kind, stanza string, settings []conf.Setting) error {
	return l.write(app, filepath.Join("metadata", "local.meta"), func(f *conf.File) (string, error) {
		if settings == nil {
			return f.Remove(metaName(kind, stanza)), nil
		}
		return f.Edit(metaName(kind, stanza), settings)
	})
}

// metaName is a stanza's name in metadata, where it is escaped as in an address.
func metaName(kind, stanza string) string { return kind + "/" + url.PathEscape(stanza) }
