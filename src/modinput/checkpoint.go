package modinput

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"riskreplay/src/diag"
)

// Checkpoints are what an input remembers between its runs: a file for each key,
// most often the name of a stanza. A file is written aside and renamed, so that
// it is always the old or the new one, and it carries a checksum. Safe for
// concurrent use by one process.
type Checkpoints struct {
	dir string
	mu  sync.Mutex
}

// NewCheckpoints keeps files in dir, which is made when the first is saved.
func NewCheckpoints(dir string) *Checkpoints { return &Checkpoints{dir: dir} }

// ErrCorrupt is the cause of a Load that found a file it cannot trust.
var ErrCorrupt = errors.New("the checkpoint is damaged")

// maxCheckpoint bounds the file that is read.
const maxCheckpoint = 64 << 20

// checkpointMagic begins the first line of a file: the version, the checksum of
// what follows the line, its length, and the key.
const checkpointMagic = "modinput-checkpoint 1"

// Load gives what was saved under a key, nil when nothing was. An error for
// which errors.Is(err, ErrCorrupt) names the file and what is wrong with it.
func (c *Checkpoints) Load(key string) ([]byte, error) {
	path, err := c.path(key)
	if err != nil {
		return nil, err
	}
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err == nil && st.Size() > maxCheckpoint:
		return nil, corrupt(path, "it is larger than "+strconv.Itoa(maxCheckpoint>>20)+" MiB")
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, cannot("read", path, err)
	}
	data, why := parseCheckpoint(key, file)
	if why != "" {
		return nil, corrupt(path, why)
	}
	return data, nil
}

func parseCheckpoint(key string, file []byte) (data []byte, why string) {
	head, data, ok := bytes.Cut(file, []byte("\n"))
	fields := strings.SplitN(strings.TrimPrefix(string(head), checkpointMagic+" "), " ", 3)
	switch {
	case len(file) == 0:
		return nil, "it is empty"
	case !ok || !strings.HasPrefix(string(head), checkpointMagic+" ") || len(fields) != 3:
		return nil, "its first line is not that of a checkpoint"
	case fields[2] != strconv.Quote(key):
		return nil, "it belongs to " + fields[2]
	case fields[1] != strconv.Itoa(len(data)):
		return nil, fmt.Sprintf("it has %d bytes where %s were written", len(data), fields[1])
	case fields[0] != checksum(data):
		return nil, "its checksum does not match"
	}
	return data, ""
}

// Save replaces what is kept under a key, and returns when it is on the disk.
func (c *Checkpoints) Save(key string, data []byte) error { return c.replace(key, data, true) }

// Swap is Save without waiting for the disk: enough against the end of the
// process, and a thousand times as fast. After the end of the machine the file
// is the old one, the new one, or one that Load refuses.
func (c *Checkpoints) Swap(key string, data []byte) error { return c.replace(key, data, false) }

func (c *Checkpoints) replace(key string, data []byte, durable bool) error {
	path, err := c.path(key)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return cannot("write", path, err)
	}
	head := fmt.Sprintf("%s %s %d %s\n", checkpointMagic, checksum(data), len(data), strconv.Quote(key))
	aside := path + ".new" // one that a kill left behind is overwritten
	if err := writeFile(aside, append([]byte(head), data...), durable); err != nil {
		return cannot("write", path, errors.Join(err, os.Remove(aside)))
	}
	if err := os.Rename(aside, path); err != nil {
		return cannot("write", path, err)
	}
	if durable {
		syncFolder(c.dir)
	}
	return nil
}

// Remove forgets a key; one that is not there is no error.
func (c *Checkpoints) Remove(key string) error {
	path, err := c.path(key)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannot("remove", path, err)
	}
	return nil
}

// path is readable, and different for every key.
func (c *Checkpoints) path(key string) (string, error) {
	if c.dir == "" {
		return "", diag.Message{Text: "cannot keep checkpoints: the host gave no checkpoint_dir"}
	}
	readable := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, key)
	return filepath.Join(c.dir, readable[:min(len(readable), 60)]+"-"+checksum([]byte(key))[:16]+".checkpoint"), nil
}

func checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func writeFile(path string, data []byte, durable bool) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err == nil && durable {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncFolder makes a rename last. Not every system can; the file itself is whole
// in any case.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

func cannot(do, path string, err error) error {
	var p *fs.PathError
	cause := err.Error()
	if errors.As(err, &p) {
		cause = p.Err.Error()
	}
	return diag.Message{Text: fmt.Sprintf("cannot %s the checkpoint %q: %s", do, path, cause), Cause: err}
}

func corrupt(path, why string) error {
	return diag.Message{
		Text: fmt.Sprintf("cannot trust the checkpoint %q: %s", path, why), Cause: ErrCorrupt,
		Hint: "restore the file, or delete it: the input starts anew then, and events may come twice",
	}
}
