package ingest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"riskreplay/src/diag"
)

// File is one file to read.
type File struct {
	Path string
	Metadata
	// Name is the path's last part, for people.
	Name string
	// Catalogue is the YAML that names the file, or "".
	Catalogue string
	// From tells where each value of Metadata came from.
	From MetadataFrom
}

// Dataset is files that belong together: their times are shifted by one amount.
type Dataset struct {
	// Name is the last part of Path, a YAML's without its ending.
	Name string
	// Path is the raw file, the folder or the YAML.
	Path  string
	Files []File
	// Description and ID are the YAML's.
	Description string
	ID          string
	// Technique are the ATT&CK ids of the YAML, else the one in its path.
	Technique []string
}

// Resolve finds the files of an argument. A raw file is a dataset of its own. A
// folder's datasets are those of the attack_data YAMLs in it, at any depth; of a
// folder of detections those of their tests; any other folder is one dataset of
// all its files but hidden ones, YAML and Markdown. A detection's YAML has a dataset for each of its tests. What
// the argument gives (sourcetype ...) goes before what a test says, and that before
// what a catalogue says; File.From tells which it was. What is wrong with a file is
// in the list; the good ones beside it are returned.
func Resolve(in Input) ([]Dataset, diag.List) {
	info, err := os.Stat(in.Path)
	if err != nil {
		return nil, diag.List{missing(in.Path, err)}
	}
	switch {
	case info.IsDir():
		return resolveFolder(in)
	case isYAML(in.Path) && in.Format == "":
		return readCatalogue(in)
	}
	d := Dataset{Name: filepath.Base(in.Path), Path: in.Path, Technique: techniqueOf(in.Path)}
	problems := d.take(newFile(in.Path, in.Metadata))
	return d.unlessEmpty(), problems
}

func newFile(path string, given Metadata, more ...layer) File {
	f := File{Path: path, Name: filepath.Base(path)}
	f.Metadata, f.From = lay(append([]layer{{given, FromArgument}}, more...))
	return f
}

// take adds a file that can be read, or says what is wrong with it.
func (d *Dataset) take(f File) diag.List {
	if m, bad := inspect(f.Path); bad {
		return diag.List{m}
	}
	d.Files = append(d.Files, f)
	return nil
}

func (d *Dataset) unlessEmpty() []Dataset {
	if len(d.Files) == 0 {
		return nil
	}
	return []Dataset{*d}
}

// isYAML tells a catalogue by its name: content says nothing about YAML.
func isYAML(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".yml" || ext == ".yaml"
}

// missing says why a path cannot be opened, and what may have been meant.
func missing(path string, err error) diag.Message {
	m := diag.Message{Text: "cannot read " + strconv.Quote(path) + ": " + reason(err), Cause: err}
	if errors.Is(err, fs.ErrNotExist) {
		m.Hint = neighbour(path)
	}
	return m
}

// reason is an error of the file system without the operation and the path.
func reason(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return err.Error()
}

// neighbour names the nearest file beside a path that is not there.
func neighbour(path string) string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if e.Name() == filepath.Base(path) {
			return "it is a link to what is not there"
		}
		names = append(names, e.Name())
	}
	return diag.DidYouMean(filepath.Base(path), names)
}

// techniqueOf is the ATT&CK id among the folders of a path, nearest first.
func techniqueOf(path string) []string {
	parts := strings.Split(filepath.ToSlash(path), "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if isTechnique(parts[i]) {
			return []string{parts[i]}
		}
	}
	return nil
}

// isTechnique tells T1218 and T1218.009 from other words.
func isTechnique(s string) bool {
	main, sub, dotted := strings.Cut(s, ".")
	if len(main) != 5 || main[0] != 'T' || !allDigits(main[1:]) {
		return false
	}
	return !dotted || len(sub) == 3 && allDigits(sub)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
