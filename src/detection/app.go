package detection

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
	"time"

	"riskreplay/src/diag"
)

// App is the content as an app's files, without writing them: what Build writes,
// and the tables of its lookups out of from, which the content was read from. The
// rest of an app that lies there (data models, props) is found too; what is built
// goes before it.
func (c *Content) App(from fs.FS, root string) (fs.FS, diag.List) {
	files, problems := c.Build()
	out := &appFiles{files: files, from: from, root: root, tables: map[string]string{}}
	for _, name := range c.Tables() {
		out.tables["lookups/"+path.Base(name)] = name
	}
	return out, problems
}

// appFiles finds an app's files in three places.
type appFiles struct {
	files  map[string][]byte
	tables map[string]string
	from   fs.FS
	root   string
}

func (b *appFiles) Open(name string) (fs.File, error) {
	if data, ok := b.files[name]; ok {
		return &builtFile{Reader: bytes.NewReader(data), name: path.Base(name), size: int64(len(data))}, nil
	}
	if table, ok := b.tables[name]; ok {
		return b.from.Open(table)
	}
	if f, err := b.from.Open(name); err == nil || !strings.HasPrefix(name, "lookups/") {
		return f, err
	}
	return b.from.Open(path.Join(b.root, name))
}

// builtFile is a file that is only in memory.
type builtFile struct {
	*bytes.Reader
	name string
	size int64
}

func (f *builtFile) Stat() (fs.FileInfo, error) { return f, nil }
func (*builtFile) Close() error                 { return nil }
func (f *builtFile) Name() string               { return f.name }
func (f *builtFile) Size() int64                { return f.size }
func (*builtFile) Mode() fs.FileMode            { return 0o444 }
func (*builtFile) ModTime() time.Time           { return time.Time{} }
func (*builtFile) IsDir() bool                  { return false }
func (*builtFile) Sys() any                     { return nil }
