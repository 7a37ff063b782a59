package vet

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// Limits of what is read of a package.
const (
	maxFile  = 256 << 20
	maxBytes = 2 << 30
	maxFiles = 100_000
)

// App is an app as it lies in a package, or in a folder.
type App struct {
	// Name is what messages call it: the path that was opened.
	Name string
	// Folder is the app's folder in the package; of a folder its own name.
	Folder string
	// Packed tells that it was a package: then owner's rights are what they are in
	// it; those of a folder say nothing.
	Packed bool
	// files are by their path in the app, with / between; folders end in one.
	files map[string]*entry
	// strays are names in the package that are not below Folder.
	strays []string
	confs  map[string]*conf.File
}

type entry struct {
	mode fs.FileMode
	data []byte
	link string // of a symbolic link, where it leads
}

// Open reads a package (.spl, .tgz, .tar.gz) or an app's folder.
func Open(name string) (*App, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("cannot open %q: %w", name, reason(err))
	}
	a := &App{Name: name, files: map[string]*entry{}, confs: map[string]*conf.File{}}
	if info.IsDir() {
		return a, a.readFolder(name)
	}
	a.Packed = true
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot open %q: %w", name, reason(err))
	}
	defer func() { _ = f.Close() }() // read only
	if err := a.readPackage(f); err != nil {
		return nil, diag.Message{Text: "cannot read the package \"" + name + "\": " + err.Error(), Cause: err, Hint: "a package is a gzipped tar with the app's folder in it"}
	}
	return a, nil
}

func reason(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

func (a *App) readFolder(dir string) error {
	full, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	a.Folder = filepath.Base(full)
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		e := &entry{mode: info.Mode()}
		switch {
		case d.IsDir():
			rel += "/"
		case info.Mode()&fs.ModeSymlink != 0:
			if e.link, err = os.Readlink(name); err != nil {
				return err
			}
		case info.Mode().IsRegular() && info.Size() <= maxFile:
			if e.data, err = os.ReadFile(name); err != nil {
				return err
			}
		}
		return a.add(filepath.ToSlash(rel), e)
	})
}

func (a *App) readPackage(f io.Reader) error {
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	left := int64(maxBytes)
	for r := tar.NewReader(unpacked); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if left -= h.Size; h.Size > maxFile || left < 0 {
			return fmt.Errorf("%q makes it larger than %d MB", h.Name, maxBytes>>20)
		}
		e := &entry{mode: h.FileInfo().Mode(), link: h.Linkname}
		if h.Typeflag == tar.TypeReg {
			if e.data, err = io.ReadAll(r); err != nil {
				return err
			}
		}
		if err := a.addPacked(h, e); err != nil {
			return err
		}
	}
}

// addPacked takes an entry of a package: the first name's folder is the app's.
func (a *App) addPacked(h *tar.Header, e *entry) error {
	clean := path.Clean(h.Name)
	folder, rest, below := strings.Cut(clean, "/")
	if a.Folder == "" && folder != "." && folder != ".." && !path.IsAbs(clean) {
		a.Folder = folder
	}
	switch {
	case folder != a.Folder || path.IsAbs(clean) || !below && h.Typeflag != tar.TypeDir:
		a.strays = append(a.strays, h.Name)
		return nil
	case !below:
		return nil // the app's folder itself
	case h.Typeflag == tar.TypeDir:
		rest += "/"
	}
	return a.add(rest, e)
}

func (a *App) add(name string, e *entry) error {
	if len(a.files) >= maxFiles {
		return fmt.Errorf("it has more than %d files", maxFiles)
	}
	a.files[name] = e
	return nil
}

// names are all paths, sorted.
func (a *App) names() []string {
	out := make([]string, 0, len(a.files))
	for name := range a.files {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// data is a file's bytes, nil when it is not there.
func (a *App) data(name string) []byte {
	if e := a.files[name]; e != nil {
		return e.data
	}
	return nil
}

// conf is a file of default/, without stanzas when it is not there.
func (a *App) conf(file string) *conf.File {
	name := "default/" + file
	if a.confs[name] == nil {
		a.confs[name], _ = conf.Parse(name, a.data(name))
	}
	return a.confs[name]
}

// setting is one of default/app.conf and the like; its place is the file's where
// there is none.
func (a *App) setting(file, stanza, key string) (value string, place diag.Place) {
	place = diag.Place{Text: &diag.Text{Name: "default/" + file}}
	s, ok := a.conf(file).Stanza(stanza)
	if !ok {
		return "", place
	}
	place = s.Place
	if set, ok := s.Lookup(key); ok {
		return set.Value, set.Text.At(0, len(set.Value))
	}
	return "", place
}

// confFiles are the names of the .conf files in default.
func (a *App) confFiles() (out []string) {
	for _, name := range a.names() {
		if file, ok := strings.CutPrefix(name, "default/"); ok && strings.HasSuffix(file, ".conf") && !strings.Contains(file, "/") {
			out = append(out, file)
		}
	}
	return out
}
