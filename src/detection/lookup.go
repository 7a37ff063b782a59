package detection

import (
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// Lookup is a lookup table that searches use: a CSV file beside the YAML, or a
// collection of the KV store.
type Lookup struct {
	Name, Description string
	Kind              string   // csv, kvstore or mlmodel
	Filename          string   // of a CSV file: in the folder of the YAML
	Collection        string   // of the KV store
	Fields            []string // of the collection
	// MatchType, Filter, DefaultMatch, MinMatches, MaxMatches and CaseSensitive are
	// the settings of transforms.conf of those names; "" where the file says nothing.
	MatchType, Filter, DefaultMatch string
	MinMatches, MaxMatches          string
	CaseSensitive                   string
	File                            string
}

// The kinds of lookups.
const (
	csvLookup     = "csv"
	kvstoreLookup = "kvstore"
	modelLookup   = "mlmodel"
)

var lookupKeys = []key[Lookup]{
	{name: "name", must: true, read: text(func(l *Lookup) *string { return &l.Name })},
	{name: "description", must: true, read: text(func(l *Lookup) *string { return &l.Description })},
	{name: "lookup_type", read: oneOf(func(l *Lookup) *string { return &l.Kind }, csvLookup, kvstoreLookup, modelLookup)},
	{name: "filename", read: text(func(l *Lookup) *string { return &l.Filename })},
	{name: "collection", read: text(func(l *Lookup) *string { return &l.Collection })},
	{name: "fields_list", read: commas(func(l *Lookup) *[]string { return &l.Fields })},
	{name: "fields", read: commas(func(l *Lookup) *[]string { return &l.Fields })},
	{name: "match_type", read: joined(func(l *Lookup) *string { return &l.MatchType })},
	{name: "filter", read: text(func(l *Lookup) *string { return &l.Filter })},
	{name: "default_match", read: scalar(func(l *Lookup) *string { return &l.DefaultMatch })},
	{name: "min_matches", read: scalar(func(l *Lookup) *string { return &l.MinMatches })},
	{name: "max_matches", read: scalar(func(l *Lookup) *string { return &l.MaxMatches })},
	{name: "case_sensitive_match", read: scalar(func(l *Lookup) *string { return &l.CaseSensitive })},
	{name: "id", read: skipped[Lookup]},
	{name: "version", read: skipped[Lookup]},
	{name: "date", read: skipped[Lookup]},
	{name: "author", read: skipped[Lookup]},
	{name: "status", read: skipped[Lookup]},
	{name: "key_field", read: skipped[Lookup]},
}

// ReadLookup reads one lookup file; nil when it is no YAML mapping.
func ReadLookup(name string, data []byte) (*Lookup, diag.List) {
	l := &Lookup{File: name}
	r, root := open(name, data)
	if root == nil {
		return nil, r.msgs
	}
	if !readMap(r, root, "a lookup", lookupKeys, l, nil) {
		return nil, r.msgs
	}
	l.Description, l.MatchType = trim(l.Description), trim(l.MatchType)
	switch {
	case l.Kind == csvLookup && l.Filename == "":
		l.Filename = strings.TrimSuffix(path.Base(name), path.Ext(name)) + ".csv"
	case l.Kind == kvstoreLookup && l.Collection == "":
		l.Collection = l.Name
	}
	switch {
	case l.Filename != "" && l.Collection != "":
		r.error(r.place(root), "keep one of them", "the lookup %q says both filename and collection", l.Name)
	case l.Filename == "" && l.Collection == "" && l.Kind != modelLookup:
		r.error(r.place(root), "say filename or collection", "the lookup %q has no table", l.Name)
	case path.Base(l.Filename) != l.Filename && l.Filename != "" || strings.ContainsAny(l.Filename, `\:`):
		r.error(r.place(root), "name a file in the same folder", "the lookup %q has its table in another folder: %q", l.Name, l.Filename)
	}
	return l, r.msgs
}

// commas reads a list of names, also as one text with commas.
func commas[T any](field func(*T) *[]string) func(*reader, ast.Node, *T) {
	return func(r *reader, n ast.Node, into *T) { *field(into) = list(strings.Join(r.strs(n), ",")) }
}

// joined reads a list of texts as one, parted by commas.
func joined[T any](field func(*T) *string) func(*reader, ast.Node, *T) {
	return func(r *reader, n ast.Node, into *T) { *field(into) = strings.Join(r.strs(n), ", ") }
}

// lookups writes transforms.conf and collections.conf, when the content has
// lookups.
func (b *builder) lookups() {
	var transforms, collections []*conf.Stanza
	for _, l := range b.Lookups {
		t := stanza(l.Name)
		t.given("filename", l.Filename)
		if l.Collection != "" {
			t.add("external_type", "kvstore", "collection", l.Collection)
			c := stanza(l.Collection)
			for _, f := range l.Fields {
				if f != "_key" {
					c.add("field."+f, "string")
				}
			}
			collections = append(collections, c.stanza)
		}
		t.given("fields_list", strings.Join(l.Fields, ", "))
		t.given("match_type", l.MatchType)
		t.given("filter", l.Filter)
		t.given("default_match", l.DefaultMatch)
		t.given("min_matches", l.MinMatches)
		t.given("max_matches", l.MaxMatches)
		t.given("case_sensitive_match", l.CaseSensitive)
		if l.Kind != modelLookup {
			transforms = append(transforms, t.stanza)
		}
	}
	if len(transforms) > 0 {
		b.write(TransformsConf, "lookups", transforms)
	}
	if len(collections) > 0 {
		slices.SortStableFunc(collections, func(x, y *conf.Stanza) int { return strings.Compare(x.Name, y.Name) })
		b.write(CollectionsConf, "lookups", slices.CompactFunc(collections, func(x, y *conf.Stanza) bool { return x.Name == y.Name }))
	}
}

// given adds a setting that is not empty.
func (l lines) given(key, value string) {
	if value != "" {
		l.add(key, value)
	}
}

// Tables are the CSV files of the content's lookups: the path that ReadFS read
// the YAML from, with the file's name.
func (c *Content) Tables() []string {
	var out []string
	for _, l := range c.Lookups {
		if l.Filename != "" {
			out = append(out, path.Join(path.Dir(l.File), l.Filename))
		}
	}
	return out
}
