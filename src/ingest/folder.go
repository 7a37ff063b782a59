package ingest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"riskreplay/src/diag"
)

// resolveFolder finds the datasets of a folder.
func resolveFolder(in Input) ([]Dataset, diag.List) {
	paths, problems := walk(in.Path)
	var catalogues, detections, files, odd []string
	for _, path := range paths {
		switch {
		case strings.EqualFold(filepath.Ext(path), ".md"):
		case !isYAML(path):
			files = append(files, path)
		case looksLikeCatalogue(path):
			catalogues = append(catalogues, path)
		case hasKey(path, "tests:"):
			detections = append(detections, path)
		default:
			odd = append(odd, path)
		}
	}
	if len(catalogues) > 0 {
		datasets, more := readCatalogues(in, catalogues)
		return datasets, append(problems, more...)
	}
	if len(detections) > 0 && len(files) == 0 {
		datasets, more := readDetections(in, detections)
		return datasets, append(append(problems, more...), neither(odd)...)
	}
	d := Dataset{Name: filepath.Base(filepath.Clean(in.Path)), Path: in.Path, Technique: techniqueOf(in.Path)}
	for _, path := range files {
		problems = append(problems, d.take(newFile(path, in.Metadata))...)
	}
	if len(d.Files) == 0 && len(problems) == 0 {
		problems = diag.List{{Text: "cannot read " + strconv.Quote(in.Path) + ": the folder holds no files"}}
	}
	return d.unlessEmpty(), problems
}

// walk gives the files below a folder in the order of their names, without
// hidden ones, and without pipes and devices, which may never end.
func walk(root string) (paths []string, problems diag.List) {
	root += string(filepath.Separator) // else a link to a folder would not be followed
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			problems = append(problems, missing(path, err))
			return fs.SkipDir
		case path != root && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case !entry.IsDir() && !special(path):
			paths = append(paths, path)
		}
		return nil
	})
	return paths, problems
}

// special tells what is neither a file nor a folder, nor a link to one.
func special(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && !info.Mode().IsRegular()
}

// looksLikeCatalogue tells a catalogue from the other YAML of a folder, broken
// ones too: it has a line that begins with dataset: or datasets:.
func looksLikeCatalogue(path string) bool { return hasKey(path, "dataset:", "datasets:") }

// hasKey tells whether a YAML has a line that begins with one of some keys.
func hasKey(path string, keys ...string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxCatalogue {
		return false
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		if hasPrefix(line, keys) {
			return true
		}
	}
	return false
}

// readCatalogues reads the catalogues of a folder. A file that a catalogue of
// the new form names is not taken again from one of the old form.
func readCatalogues(in Input, paths []string) (datasets []Dataset, problems diag.List) {
	catalogues := make([]*catalogue, len(paths))
	for i, path := range paths {
		var err diag.List
		catalogues[i], err = parseCatalogue(path)
		problems = append(problems, err...)
	}
	named := map[string]bool{}
	found := make([]*Dataset, len(paths))
	for _, old := range []bool{false, true} {
		for i, c := range catalogues {
			if c == nil || c.old != old {
				continue
			}
			d, err := c.dataset(in)
			problems = append(problems, err...)
			found[i] = d
			if old {
				d.drop(named)
				continue
			}
			for _, f := range d.Files {
				named[f.Path] = true
			}
		}
	}
	for _, d := range found {
		if d != nil {
			datasets = append(datasets, d.unlessEmpty()...)
		}
	}
	return datasets, problems
}

// drop forgets the files that are named already.
func (d *Dataset) drop(named map[string]bool) {
	kept := d.Files[:0]
	for _, f := range d.Files {
		if !named[f.Path] {
			kept = append(kept, f)
		}
	}
	d.Files = kept
}
