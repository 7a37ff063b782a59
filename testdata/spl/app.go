package splscripts

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Files is an app that has what the setup wants to be there, for engines that
// read apps: saved searches, event types that match nothing, data models and other
// files, by their paths in the app.
func (s Setup) Files() map[string]string {
	var saved, types strings.Builder
	for _, x := range s.Saved {
		fmt.Fprintf(&saved, "[%s]\nsearch = %s\n", x.Name, strings.ReplaceAll(x.Search, "\n", "\\\n"))
		if x.Earliest != "" {
			fmt.Fprintf(&saved, "dispatch.earliest_time = %s\n", x.Earliest)
		}
		if x.Latest != "" {
			fmt.Fprintf(&saved, "dispatch.latest_time = %s\n", x.Latest)
		}
	}
	for _, name := range s.EventTypes {
		fmt.Fprintf(&types, "[%s]\nsearch = sourcetype=no_such_sourcetype\n", name)
	}
	out := map[string]string{"default/savedsearches.conf": saved.String(), "default/eventtypes.conf": types.String()}
	for name, text := range s.models() {
		out["default/data/models/"+name+".json"] = text
	}
	for _, f := range s.AppFiles {
		out[f.Path] += f.Text
	}
	return out
}

type modelFile struct {
	Name    string          `json:"modelName"`
	Objects []datasetObject `json:"objects"`
}

type datasetObject struct {
	Name        string       `json:"objectName"`
	Parent      string       `json:"parentName"`
	Lineage     string       `json:"lineage"`
	Constraints []constraint `json:"constraints"`
	Fields      []modelField `json:"fields"`
}

type constraint struct {
	Search string `json:"search"`
	Owner  string `json:"owner"`
}

type modelField struct {
	Name  string `json:"fieldName"`
	Owner string `json:"owner"`
	Type  string `json:"type"`
}

// models is the data models as Splunk keeps them, by name.
func (s Setup) models() map[string]string {
	files := map[string]*modelFile{}
	for _, m := range s.Models {
		f := files[m.Model]
		if f == nil {
			f = &modelFile{Name: m.Model}
			files[m.Model] = f
		}
		o := datasetObject{Name: m.Dataset, Parent: "BaseEvent", Lineage: m.Dataset, Constraints: []constraint{{m.Constraint, m.Dataset}}}
		for _, base := range []string{"_time", "host", "source", "sourcetype"} {
			o.Fields = append(o.Fields, modelField{base, "BaseEvent", "string"})
		}
		for _, name := range m.Fields {
			o.Fields = append(o.Fields, modelField{name, m.Dataset, "string"})
		}
		f.Objects = append(f.Objects, o)
	}
	out := map[string]string{}
	for name, f := range files {
		text, err := json.Marshal(f)
		if err != nil {
			panic(err) // strings alone can always be written
		}
		out[name] = string(text)
	}
	return out
}
