package server

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// ownIndexes are there from the start, as in a Splunk with Enterprise Security.
var ownIndexes = []string{"main", "summary", "risk", "notable", "_audit", "_internal"}

// IndexNames are the indexes that events may be sent to: those that are always there,
// the stanzas of an indexes.conf, those that a token names, and those that have
// events already. It is safe for concurrent use.
type IndexNames struct {
	file   string
	tokens *Tokens
	with   func() []string // events

	mu    sync.Mutex
	seen  stamp
	fixed map[string]bool
	conf  []string
	asked bool
}

// WatchIndexes reads an indexes.conf, which may be missing; a change of it counts at
// once. names are further indexes, such as the apps'; with gives those with events,
// and is asked once, when a name is met that is not known otherwise.
func WatchIndexes(file string, tokens *Tokens, with func() []string, names ...string) *IndexNames {
	x := &IndexNames{file: file, tokens: tokens, with: with, fixed: map[string]bool{}, seen: stamp{}}
	for _, name := range append(names, ownIndexes...) {
		x.fixed[name] = true
	}
	return x
}

// Has tells whether there is an index; it is hec.HandlerOptions.HasIndex.
func (x *IndexNames) Has(name string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.has(name) {
		return true
	}
	if x.asked || !indexName(name) {
		return false
	}
	x.asked = true
	for _, one := range x.with() {
		x.fixed[one] = true
	}
	return x.fixed[name]
}

func (x *IndexNames) has(name string) bool {
	return x.fixed[name] || slices.Contains(x.configured(), name) || x.tokens.name(name)
}

// name tells whether a token names an index.
func (t *Tokens) name(index string) bool {
	if t == nil {
		return false
	}
	for _, one := range t.All() {
		if one.Index == index || slices.Contains(one.Indexes, index) {
			return true
		}
	}
	return false
}

// configured are the stanzas of the file as it is now; mu is held.
func (x *IndexNames) configured() []string {
	if now := stampOf(x.file); !now.same(x.seen) {
		x.seen, x.conf = now, nil
		if parsed, _, err := readConf(x.file); err == nil {
			x.conf = IndexStanzas(parsed.Stanzas)
		}
	}
	return x.conf
}

// IndexStanzas are the names of the indexes that stanzas of an indexes.conf make.
func IndexStanzas(stanzas []*conf.Stanza) []string {
	var names []string
	for _, s := range stanzas {
		if indexName(s.Name) && s.Name != "default" && !strings.HasPrefix(s.Name, "volume:") && !isTrue(s.Get("disabled")) {
			names = append(names, s.Name)
		}
	}
	return names
}

// errNoIndexes: there is no file of indexes to change.
var errNoIndexes = diag.Message{Text: "indexes cannot be changed here"}

// stanzas are what the file says of indexes.
func (x *IndexNames) stanzas() []*conf.Stanza {
	parsed, _, err := readConf(x.file)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(parsed.Stanzas, func(s *conf.Stanza) bool { return !indexName(s.Name) || s.Name == "default" })
}

// edit sets what the file says of an index.
func (x *IndexNames) edit(name string, settings []conf.Setting) error {
	if x == nil {
		return errNoIndexes
	}
	return editConf(x.file, func(f *conf.File) (string, error) { return f.Edit(name, settings) })
}

// remove takes an index out of the file.
func (x *IndexNames) remove(name string) error {
	if x == nil {
		return errNoIndexes
	}
	x.mu.Lock()
	delete(x.fixed, name)
	x.mu.Unlock()
	return editConf(x.file, func(f *conf.File) (string, error) { return f.Remove(name), nil })
}

// Names are all indexes that are known, in order.
func (x *IndexNames) Names() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	names := map[string]bool{}
	maps.Copy(names, x.fixed)
	for _, name := range x.configured() {
		names[name] = true
	}
	if x.tokens != nil {
		for _, t := range x.tokens.All() {
			for _, name := range append(t.Indexes, t.Index) {
				if name != "" {
					names[name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// plainIndex tells a name that an index may have.
func indexName(name string) bool {
	return plainName(name) && !strings.ContainsAny(name, " .") && name == strings.ToLower(name) && !strings.HasPrefix(name, "-")
}

// AddIndex makes an index: a stanza of an indexes.conf, whose text stays as it is
// otherwise.
func AddIndex(file, name string) error {
	if !indexName(name) {
		return diag.Message{Text: fmt.Sprintf("cannot name an index %q", name), Hint: "use lower-case letters, digits, - and _, 100 at most"}
	}
	return editConf(file, func(f *conf.File) (string, error) {
		if _, there := f.Stanza(name); there || slices.Contains(ownIndexes, name) {
			return "", diag.Message{Text: fmt.Sprintf("there is an index %q already", name)}
		}
		return f.Edit(name, nil)
	})
}

// confLock is held by who reads a file of the configuration to write it anew.
var confLock sync.Mutex

// editConf replaces a .conf file by what edit makes of it. The file is its owner's
// alone.
func editConf(file string, edit func(*conf.File) (string, error)) error {
	confLock.Lock()
	defer confLock.Unlock()
	parsed, _, err := readConf(file)
	if err != nil {
		return err
	}
	text, err := edit(parsed)
	if err != nil {
		return err
	}
	return writeSecret(file, []byte(text))
}
