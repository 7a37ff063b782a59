package command

import (
	"cmp"
	"slices"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// metadata are the fields that every event has without a dataset's prefix.
var metadata = []string{"_time", "host", "source", "sourcetype", "index", "splunk_server", "nodename"}

// bindDataset finds the dataset behind FROM, takes a condition on nodename for a
// narrower one, and checks the names of fields.
func (s *tstats) bindDataset(a *arguments, c search.Context) {
	d := s.st.Dataset
	named := fieldNames(s.st, s.aggs, s.condition)
	if d == nil {
		for _, n := range named {
			if _, made := prefixOf(n.Text); !made && !slices.Contains(metadata, n.Text) {
				s.warn(n, `tstats without FROM sees indexed fields only: "`+n.Text+`" is one when it came with the events`,
					"to see all fields begin with search and use stats")
			}
		}
		return
	}
	if d.Kind != "datamodel" {
		a.problem(d.Span, "tstats reads datamodel= only", "write FROM datamodel=Model.Dataset")
		return
	}
	s.model, s.dataset = d.Name, d.Sub
	if s.dataset == "" {
		s.dataset = cmp.Or(commonPrefix(named), s.rootNode())
	}
	_, dataset, err := c.Dataset(s.model, s.dataset)
	if err != nil {
		a.cannot(d.Span, err)
		return
	}
	s.dataset = dataset
	s.takeNode(a, c)
	s.checkFields(fieldNames(s.st, s.aggs, s.condition), c)
}

// commonPrefix is what stands before the first point of all prefixed fields, ""
// when they differ.
func commonPrefix(list []spl.Name) string {
	prefix := ""
	for _, n := range list {
		p, _, found := strings.Cut(n.Text, ".")
		if !found || slices.Contains(metadata, n.Text) {
			continue
		}
		if prefix != "" && p != prefix {
			return ""
		}
		prefix = p
	}
	return prefix
}

// nodeOf is the dataset's path in nodename=Root.Child; nil for other conditions.
func nodeOf(p spl.Predicate) (path []string, at spl.Span) {
	c, ok := p.(*spl.Compare)
	if !ok || c.Field.Text != "nodename" || c.Op != "=" {
		return nil, at
	}
	return strings.Split(c.Value.Text, "."), c.Value.Span
}

// rootNode is the root of the dataset that a condition on nodename names.
func (s *tstats) rootNode() string {
	for _, x := range conjuncts(s.condition) {
		if path, _ := nodeOf(x); path != nil {
			return path[0]
		}
	}
	return ""
}

// takeNode takes nodename=Root.Child out of the condition: it says which dataset
// is meant.
func (s *tstats) takeNode(a *arguments, c search.Context) {
	var rest []spl.Predicate
	for _, x := range conjuncts(s.condition) {
		path, at := nodeOf(x)
		if path == nil {
			rest = append(rest, x)
			continue
		}
		_, dataset, err := c.Dataset(s.model, path[len(path)-1])
		if err != nil {
			a.cannot(at, err)
			continue
		}
		s.dataset = dataset
	}
	s.condition = and(rest...)
	for _, n := range fieldNames(s.st, nil, s.condition) {
		if n.Text == "nodename" {
			a.problem(n.Span, "nodename can only be compared with = and not within OR or NOT, and cannot be a BY field", "")
		}
	}
}

// checkFields warns of fields that the dataset does not have.
func (s *tstats) checkFields(list []spl.Name, c search.Context) {
	seen := map[string]bool{}
	for _, n := range list {
		if seen[n.Text] || slices.Contains(metadata, n.Text) {
			continue
		}
		if _, made := prefixOf(n.Text); made {
			continue
		}
		seen[n.Text] = true
		prefix, rest, found := strings.Cut(n.Text, ".")
		if !found {
			s.warn(n, `the dataset "`+s.model+"."+s.dataset+`" has no field "`+n.Text+`"`, `fields carry the dataset's name: "`+s.dataset+"."+n.Text+`"`)
			continue
		}
		fields, _, err := c.Dataset(s.model, prefix)
		if err != nil {
			s.warn(n, `the dataset "`+s.model+"."+s.dataset+`" has no field "`+n.Text+`"`, diag.DidYouMean(prefix, []string{s.dataset}))
			continue
		}
		if own, _, err := c.Dataset(s.model, s.dataset); err == nil && !within(own, fields) && !within(fields, own) {
			s.warn(n, `the dataset "`+s.model+"."+s.dataset+`" has no field "`+n.Text+`"`, `"`+prefix+`" is a data set beside it: read it with FROM datamodel=`+s.model+"."+prefix)
			continue
		}
		if !slices.Contains(fields, rest) && !s.inChild(rest, c) {
			hint := diag.DidYouMean(rest, fields)
			s.warn(n, `the dataset "`+s.model+"."+prefix+`" has no field "`+rest+`"`, strings.Replace(hint, `"`, `"`+prefix+".", 1))
		}
	}
}

// within tells whether all fields are among others: a child dataset has those of its
// parents.
func within(fields, others []string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return !slices.Contains(others, f) })
}

// inChild tells whether a name is a child dataset's, such as
// Instance_Changes.image_id.
func (s *tstats) inChild(name string, c search.Context) bool {
	child, rest, found := strings.Cut(name, ".")
	if !found {
		return false
	}
	fields, _, err := c.Dataset(s.model, child)
	return err == nil && slices.Contains(fields, rest)
}

func (s *tstats) warn(n spl.Name, text, hint string) {
	m := s.st.Problem(n.Span, text, hint)
	m.Severity = diag.Warning
	s.problems = append(s.problems, m)
}

var _ search.Scanner = (*tstats)(nil)
