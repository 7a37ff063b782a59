package bundle

import (
	"io/fs"
	"path/filepath"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/ingest"
)

// Datasets is where a project keeps its datasets, and Samples where what their
// catalogues name lies in its package: the modular input replay:// reads it. They
// are not sent to the indexers: distsearch.conf keeps them out of the knowledge
// bundle.
const (
	Datasets = "testdata/datasets"
	Samples  = "samples"
)

// addSamples takes the catalogues of the project's datasets, and their files.
func (a *App) addSamples(source fs.FS, dir string) (problems diag.List) {
	if info, err := fs.Stat(source, Datasets); err != nil || !info.IsDir() {
		return nil
	}
	sets, problems := ingest.Resolve(ingest.Input{Path: filepath.Join(dir, filepath.FromSlash(Datasets))})
	for _, set := range sets {
		paths := []string{set.Path}
		for _, f := range set.Files {
			paths = append(paths, f.Path)
		}
		for _, p := range paths {
			rel, err := filepath.Rel(dir, p)
			name := filepath.ToSlash(rel)
			if err != nil || !strings.HasPrefix(name, Datasets+"/") {
				continue // a catalogue may name files elsewhere; they are no part of the app
			}
			if message := a.take(source, name, Samples+"/"+strings.TrimPrefix(name, Datasets+"/")); message != nil {
				problems = append(problems, *message)
			}
		}
	}
	return problems
}
