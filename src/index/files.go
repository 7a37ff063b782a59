package index

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Files is a folder as an index uses it: the few things it does to files, so that
// a test can stand in for a disk that forgets. Names have no folders in them.
// What was written to a file lasts after its Sync; that a name was made, changed
// or removed lasts after the folder's Sync.
type Files interface {
	// Open opens a file to read.
	Open(name string) (File, error)
	// Create makes a file, empty, to be appended to; one of that name is replaced.
	Create(name string) (File, error)
	// Edit opens a file to be cut.
	Edit(name string) (File, error)
	Rename(from, to string) error
	Remove(name string) error
	Names() ([]string, error)
	Sync() error
	// Lock makes the caller the only one who writes to the folder until he closes
	// it or his process ends. The error of a folder that is locked is ErrLocked.
	Lock(holder string) (io.Closer, error)
}

// File is an open file of Files.
type File interface {
	io.ReaderAt
	io.Writer
	io.Closer
	Size() (int64, error)
	Truncate(size int64) error
	Sync() error
}

// folder is Files on disk.
type folder struct{ dir string }

// modes of what an index makes: logs are nobody else's business.
const (
	folderMode fs.FileMode = 0o700
	fileMode   fs.FileMode = 0o600
)

// makeFolder makes the folder of an index and those above it.
func makeFolder(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return err
	}
	return folder{filepath.Dir(dir)}.Sync()
}

func (f folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f folder) open(name string, flags int) (File, error) {
	file, err := os.OpenFile(f.path(name), flags, fileMode)
	if err != nil {
		return nil, err
	}
	return diskFile{file}, nil
}

func (f folder) Open(name string) (File, error) { return f.open(name, os.O_RDONLY) }
func (f folder) Edit(name string) (File, error) { return f.open(name, os.O_RDWR) }
func (f folder) Create(name string) (File, error) {
	return f.open(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND)
}

func (f folder) Rename(from, to string) error { return os.Rename(f.path(from), f.path(to)) }
func (f folder) Remove(name string) error     { return os.Remove(f.path(name)) }

func (f folder) Names() ([]string, error) {
	list, err := os.ReadDir(f.dir)
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.Name()
	}
	return names, err
}

func (f folder) Sync() error { return syncFolder(f.dir) }

func (f folder) Lock(holder string) (io.Closer, error) {
	file, err := lockFile(f.path(lockName))
	if err != nil {
		return nil, err
	}
	err = file.Truncate(0)
	if err == nil {
		_, err = fmt.Fprintln(file, holder)
	}
	if err != nil {
		_ = file.Close() // the first error counts
		return nil, err
	}
	return file, nil
}

// diskFile is a File on disk.
type diskFile struct{ *os.File }

// Size is the file's length now.
func (f diskFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
