package index

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"riskreplay/src/event"
)

const (
	manifestName = "index.manifest"
	lockName     = "index.lock"
	// aside is behind the name of a file in the making.
	aside = ".new"
	// damaged is behind the name of what was set aside.
	damaged = ".damaged"
	// formatVersion is the version of the format that this package writes, and the
	// only one that it reads.
	formatVersion = 1
)

// manifest tells which files make up the index.
type manifest struct {
	// Journal is the first journal that counts; those before it are in segments.
	Journal int `json:"journal"`
	// Next is the number of the next segment.
	Next     int     `json:"next"`
	Segments []entry `json:"segments"` // in order of arrival
}

// entry is a segment as the manifest has it.
type entry struct {
	ID     string `json:"id"`
	Events int    `json:"events"`
	// RawBytes is of the events, FileBytes of the file.
	RawBytes  int64 `json:"raw_bytes"`
	FileBytes int64 `json:"file_bytes"`
	// Sums are the CRC-32C of each 64 KiB of the file, 4 bytes each, little endian.
	Sums []byte `json:"crc32c"`
	// First and Last are the least and the greatest time in nanoseconds.
	First event.Time `json:"first"`
	Last  event.Time `json:"last"`
	// Hosts, Sources, Sourcetypes and Indexes are the values there are; null when
	// there are more than maxListed.
	Hosts       []string `json:"hosts"`
	Sources     []string `json:"sources"`
	Sourcetypes []string `json:"sourcetypes"`
	Indexes     []string `json:"indexes"`
	// Fields are the names of indexed fields; null when there are too many.
	Fields []string `json:"fields"`
}

// maxListed is how many values of one field an entry lists.
const maxListed = 1000

// segmentSuffix ends the names of a segment's files.
const segmentSuffix = ".parquet"

func (e entry) file() string { return e.ID + segmentSuffix }

// segmentOf is the id of the segment that a file belongs to.
func segmentOf(name string) (string, bool) {
	id, _, _ := strings.Cut(name, ".")
	return id, id != "" && strings.Trim(id, "0123456789") == "" && strings.HasSuffix(name, segmentSuffix)
}

func segmentID(n int) string { return fmt.Sprintf("%06d", n) }

// sealed is a manifest with its checksum, as it stands in the file.
type sealed struct {
	Format   int             `json:"format"`
	CRC32C   uint32          `json:"crc32c"` // of the bytes of Manifest
	Manifest json.RawMessage `json:"manifest"`
}

// write replaces the manifest at once; it lasts when write returns.
func (m manifest) write(files Files) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	data, err := json.Marshal(sealed{Format: formatVersion, CRC32C: crc32.Checksum(body, castagnoli), Manifest: body})
	if err != nil {
		return err
	}
	return replaceFile(files, manifestName, func(w io.Writer) error {
		_, err := w.Write(append(data, '\n'))
		return err
	})
}

// replaceFile writes a file aside and puts it in its place when it lasts.
func replaceFile(files Files, name string, write func(io.Writer) error) error {
	f, err := files.Create(name + aside)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if more := f.Close(); err == nil {
		err = more
	}
	if err == nil {
		err = files.Rename(name+aside, name)
	}
	if err != nil {
		_ = files.Remove(name + aside) // the first error counts
		return err
	}
	return files.Sync()
}

// maxManifest is how large a manifest may be.
const maxManifest = 256 << 20

func readFile(files Files, name string, limit int64) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	if size > limit {
		return nil, fmt.Errorf("it is larger than %d bytes", limit)
	}
	data := make([]byte, size)
	if _, err := f.ReadAt(data, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return data, nil
}

// parseManifest reads a manifest's text.
func parseManifest(data []byte) (manifest, error) {
	var s sealed
	var m manifest
	if err := json.Unmarshal(data, &s); err != nil {
		return m, fmt.Errorf("it is no manifest of an index: %w", err)
	}
	if s.Format != formatVersion {
		return m, fmt.Errorf("its format is version %d, and this program reads version %d", s.Format, formatVersion)
	}
	if crc32.Checksum(s.Manifest, castagnoli) != s.CRC32C {
		return m, errors.New("its checksum does not hold")
	}
	if err := json.Unmarshal(s.Manifest, &m); err != nil {
		return m, err
	}
	for _, e := range m.Segments {
		if e.ID == "" || strings.Trim(e.ID, "0123456789") != "" || e.Events < 0 {
			return m, fmt.Errorf("it has a segment %q", e.ID)
		}
	}
	return m, nil
}

// readManifest reads the manifest of a folder; fs.ErrNotExist when there is none.
func readManifest(files Files) (manifest, []byte, error) {
	data, err := readFile(files, manifestName, maxManifest)
	if err != nil {
		return manifest{}, nil, err
	}
	m, err := parseManifest(data)
	return m, data, err
}

// journals are the numbers of the journals that count, ascending.
func (m manifest) journals(names []string) []int {
	var out []int
	for _, name := range names {
		if n, ok := journalNumber(name); ok && n >= m.Journal {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// IsFolder tells whether a folder is that of an index.
func IsFolder(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, manifestName))
	return err == nil && info.Mode().IsRegular()
}
