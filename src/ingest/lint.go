package ingest

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"riskreplay/src/diag"
)

// lintSize is how much of a file is compared with what its catalogue says.
const lintSize = 1 << 20

// Lint finds what is wrong with the attack_data catalogues below a folder, each
// message with its place in the YAML. Errors: keys that are missing, an id that is
// no UUID or stands twice, a date that is none, paths that lead nowhere, empty
// files, metadata that the events contradict. Warnings: Git LFS pointers, files of
// which only some events contradict, keys that no catalogue has, files that no
// catalogue names. It reads the first MiB of each file.
func Lint(ctx context.Context, dir string) diag.List {
	paths, problems := walk(dir)
	l := linter{ctx: ctx, problems: problems, ids: map[string]diag.Place{}, named: map[string]bool{}}
	for _, path := range paths {
		if isYAML(path) && looksLikeCatalogue(path) {
			l.catalogues++
			l.catalogue(path)
		}
	}
	if l.catalogues == 0 && !l.problems.HasErrors() {
		return append(l.problems, diag.Message{Text: "cannot find a catalogue in " + strconv.Quote(dir), Hint: newForm})
	}
	for _, path := range paths {
		if !isYAML(path) && !strings.EqualFold(filepath.Ext(path), ".md") && !l.named[absolute(path)] {
			l.problems = append(l.problems, diag.Message{Severity: diag.Warning, Text: "no catalogue names " + strconv.Quote(path)})
		}
	}
	return l.problems
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// linter is one call of Lint.
type linter struct {
	ctx        context.Context
	problems   diag.List
	catalogues int
	ids        map[string]diag.Place
	named      map[string]bool
}

func (l *linter) catalogue(path string) {
	c, problems := parseCatalogue(path)
	l.problems = append(l.problems, problems...)
	if c == nil {
		return
	}
	l.keys(c)
	for i := range c.entries {
		if l.ctx.Err() == nil {
			l.entry(c, &c.entries[i])
		}
	}
}

// required are the keys that a catalogue of the new form must have; optional are
// the others that it may have.
var (
	required = []string{"author", "id", "date", "description", "environment"}
	optional = []string{"datasets", "dataset", "sourcetypes", "mitre_technique", "directory", "references"}
	perEntry = []string{"name", "path", "source", "sourcetype"}
)

// keys checks the keys of a catalogue and of its entries.
func (l *linter) keys(c *catalogue) {
	root, _ := parseYAML(c.text) // it was parsed once
	y := yamlReader{text: c.text}
	fields, _ := y.mapping(root, "the catalogue")
	for _, key := range required {
		if fields[key] == nil {
			y.wrong(root, "the catalogue has no "+strconv.Quote(key), "")
		}
	}
	for key, value := range fields {
		if known := append(required[:len(required):len(required)], optional...); !slices.Contains(known, key) {
			y.problems = append(y.problems, diag.Message{Severity: diag.Warning, Text: "no catalogue has a key " + strconv.Quote(key), Place: y.place(value), Hint: diag.DidYouMean(key, known)})
		}
	}
	if !c.old {
		l.entryKeys(&y, fields["datasets"])
	}
	if id := fields["id"]; id != nil {
		l.id(&y, id)
	}
	if date := fields["date"]; date != nil {
		text := date.GetToken().Value
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			y.wrong(date, "the date "+strconv.Quote(text)+" is none", "write YYYY-MM-DD")
		}
	}
	y.problems.Sort()
	l.problems = append(l.problems, y.problems...)
}

func (l *linter) entryKeys(y *yamlReader, list ast.Node) {
	entries, ok := bare(list).(*ast.SequenceNode)
	if !ok {
		return // it was said
	}
	for _, item := range entries.Values {
		quiet := yamlReader{text: y.text}
		fields, ok := quiet.mapping(item, "an entry")
		for _, key := range perEntry {
			if ok && fields[key] == nil && key != "path" { // a path that is missing was said
				y.wrong(item, "the entry has no "+strconv.Quote(key), "")
			}
		}
	}
}

// id checks that an id is a UUID that no other catalogue has.
func (l *linter) id(y *yamlReader, n ast.Node) {
	text := strings.ToLower(n.GetToken().Value)
	if !isUUID(text) {
		y.wrong(n, "the id "+strconv.Quote(text)+" is no UUID", "")
		return
	}
	place := y.place(n)
	if first, twice := l.ids[text]; twice {
		y.problems = append(y.problems, diag.Message{
			Text: "the id " + text + " is another catalogue's", Place: place,
			Notes: []diag.Message{{Severity: diag.Info, Text: "it stands here too", Place: first}},
		})
		return
	}
	l.ids[text] = place
}

// isUUID tells eight, four, four, four and twelve hex digits.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !isHex(s[i]) {
			return false
		}
	}
	return true
}

// entry checks the file that an entry names.
func (l *linter) entry(c *catalogue, e *entry) {
	path, err := locate(c.path, e.target, "")
	if err != nil {
		l.problems = append(l.problems, e.missing(err))
		return
	}
	l.named[absolute(path)] = true
	if m, bad := inspect(path); bad {
		if errors.Is(m, errPointer) {
			m.Severity = diag.Warning
		}
		m.Place = e.place
		l.problems = append(l.problems, m)
		return
	}
	enough := errors.New("enough was read")
	f := newFile(path, Metadata{}, layer{e.Metadata, FromCatalogue})
	for _, m := range Read(l.ctx, f, Options{BlockSize: lintSize, MaxUnpacked: 64 << 20}, func(Block) error { return enough }) {
		switch {
		case errors.Is(m, errContradiction):
			m.Severity = diag.Error
		case !errors.Is(m, errMixed):
			continue
		}
		m.Place = e.place
		l.problems = append(l.problems, m)
	}
}
