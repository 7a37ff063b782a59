package knowledge_test

import (
	"testing/fstest"

	"riskreplay/src/conf"
)

// app is an app of some files, given as name and content by turns; it exports
// everything.
func app(id string, files ...string) conf.App {
	fsys := fstest.MapFS{"metadata/default.meta": {Data: []byte("[]\nexport = system\n")}}
	for i := 0; i+1 < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return conf.App{ID: id, FS: fsys}
}
