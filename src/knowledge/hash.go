package knowledge

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// confFiles are the files that decide fields.
var confFiles = []string{"props.conf", "transforms.conf", "eventtypes.conf", "tags.conf", "macros.conf"}

// volatile are the functions whose results depend on when they are asked; what
// uses them may differ from search to search.
var volatile = []string{"now(", "time(", "relative_time(", "random("}

// sum is the hash of everything that decides fields: the files as they stand, in
// the order of the apps, who asks, and the rules of expressions; the moment too
// where some expression asks for it.
func (l *loader) sum() [32]byte {
	h := hasher{Hash: sha256.New()}
	for _, app := range l.apps {
		h.add("app", []byte(app.ID))
		if app.FS == nil {
			continue
		}
		for _, folder := range []string{"default", "local"} {
			for _, f := range confFiles {
				h.file(app, path.Join(folder, f))
			}
			h.folder(app, path.Join(folder, "data/models"), ".json")
			h.file(app, path.Join("metadata", folder+".meta"))
		}
		h.folder(app, "lookups", ".csv")
		h.folder(app, "lookups", ".csv.gz")
		h.folder(app, "kvstore", ".json")
	}
	if err := l.written.Sum(h.add); err != nil {
		l.report(diag.Message{Severity: diag.Warning, Text: "cannot read what searches wrote before: " + err.Error(), Cause: err})
	}
	env := l.base.env
	h.add("in", []byte(l.in))
	h.add("rules", fmt.Appendf(nil, "%+v %v", env.Rules, env.Zone))
	if h.moment {
		h.add("now", fmt.Appendf(nil, "%d", env.Now))
	}
	var out [32]byte
	copy(out[:], h.Sum(nil))
	return out
}

type hasher struct {
	hash.Hash
	moment bool
}

// add hashes a thing with its name and length, so that things cannot be mistaken
// for each other.
func (h *hasher) add(name string, data []byte) {
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], uint64(len(name)))
	h.Write(n[:])
	io.WriteString(h, name)
	binary.LittleEndian.PutUint64(n[:], uint64(len(data)))
	h.Write(n[:])
	h.Write(data)
}

func (h *hasher) file(app conf.App, name string) {
	f, err := app.FS.Open(name)
	if err != nil {
		return
	}
	defer f.Close()
	content := sha256.New()
	var seen bytes.Buffer
	if strings.HasPrefix(name, "lookups/") || strings.HasPrefix(name, "kvstore/") {
		io.Copy(content, f)
	} else {
		io.Copy(io.MultiWriter(content, &seen), io.LimitReader(f, maxModelBytes))
	}
	text := bytes.ToLower(seen.Bytes())
	if slices.ContainsFunc(volatile, func(call string) bool { return bytes.Contains(text, []byte(call)) }) {
		h.moment = true
	}
	h.add(name, content.Sum(nil))
}

func (h *hasher) folder(app conf.App, name, suffix string) {
	entries, err := fs.ReadDir(app.FS, name)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), suffix) {
			h.file(app, path.Join(name, e.Name()))
		}
	}
}
