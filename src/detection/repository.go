package detection

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// IsRepository tells whether a folder is a content repository in contentctl's
// layout, such as splunk/security_content, and no app: it has detections and
// macros, and no .conf files.
func IsRepository(fsys fs.FS) bool {
	isDir := func(name string) bool {
		info, err := fs.Stat(fsys, name)
		return err == nil && info.IsDir()
	}
	return isDir("detections") && isDir("macros") && !isDir("default") && !isDir("local")
}

// Repository is a content repository as the app that its searches run in: macros
// of macros/*.yml and a filter macro for each detection that uses one, lookup
// definitions and collections of lookups/*.yml, and the files in lookups. What
// cannot be read is said and left out.
//
//	app := conf.App{ID: "security_content", FS: files}
func Repository(fsys fs.FS) (files fs.FS, msgs diag.List) {
	b := &builder{Content: &Content{}, out: map[string][]byte{}}
	macros, broken := load(fsys, "macros", ReadMacro, &msgs)
	b.Macros = append(macros, broken...)
	b.Lookups, _ = load(fsys, "lookups", ReadLookup, &msgs)
	slices.SortStableFunc(b.Lookups, func(x, y *Lookup) int { return strings.Compare(x.Name, y.Name) })
	b.write(MacrosConf, "macros, and a filter macro for each detection", append(b.macros(), filters(fsys, b.Macros)...))
	b.lookups()
	b.out["metadata/default.meta"] = []byte("[]\nexport = system\n")
	return made{fsys, b.out}, append(msgs, b.msgs...)
}

// calledFilter is a filter macro in a search.
var calledFilter = regexp.MustCompile("`([A-Za-z0-9_.\\-]+_filter)`")

// filters is a macro that keeps everything for each filter that a detection calls
// and no file defines.
func filters(fsys fs.FS, known []*Macro) []*conf.Stanza {
	names := map[string]bool{}
	_ = fs.WalkDir(fsys, "detections", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !isContent(name) {
			return nil // what cannot be read is said by who reads detections
		}
		data, err := readLimited(fsys, name)
		if err != nil {
			return nil
		}
		for _, m := range calledFilter.FindAllSubmatch(data, -1) {
			names[string(m[1])] = true
		}
		return nil
	})
	for _, m := range known {
		delete(names, m.Name)
	}
	var out []*conf.Stanza
	for name := range names {
		l := stanza(name)
		l.add("definition", "search *")
		out = append(out, l.stanza)
	}
	slices.SortFunc(out, func(x, y *conf.Stanza) int { return strings.Compare(x.Name, y.Name) })
	return out
}

// made is a folder with further files, which hide its own.
type made struct {
	fs.FS
	files map[string][]byte
}

func (m made) Open(name string) (fs.File, error) {
	if data, ok := m.files[name]; ok {
		return &madeFile{path.Base(name), int64(len(data)), bytes.NewReader(data)}, nil
	}
	return m.FS.Open(name)
}

// madeFile is a file in memory.
type madeFile struct {
	name string
	size int64
	*bytes.Reader
}

func (f *madeFile) Stat() (fs.FileInfo, error) { return madeInfo{f.name, f.size}, nil }
func (f *madeFile) Close() error               { return nil }

type madeInfo struct {
	name string
	size int64
}

func (i madeInfo) Name() string       { return i.name }
func (i madeInfo) Size() int64        { return i.size }
func (i madeInfo) Mode() fs.FileMode  { return 0o444 }
func (i madeInfo) ModTime() time.Time { return time.Time{} }
func (i madeInfo) IsDir() bool        { return false }
func (i madeInfo) Sys() any           { return nil }
