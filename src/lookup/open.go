package lookup

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
)

// Places is where tables are defined and where their files lie.
type Places struct {
	// Transforms is transforms.conf; nil defines nothing.
	Transforms *conf.Conf
	// Apps have lookups folders. A definition's file is its own app's; where that
	// has none, and for files named as they are, the asking app's (In) hides all
	// others', and a later app's hides an earlier one's. The first app's files can
	// be hidden always.
	Apps []conf.App
	In   string
	// Store has what searches have written; nil is nothing.
	Store *Store
}

// The limits on a table's file.
const (
	maxBytes   = 512 << 20
	maxRows    = 5_000_000
	maxColumns = 1000
)

// Open reads a table by the name of its definition or of its file, as searches
// have left it. The Table is nil when the list has errors.
func Open(name string, p Places) (*Table, diag.List) {
	src, problems := p.source(name)
	if problems.HasErrors() {
		return nil, problems
	}
	t, more, err := p.open(src)
	if err != nil {
		return nil, append(problems, p.missing(name, src.file, src.at, err))
	}
	problems = append(problems, more...)
	if t == nil {
		return nil, problems
	}
	out := *t
	out.Name, out.Options = name, src.options
	if src.filter == nil {
		return &out, problems
	}
	rows := out.Batch()
	return out.filtered(src.filter.Select(eval.Of(rows), batch.AllRows(rows.Len))), problems
}

// source is where a table's rows lie and how they are looked at.
type source struct {
	file       string // "assets.csv", "kvstore/assets.json"
	collection bool
	fields     []string // of a collection
	options    Options
	filter     *eval.Predicate
	at         diag.Place
	app        string // whose definition it is
}

func (s source) path() string {
	if s.collection {
		return s.file
	}
	return "lookups/" + s.file
}

func (s source) parse(label string, data []byte) (*Table, diag.List) {
	if s.collection {
		return parseCollection(label, data, s.fields)
	}
	if strings.HasSuffix(label, ".gz") {
		var err error
		if data, err = expanded(data); err != nil {
			return nil, diag.List{{Text: `cannot read lookup table "` + label + `": ` + err.Error(), Cause: err}}
		}
	}
	return Parse(label, data)
}

// source finds a name's definition; without one it is a file's name.
func (p Places) source(name string) (source, diag.List) {
	if s := p.definition(name); s != nil {
		return definition(s)
	}
	return source{file: name}, nil
}

// open reads the table of a source: what was written, what was read before, or
// the file. A collection that nobody has filled is empty.
func (p Places) open(src source) (*Table, diag.List, error) {
	if p.Store != nil {
		p.Store.mu.Lock()
		defer p.Store.mu.Unlock()
		if t, err := p.Store.stored(src); t != nil || err != nil {
			return t, nil, err
		}
	}
	data, label, err := p.read(src.path(), src.app)
	if errors.Is(err, fs.ErrNotExist) && src.collection {
		return &Table{collection: true, columns: append([]string{keyColumn}, src.fields...)}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if p.Store != nil && p.Store.parsed[label] != nil && !src.collection {
		return p.Store.parsed[label], nil, nil
	}
	t, problems := src.parse(label, data)
	if p.Store != nil && t != nil && len(problems) == 0 && !src.collection {
		p.Store.parsed[label] = t
	}
	return t, problems, nil
}

func (p Places) definition(name string) *conf.Stanza {
	if p.Transforms == nil {
		return nil
	}
	s, ok := p.Transforms.Stanza(name)
	if !ok || !isTable(s) {
		return nil
	}
	return s
}

func isTable(s *conf.Stanza) bool {
	return s.Get("filename") != "" || s.Get("external_type") != "" || s.Get("external_cmd") != "" || s.Get("collection") != ""
}

// Names are the names that can be opened: definitions and files.
func (p Places) Names() []string {
	var out []string
	if p.Transforms != nil {
		for _, s := range p.Transforms.Stanzas() {
			if isTable(s) {
				out = append(out, s.Name)
			}
		}
	}
	for _, app := range p.Apps {
		if app.FS == nil {
			continue
		}
		entries, err := fs.ReadDir(app.FS, "lookups")
		if err != nil {
			continue
		}
		for _, e := range entries {
			if csvName(e.Name()) {
				out = append(out, e.Name())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (p Places) missing(name, file string, at diag.Place, err error) diag.Message {
	if !errors.Is(err, fs.ErrNotExist) {
		return diag.Message{Text: `cannot read lookup table "` + name + `": ` + err.Error(), Place: at, Cause: err}
	}
	if name != file {
		return diag.Message{
			Text: `cannot open lookup table "` + name + `": there is no file "` + file + `"`, Place: at, Cause: err,
			Hint: "put it into the lookups folder of the app",
		}
	}
	return diag.Message{Text: `unknown lookup table "` + name + `"`, Cause: err, Hint: cmp.Or(diag.DidYouMean(name, p.Names()), "a table is a stanza of transforms.conf or a .csv file in the lookups folder of an app")}
}

// read finds a file: that of the app whose definition names it, if it is not of the
// lowest layer, which others may replace; else the asking app's; else the last
// app's that has it.
func (p Places) read(file, definedIn string) (data []byte, label string, err error) {
	if path.Base(file) != strings.TrimPrefix(strings.TrimPrefix(file, "lookups/"), "kvstore/") || strings.Contains(file, `\`) || !fs.ValidPath(file) {
		return nil, "", fs.ErrNotExist // a file's name, never a path
	}
	order := slices.Clone(p.Apps)
	slices.Reverse(order)
	if len(p.Apps) > 0 && definedIn == p.Apps[0].ID {
		definedIn = ""
	}
	slices.SortStableFunc(order, func(a, b conf.App) int {
		return nearness(a.ID, definedIn, p.In) - nearness(b.ID, definedIn, p.In)
	})
	err = fs.ErrNotExist
	for _, app := range order {
		if app.FS == nil {
			continue
		}
		data, e := readFile(app.FS, file)
		if e == nil {
			return data, app.ID + "/" + file, nil
		}
		if !errors.Is(e, fs.ErrNotExist) {
			err = e
		}
	}
	return nil, "", err
}

func nearness(id, definedIn, in string) int {
	switch id {
	case definedIn:
		return 0
	case in:
		return 1
	}
	return 2
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err == nil && len(data) > maxBytes {
		err = errors.New("the file is larger than 512 MiB")
	}
	return data, err
}

// Parse reads a CSV text with a header. Blanks behind a comma do not count. A row that is shorter than the header is
// filled up, one that is longer is cut; both are warnings, told once.
func Parse(name string, data []byte) (*Table, diag.List) {
	text := &diag.Text{Name: name}
	refuse := func(why string) (*Table, diag.List) {
		return nil, diag.List{{Text: `cannot read lookup table "` + name + `": ` + why, Place: text.At(0, 0)}}
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = -1, true, true
	header, err := r.Read()
	if err == io.EOF {
		return refuse("it is empty, it has not even a header")
	}
	if err != nil {
		return refuse(err.Error())
	}
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
	}
	if len(header) > maxColumns {
		return refuse("it has more than 1000 columns")
	}
	t := &Table{Name: name, columns: header}
	var problems diag.List
	for {
		row, err := r.Read()
		if err == io.EOF {
			return t, problems
		}
		if err != nil {
			return refuse(err.Error())
		}
		if len(t.rows) == maxRows {
			return refuse("it has more than 5,000,000 rows")
		}
		if len(row) != len(header) && problems == nil {
			line, _ := r.FieldPos(0)
			problems = diag.List{{
				Severity: diag.Warning, Place: text.At(0, 0),
				Text: "line " + strconv.Itoa(line) + " has " + strconv.Itoa(len(row)) + " columns, the header has " + strconv.Itoa(len(header)),
			}}
		}
		t.rows = append(t.rows, fit(row, len(header)))
	}
}

func fit(row []string, n int) []string {
	for len(row) < n {
		row = append(row, "")
	}
	return row[:n:n]
}
