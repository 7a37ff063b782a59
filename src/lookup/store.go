package lookup

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
)

// Store is the tables that searches have written. They hide the apps' own, which
// are never touched. It is safe for concurrent use; a nil Store has none.
type Store struct {
	mu     sync.Mutex
	dir    *os.Root          // nil keeps all in memory
	tables map[string]*Table // by file, without a definition's name and options
	parsed map[string]*Table // of apps, by label
	fresh  map[string]bool   // files written since the store was made
}

// NewStore is an empty store in memory.
func NewStore() *Store {
	return &Store{tables: map[string]*Table{}, parsed: map[string]*Table{}, fresh: map[string]bool{}}
}

// OpenStore is a store whose tables lie in a folder, which exists: CSV files, and
// a JSON file for each collection in its folder kvstore.
func OpenStore(dir string) (*Store, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := NewStore()
	s.dir = root
	return s, nil
}

// Close lets the folder go. What was written is there.
func (s *Store) Close() error {
	if s == nil || s.dir == nil {
		return nil
	}
	return s.dir.Close()
}

// Written are the files that were written since the store was made, in byte
// order: "seen.csv", "kvstore/assets.json".
func (s *Store) Written() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.fresh))
}

// Sum goes over every table of the folder: its name and its bytes, in byte order
// of the names. Nothing is given for a store in memory.
func (s *Store) Sum(add func(name string, data []byte)) error {
	if s == nil || s.dir == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return fs.WalkDir(s.dir.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !csvName(e.Name()) && !strings.HasSuffix(name, ".json") {
			return err
		}
		data, err := readFile(s.dir.FS(), name)
		if err == nil {
			add(name, data)
		}
		return err
	})
}

// Rows are what is written to a table.
type Rows struct {
	Rows *batch.Batch
	// Append adds to what is there, to the columns that it has; else it is
	// replaced.
	Append bool
	// Key is the field with the key of a collection's rows: a row replaces the one
	// of its key.
	Key string
	// Keep leaves the table as it is when there are no rows; Create makes a table
	// that is not there also then.
	Keep, Create bool
}

// Write writes rows into the table of a definition's name or a file's.
func (s *Store) Write(p Places, name string, w Rows) error {
	src, problems := p.source(name)
	if problems.HasErrors() {
		return problems.Errors()[0]
	}
	if !src.collection && !csvName(src.file) {
		return diag.Message{
			Text: `cannot write lookup table "` + name + `": it has no definition and is no name of a CSV file`,
			Hint: diag.DidYouMean(name, p.Names()),
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.read(src, p)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case w.Rows.Len == 0 && (w.Keep || old == nil && !w.Create):
		return nil
	case w.Append && strings.HasSuffix(src.file, ".gz"):
		return diag.Message{Text: `cannot append to lookup table "` + name + `": the file is compressed`, Hint: "write it anew without append=true"}
	}
	t, err := written(old, src, w)
	if err != nil {
		return err
	}
	if err := s.save(src, t); err != nil {
		return diag.Message{Text: `cannot write lookup table "` + name + `": ` + err.Error(), Cause: err}
	}
	s.tables[src.file], s.fresh[src.file] = t, true
	return nil
}

// csvName tells whether a text is the name of a CSV file, and nothing else.
func csvName(s string) bool {
	return (strings.HasSuffix(s, ".csv") || strings.HasSuffix(s, ".csv.gz")) && path.Base(s) == s && !strings.ContainsAny(s, `\:`+"\x00") && s[0] != '.'
}

// written is a table with rows written to it.
func written(old *Table, src source, w Rows) (*Table, error) {
	t := &Table{collection: src.collection}
	switch {
	case src.collection:
		t.columns = append([]string{keyColumn}, src.fields...)
		if len(src.fields) == 0 {
			t.columns = union([]string{keyColumn}, fieldsOf(w.Rows))
		}
	case w.Append && old != nil && len(old.columns) > 0:
		t.columns = old.columns
	default:
		t.columns = fieldsOf(w.Rows)
	}
	if old != nil && w.Append {
		if src.collection && len(src.fields) == 0 {
			t.columns = union(t.columns, old.columns)
		}
		t.rows = append(t.rows, old.inColumns(t.columns)...)
	}
	if len(t.rows)+w.Rows.Len > maxRows {
		return nil, errors.New("the table would have more than 5,000,000 rows")
	}
	if src.collection {
		t.upsert(w)
		return t, nil
	}
	t.rows = append(t.rows, cells(w.Rows, t.columns, " ")...)
	return t, nil
}

// fieldsOf is the fields that are written: internal ones are not, but _time and
// _key.
func fieldsOf(b *batch.Batch) []string {
	var out []string
	for _, n := range b.Names {
		if !strings.HasPrefix(n, "_") || n == "_time" || n == keyColumn {
			out = append(out, n)
		}
	}
	return out
}

// cells is rows of text, the values of a multivalue joined.
func cells(b *batch.Batch, columns []string, by string) [][]string {
	out := make([][]string, b.Len)
	flat := make([]string, b.Len*len(columns))
	for r := range out {
		out[r], flat = flat[:len(columns):len(columns)], flat[len(columns):]
	}
	for i, n := range columns {
		c := b.Column(n)
		if c == nil {
			continue
		}
		for r := range out {
			out[r][i] = strings.Join(c.Values(r), by)
		}
	}
	return out
}

// inColumns is the table's rows in other columns.
func (t *Table) inColumns(columns []string) [][]string {
	out := make([][]string, len(t.rows))
	at := make([]int, len(columns))
	for i, n := range columns {
		at[i] = -1
		if c, err := t.Column(n); err == nil {
			at[i] = c
		}
	}
	for r, row := range t.rows {
		out[r] = make([]string, len(columns))
		for i, c := range at {
			if c >= 0 {
				out[r][i] = row[c]
			}
		}
	}
	return out
}

func union(a, b []string) []string {
	out := append([]string(nil), a...)
	for _, n := range b {
		found := false
		for _, m := range out {
			found = found || m == n
		}
		if !found {
			out = append(out, n)
		}
	}
	return out
}

// read is the table of a source as it is now, without its definition's options.
func (s *Store) read(src source, p Places) (*Table, error) {
	if t, err := s.stored(src); t != nil || err != nil {
		return t, err
	}
	data, label, err := p.read(src.path(), src.app)
	if err != nil {
		return nil, err
	}
	t, problems := src.parse(label, data)
	return t, problems.Err()
}

// stored is what was written to a source, nil when nothing was.
func (s *Store) stored(src source) (*Table, error) {
	if t := s.tables[src.file]; t != nil || s.dir == nil {
		return t, nil
	}
	data, err := readFile(s.dir.FS(), src.file)
	if errors.Is(err, fs.ErrNotExist) || !fs.ValidPath(src.file) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t, problems := src.parse(src.file, data)
	if t != nil {
		s.tables[src.file] = t
	}
	return t, problems.Err()
}

// save writes a table's file aside and renames it.
func (s *Store) save(src source, t *Table) error {
	if s.dir == nil {
		return nil
	}
	data, err := t.bytes(src)
	if err != nil {
		return err
	}
	if dir := path.Dir(src.file); dir != "." {
		if err := s.dir.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	aside := src.file + ".new"
	if err := s.dir.WriteFile(aside, data, 0o644); err != nil {
		return err
	}
	return s.dir.Rename(aside, src.file)
}

func (t *Table) bytes(src source) ([]byte, error) {
	if src.collection {
		return t.documents()
	}
	var out bytes.Buffer
	var to io.Writer = &out
	finish := func() error { return nil }
	if strings.HasSuffix(src.file, ".gz") {
		to, finish = compressed(&out)
	}
	w := csv.NewWriter(to)
	if err := w.Write(t.columns); err != nil {
		return nil, err
	}
	if err := w.WriteAll(t.rows); err != nil {
		return nil, err
	}
	err := finish()
	return out.Bytes(), err
}
