package detection

import (
	"strings"

	"github.com/goccy/go-yaml/ast"

	"riskreplay/src/diag"
)

// Story is an analytic story: what several detections together are about.
type Story struct {
	Name, ID    string
	Version     int
	Date        string // YYYY-MM-DD
	Author      string // "Michael Haag, Splunk": people, then their company
	Status      string
	Description string
	Narrative   string
	References  []string
	Categories  []string // the first is the one that ships
	Products    []string
	UseCase     string
	File        string
}

var storyKeys = []key[Story]{
	{name: "name", must: true, read: text(func(s *Story) *string { return &s.Name })},
	{name: "id", must: true, read: text(func(s *Story) *string { return &s.ID })},
	{name: "version", must: true, read: integer(func(s *Story) *int { return &s.Version })},
	{name: "date", must: true, read: text(func(s *Story) *string { return &s.Date })},
	{name: "author", must: true, read: text(func(s *Story) *string { return &s.Author })},
	{name: "status", read: oneOf(func(s *Story) *string { return &s.Status }, statuses...)},
	{name: "description", must: true, read: text(func(s *Story) *string { return &s.Description })},
	{name: "narrative", must: true, read: text(func(s *Story) *string { return &s.Narrative })},
	{name: "references", read: texts(func(s *Story) *[]string { return &s.References })},
	{name: "tags", must: true, read: readStoryTags},
}

var storyTagKeys = []key[Story]{
	{name: "category", must: true, read: texts(func(s *Story) *[]string { return &s.Categories })},
	{name: "product", must: true, read: texts(func(s *Story) *[]string { return &s.Products })},
	{name: "usecase", must: true, read: text(func(s *Story) *string { return &s.UseCase })},
	{name: "cve", read: skipped[Story]},
	{name: "group", read: skipped[Story]},
}

func readStoryTags(r *reader, n ast.Node, s *Story) {
	readMap(r, n, "tags", storyTagKeys, s, nil)
}

// ReadStory reads one story file; nil when it is no YAML mapping.
func ReadStory(name string, data []byte) (*Story, diag.List) {
	s := &Story{File: name}
	msgs, ok := readFile(name, data, "a story", storyKeys, s)
	if !ok {
		return nil, msgs
	}
	s.Description, s.Narrative = trim(s.Description), trim(s.Narrative)
	return s, msgs
}

// readFile reads a file that is nothing but a mapping.
func readFile[T any](name string, data []byte, what string, keys []key[T], into *T) (diag.List, bool) {
	r, root := open(name, data)
	if root == nil {
		return r.msgs, false
	}
	ok := readMap(r, root, what, keys, into, nil)
	return r.msgs, ok
}

// maintainer parts an author line at its first comma: who and, behind the last
// one, for whom.
func (s *Story) maintainer() (person, company string) {
	person, rest, _ := strings.Cut(s.Author, ",")
	if i := strings.LastIndexByte(rest, ','); i >= 0 {
		rest = rest[i+1:]
	}
	if company = trim(rest); company == "" {
		company = "no"
	}
	return trim(person), company
}
