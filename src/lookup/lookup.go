// Package lookup is CSV tables and how rows are found in them: match types,
// limits on matches, defaults.
//
// A table is a file of the lookups folder of an app, and, when transforms.conf
// defines it, the way to look into it:
//
//	[asset_names]
//	filename             = assets.csv
//	match_type           = CIDR(ip), WILDCARD(host)
//	case_sensitive_match = false
//	max_matches          = 1
//	min_matches          = 1
//	default_match        = unknown
//
//	t, problems := lookup.Open("asset_names", places)
//	m, err := t.Matcher([]string{"ip"})
//	for _, row := range m.Match([]string{"10.1.2.3"}) { t.Value(row, column) }
//
// A collection of the KV store is a file kvstore/<collection>.json of an app. What
// searches write goes into a Store, which hides the apps' files and never touches
// them.
//
// Rows are found in file order, all of them up to max_matches (100); with a
// time_field those whose time fits, the latest first, up to 1. A row whose
// cell is empty matches an empty value only; an empty output is no value, as in
// Splunk. A Table is read-only and safe for concurrent use.
package lookup

import (
	"slices"
	"strings"

	"riskreplay/src/diag"
)

// Kind is how a column is compared with a value.
type Kind uint8

// The kinds of matches. A wildcard or a subnet stands in the table, not in the
// event.
const (
	Exact Kind = iota
	Wildcard
	CIDR
)

// Options say how rows are found. The zero Options are Splunk's defaults.
type Options struct {
	// Kinds are the columns that are not compared exactly.
	Kinds map[string]Kind
	// IgnoreCase compares without regard to case: case_sensitive_match = false.
	IgnoreCase bool
	// MaxMatches is how many rows a match gives at most; 0 is 100.
	MaxMatches int
	// MinMatches: where fewer rows match, each output gets Default until it has
	// so many.
	MinMatches int
	Default    string
	// Time bounds matches by the event's time; nil looks at all rows.
	Time *Temporal
}

// defaultMatches is Splunk's max_matches for tables without times.
const defaultMatches = 100

// DefaultRow stands for a row whose every column is Options.Default.
const DefaultRow = -1

// Table is a CSV file in memory.
type Table struct {
	// Name is what it was opened as.
	Name    string
	Options Options
	columns []string
	rows    [][]string
	// collection: it is one of the KV store, whose first column is the key, and
	// whose cells hold multivalues one value a line.
	collection bool
}

// New is a table of rows, each as long as columns.
func New(name string, columns []string, rows [][]string, o Options) *Table {
	return &Table{Name: name, Options: o, columns: columns, rows: rows}
}

// Columns are the names in the header, in order; of a collection, its fields
// without the key.
func (t *Table) Columns() []string {
	if t.collection {
		return t.columns[1:]
	}
	return t.columns
}

// Header is all columns, a collection's key among them.
func (t *Table) Header() []string { return t.columns }

// Len is the number of rows.
func (t *Table) Len() int { return len(t.rows) }

// Column is the number of a column; the error is a diag.Message that names what
// is near.
func (t *Table) Column(name string) (int, error) {
	if i := slices.Index(t.columns, name); i >= 0 {
		return i, nil
	}
	return 0, diag.Message{
		Text: `lookup table "` + t.Name + `" has no column "` + name + `"`,
		Hint: diag.DidYouMean(name, t.columns),
	}
}

// Value is a cell of a row that Match gave.
func (t *Table) Value(row, column int) string {
	if row == DefaultRow {
		return t.Options.Default
	}
	return t.rows[row][column]
}

// Values is a cell's values: none for an empty one, several only in a collection.
func (t *Table) Values(row, column int) []string {
	switch v := t.Value(row, column); {
	case v == "":
		return nil
	case t.collection && row != DefaultRow && strings.Contains(v, "\n"):
		return strings.Split(v, "\n")
	default:
		return []string{v}
	}
}
