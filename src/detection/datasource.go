package detection

import (
	"github.com/goccy/go-yaml/ast"

	"riskreplay/src/diag"
)

// DataSource is a kind of events that detections read.
type DataSource struct {
	Name, ID           string
	Version            int
	Date, Author       string
	Status             string
	Description        string
	Source, Sourcetype string // as Splunk has them
	// Separator is the field that tells this kind from others of its source type,
	// SeparatorValue its value: EventID and 13.
	Separator, SeparatorValue string
	Configuration             string
	AddOns                    []AddOn // supported_TA
	Fields                    []string
	ExampleLog                string
	File                      string
}

// AddOn is a Splunk add-on that reads the events.
type AddOn struct{ Name, URL, Version string }

var dataSourceKeys = []key[DataSource]{
	{name: "name", must: true, read: text(func(s *DataSource) *string { return &s.Name })},
	{name: "id", must: true, read: text(func(s *DataSource) *string { return &s.ID })},
	{name: "version", must: true, read: integer(func(s *DataSource) *int { return &s.Version })},
	{name: "date", must: true, read: text(func(s *DataSource) *string { return &s.Date })},
	{name: "author", must: true, read: text(func(s *DataSource) *string { return &s.Author })},
	{name: "status", read: oneOf(func(s *DataSource) *string { return &s.Status }, statuses...)},
	{name: "description", must: true, read: text(func(s *DataSource) *string { return &s.Description })},
	{name: "source", must: true, read: text(func(s *DataSource) *string { return &s.Source })},
	{name: "sourcetype", must: true, read: text(func(s *DataSource) *string { return &s.Sourcetype })},
	{name: "separator", read: text(func(s *DataSource) *string { return &s.Separator })},
	{name: "separator_value", read: anyScalar(func(s *DataSource) *string { return &s.SeparatorValue })},
	{name: "configuration", read: text(func(s *DataSource) *string { return &s.Configuration })},
	{name: "supported_TA", read: each(readAddOn)},
	{name: "fields", read: texts(func(s *DataSource) *[]string { return &s.Fields })},
	{name: "example_log", read: text(func(s *DataSource) *string { return &s.ExampleLog })},
	{name: "field_mappings", read: skipped[DataSource]},
	{name: "convert_to_log_source", read: skipped[DataSource]},
	{name: "mitre_components", read: skipped[DataSource]},
	{name: "output_fields", read: skipped[DataSource]},
	{name: "references", read: skipped[DataSource]},
}

var addOnKeys = []key[AddOn]{
	{name: "name", must: true, read: text(func(a *AddOn) *string { return &a.Name })},
	{name: "url", read: text(func(a *AddOn) *string { return &a.URL })},
	{name: "version", read: anyScalar(func(a *AddOn) *string { return &a.Version })},
}

func readAddOn(r *reader, n ast.Node, s *DataSource) {
	var a AddOn
	if readMap(r, n, "an add-on", addOnKeys, &a, nil) {
		s.AddOns = append(s.AddOns, a)
	}
}

// anyScalar reads text, and takes a number as written: a version 4.0 or an
// EventID 13 is no number to us.
func anyScalar[T any](field func(*T) *string) func(*reader, ast.Node, *T) {
	return func(r *reader, n ast.Node, into *T) {
		switch n.(type) {
		case *ast.IntegerNode, *ast.FloatNode:
			*field(into) = n.GetToken().Value
		default:
			*field(into), _ = r.str(n)
		}
	}
}

// ReadDataSource reads one data source file; nil when it is no YAML mapping.
func ReadDataSource(name string, data []byte) (*DataSource, diag.List) {
	s := &DataSource{File: name}
	msgs, ok := readFile(name, data, "a data source", dataSourceKeys, s)
	if !ok {
		return nil, msgs
	}
	return s, msgs
}
