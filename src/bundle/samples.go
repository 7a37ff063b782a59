package bundle

import (
	"io/fs"
	"path/filepath"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/ingest"
)

// datasets is where a project keeps its datasets; what their catalogues name goes
// into samples/, which the modular input replay:// reads. They are not sent to the
// indexers: distsearch.conf keeps them out of the knowledge bundle.
const datasets = "testdata/datasets"

// addSamples takes the catalogues of the project's datasets, and their files.
func (a *App) addSamples(source fs.FS, dir string) (problems diag.List) {
	if info, err := fs.Stat(source, datasets); err != nil || !info.IsDir() {
		return nil
	}
	sets, problems := ingest.Resolve(ingest.Input{Path: filepath.Join(dir, filepath.FromSlash(datasets))})
	for _, set := range sets {
		paths := []string{set.Path}
		for _, f := range set.Files {
			paths = append(paths, f.Path)
		}
		for _, p := range paths {
			rel, err := filepath.Rel(dir, p)
			name := filepath.ToSlash(rel)
			if err != nil || !strings.HasPrefix(name, datasets+"/") {
				continue // a catalogue may name files elsewhere; they are no part of the app
			}
			if message := a.take(source, name, "samples/"+strings.TrimPrefix(name, datasets+"/")); message != nil {
				problems = append(problems, *message)
			}
		}
	}
	return problems
}
