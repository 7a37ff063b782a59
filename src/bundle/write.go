package bundle

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"time"
)

// FileName is that of the package: DA-ESS-RiskReplay-0.1.0-linux-amd64.spl.
func (a *App) FileName() string {
	name := a.ID + "-" + a.Version
	if p := a.Platform.String(); p != "" {
		name += "-" + p
	}
	return name + ".spl"
}

// Write writes the package into a folder, which is made, and gives its path. The
// file is there whole or not at all.
func (a *App) Write(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("cannot make the folder %q: %w", dir, reason(err))
	}
	name := filepath.Join(dir, a.FileName())
	f, err := os.CreateTemp(dir, ".package-*")
	if err != nil {
		return "", fmt.Errorf("cannot write into %q: %w", dir, reason(err))
	}
	err = errors.Join(a.Pack(f), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // nothing half written stays
		return "", fmt.Errorf("cannot write %q: %w", name, reason(err))
	}
	return name, nil
}

// moment is the time of all files: the release's, or the first one that every
// file system knows.
func (a *App) moment() time.Time {
	if a.Released.IsZero() {
		return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return a.Released
}

// Pack writes the package: a gzipped tar with one folder, sorted, without
// owners, all of one time.
func (a *App) Pack(w io.Writer) error {
	buffered := bufio.NewWriterSize(w, 1<<20)
	packed, err := gzip.NewWriterLevel(buffered, gzip.BestCompression)
	if err != nil {
		return err
	}
	out := tar.NewWriter(packed)
	made := map[string]bool{}
	for _, f := range a.files {
		if err := a.makeFolders(out, path.Join(a.ID, path.Dir(f.name)), made); err != nil {
			return err
		}
		h := &tar.Header{Typeflag: tar.TypeReg, Name: path.Join(a.ID, f.name), Mode: int64(f.mode), Size: int64(len(f.data)), ModTime: a.moment(), Format: tar.FormatUSTAR}
		if err := out.WriteHeader(h); err != nil {
			return err
		}
		if _, err := out.Write(f.data); err != nil {
			return err
		}
	}
	return errors.Join(out.Close(), packed.Close(), buffered.Flush())
}

// makeFolders writes the entries of a folder and those above it, each once.
func (a *App) makeFolders(out *tar.Writer, dir string, made map[string]bool) error {
	if dir == "." || made[dir] {
		return nil
	}
	if err := a.makeFolders(out, path.Dir(dir), made); err != nil {
		return err
	}
	made[dir] = true
	return out.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755, ModTime: a.moment(), Format: tar.FormatUSTAR})
}

// Install writes the app into a Splunk's etc/apps. What the app's folder holds
// beside the package (local/, state) stays; files that an older version had and
// this one has not stay too, as they do with Splunk's own installer.
func (a *App) Install(home string) (string, error) {
	apps := filepath.Join(home, "etc", "apps")
	if info, err := os.Stat(apps); err != nil || !info.IsDir() {
		return "", fmt.Errorf("cannot install into %q: it has no etc/apps folder: name the folder that Splunk is installed in", home)
	}
	dir := filepath.Join(apps, a.ID)
	for _, f := range a.files {
		to := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return "", fmt.Errorf("cannot install %q: %w", to, reason(err))
		}
		if err := replace(to, f); err != nil {
			return "", fmt.Errorf("cannot install %q: %w", to, reason(err))
		}
	}
	return dir, nil
}

// replace puts a file in place at once: a program may be running.
func replace(to string, f file) error {
	temporary, err := os.CreateTemp(filepath.Dir(to), ".install-*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(f.data)
	err = errors.Join(err, temporary.Chmod(f.mode), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), to)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}
