package splscripts

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/spl"
)

// NotRemote are the scripts that cannot run on a Splunk that has the events of
// others too, by name, with the reasons: those that need an app's files, another
// time zone than the server's, or look at more than the events of their searches.
func NotRemote() (map[string]string, error) {
	scripts, err := Scripts()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, s := range scripts {
		if reason := s.notRemote(); reason != "" {
			out[s.Name] = reason
		}
	}
	return out, nil
}

// outside are commands whose answer is not that of a search's own events.
var outside = []string{
	"collect", "datamodel", "eventcount", "from", "inputcsv", "inputlookup", "iplocation", "lookup", "map", "metadata", "metasearch", "outputcsv", "outputlookup",
	"savedsearch", "sendalert", "addinfo", "extract",
}

func (s Script) notRemote() string {
	switch setup := s.Setup; {
	case len(setup.Saved)+len(setup.Models)+len(setup.EventTypes)+len(setup.AppFiles) > 0:
		return "it needs an app's files"
	case setup.Zone != time.UTC:
		return "it is of another time zone"
	case slices.ContainsFunc(setup.Events, func(e event.Event) bool { return e.Index != "main" }):
		return "it has events of several indexes"
	case slices.ContainsFunc(setup.Events, func(e event.Event) bool { return len(e.Raw) == 0 }):
		return "it has events without a text, which no collector takes"
	}
	for _, step := range s.Steps {
		tree, _ := spl.Parse(spl.Plain(&diag.Text{Body: step.Search}))
		if name := firstOutside(tree); name != "" {
			return name + " looks beyond the events of the search"
		}
	}
	return ""
}

func firstOutside(tree *spl.Search) string {
	if tree == nil {
		return ""
	}
	for _, st := range tree.Stages {
		if slices.Contains(outside, st.Name) {
			return st.Name
		}
		for _, sub := range st.Subs {
			if name := firstOutside(sub); name != "" {
				return name
			}
		}
	}
	return ""
}

// Marked is events as a place has them that holds others too (see Place).
func Marked(events []event.Event, index, mark string) []event.Event {
	out := make([]event.Event, len(events))
	for i, e := range events {
		e.Index = index
		e.Fields = append(slices.Clone(e.Fields), event.Field{Name: MarkField, Value: mark})
		out[i] = e
	}
	return out
}

// SplunkApp is the files of an app that a Splunk needs to see the events of scripts
// as they are: their fields are indexed ones, and none is found in their text.
func SplunkApp() (map[string]string, error) {
	scripts, err := Scripts()
	if err != nil {
		return nil, err
	}
	names, types := map[string]bool{MarkField: true}, map[string]bool{}
	for _, s := range scripts {
		for _, e := range s.Setup.Events {
			types[e.Sourcetype] = true
			for _, f := range e.Fields {
				names[f.Name] = true
			}
		}
	}
	var fields, props strings.Builder
	for _, name := range slices.Sorted(maps.Keys(names)) {
		fmt.Fprintf(&fields, "[%s]\nINDEXED = true\n\n", name)
	}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		fmt.Fprintf(&props, "[%s]\nKV_MODE = none\n\n", name)
	}
	return map[string]string{
		"default/app.conf":    "[install]\nstate = enabled\n\n[launcher]\nversion = 1.0.0\n",
		"default/fields.conf": fields.String(), "default/props.conf": props.String(),
		"default/indexes.conf":  "[riskreplay_scripts]\nhomePath = $SPLUNK_DB/riskreplay_scripts/db\ncoldPath = $SPLUNK_DB/riskreplay_scripts/colddb\nthawedPath = $SPLUNK_DB/riskreplay_scripts/thaweddb\n",
		"metadata/default.meta": "[]\nexport = system\n",
	}, nil
}
