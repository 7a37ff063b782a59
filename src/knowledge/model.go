package knowledge

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"riskreplay/src/diag"
)

// Model is a data model as Splunk's JSON has it; what is not about fields is not
// read.
type Model struct {
	Name    string    `json:"modelName"`
	Objects []*Object `json:"objects"`
	file    string
	text    string
}

// Object is one dataset of a data model.
type Object struct {
	Name         string        `json:"objectName"`
	Parent       string        `json:"parentName"`
	Fields       []ModelField  `json:"fields"`
	Calculations []Calculation `json:"calculations"`
	Constraints  []Constraint  `json:"constraints"`
	BaseSearch   string        `json:"baseSearch"`
}

// ModelField is a field of a dataset. Type is string, number, boolean, ipv4 or
// timestamp.
type ModelField struct {
	Name  string `json:"fieldName"`
	Owner string `json:"owner"`
	Type  string `json:"type"`
}

// Constraint is a condition on a dataset's events.
type Constraint struct {
	Search string `json:"search"`
}

// Calculation makes fields of a dataset: by an expression (Eval), a regular
// expression (Rex) or a lookup (Lookup).
type Calculation struct {
	Type       string        `json:"calculationType"`
	Expression string        `json:"expression"`
	Input      string        `json:"inputField"`
	Lookup     string        `json:"lookupName"`
	Inputs     []LookupInput `json:"lookupInputs"`
	Outputs    []Output      `json:"outputFields"`
}

// LookupInput says which field is looked up in which column.
type LookupInput struct {
	Field  string `json:"inputField"`
	Column string `json:"lookupField"`
}

// Output is a field that a calculation makes; of a lookup, from which column.
type Output struct {
	Name   string `json:"fieldName"`
	Column string `json:"lookupOutputFieldName"`
	Type   string `json:"type"`
}

// The limits on a data model's file.
const (
	maxModelBytes = 16 << 20
	maxLineage    = 32
)

// readModels reads the data models of the apps, as Splunk keeps them in
// default/data/models and local/data/models. Of two of one name the later counts.
func (l *loader) readModels() map[string]*Model {
	out := map[string]*Model{}
	for _, app := range l.apps {
		if app.FS == nil {
			continue
		}
		for _, folder := range []string{"default/data/models", "local/data/models"} {
			entries, err := fs.ReadDir(app.FS, folder)
			if err != nil {
				continue // most apps have none
			}
			for _, e := range entries {
				if !strings.HasSuffix(e.Name(), ".json") {
					continue
				}
				name := path.Join(folder, e.Name())
				if m := l.model(app.FS, name, path.Join(app.ID, name)); m != nil {
					out[m.Name] = m
				}
			}
		}
	}
	return out
}

func (l *loader) model(fsys fs.FS, name, label string) *Model {
	refuse := func(err error) *Model {
		l.report(diag.Message{Text: "cannot read the data model: " + err.Error(), Cause: err, Place: diag.Place{Text: &diag.Text{Name: label}}})
		return nil
	}
	data, err := readFile(fsys, name)
	if err != nil {
		return refuse(err)
	}
	m := &Model{file: label, text: string(data)}
	if err := json.Unmarshal(data, m); err != nil {
		return refuse(err)
	}
	if m.Name == "" {
		m.Name = strings.TrimSuffix(path.Base(name), ".json")
	}
	return m
}

func readAtMost(r io.Reader, n int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, n+1))
	if err == nil && int64(len(data)) > n {
		err = errors.New("the file is larger than 16 MiB")
	}
	return data, err
}

// roots are Splunk's names for what a root dataset begins with.
func isRoot(o *Object) bool {
	switch o.Parent {
	case "", "BaseEvent", "BaseSearch", "BaseTransaction", "BaseImpossible":
		return true
	}
	return false
}

// names are the names of the model's datasets, in their order.
func (m *Model) names() []string {
	out := make([]string, len(m.Objects))
	for i, o := range m.Objects {
		out[i] = o.Name
	}
	return out
}

// object finds a dataset by its name or its lineage (Root.Child); "" is the only
// root dataset.
func (m *Model) object(name string) (*Object, error) {
	if name == "" {
		return m.only()
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	for _, o := range m.Objects {
		if o.Name == last && (last == name || strings.HasSuffix(strings.Join(m.lineage(o), "."), name)) {
			return o, nil
		}
	}
	hint := diag.DidYouMean(name, m.names())
	if hint == "" && len(m.Objects) > 0 {
		hint = "it has " + strings.Join(m.names(), ", ")
	}
	return nil, diag.Message{Text: `data model "` + m.Name + `" has no dataset "` + name + `"`, Hint: hint}
}

func (m *Model) only() (*Object, error) {
	var roots []*Object
	for _, o := range m.Objects {
		if isRoot(o) {
			roots = append(roots, o)
		}
	}
	switch len(roots) {
	case 1:
		return roots[0], nil
	case 0:
		return nil, diag.Message{Text: `data model "` + m.Name + `" has no dataset`}
	}
	return nil, diag.Message{
		Text: `data model "` + m.Name + `" has more than one dataset`,
		Hint: "name one of them: " + m.Name + "." + roots[0].Name,
	}
}

// ancestors is the datasets that o descends from, the root first, and o itself.
func (m *Model) ancestors(o *Object) []*Object {
	list := []*Object{o}
	for !isRoot(o) && len(list) < maxLineage {
		i := slices.IndexFunc(m.Objects, func(x *Object) bool { return x.Name == o.Parent })
		if i < 0 {
			break
		}
		o = m.Objects[i]
		list = append(list, o)
	}
	slices.Reverse(list)
	return list
}

func (m *Model) lineage(o *Object) []string {
	var out []string
	for _, a := range m.ancestors(o) {
		out = append(out, a.Name)
	}
	return out
}
