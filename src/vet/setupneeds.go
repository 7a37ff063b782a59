package vet

import (
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// Needs is what an app needs of a Splunk.
type Needs struct {
	// App is its id, Version that of [launcher].
	App, Version string

	searches []search
}

// search is a saved search of the app.
type search struct {
	name string
	text *diag.Text
	// detection is the detection's name, "" when it is none; risk and notable are
	// what it does on a finding.
	detection     string
	risk, notable bool
	// twin is the search that writes the detection's risk events without Enterprise
	// Security, "" when there is none.
	twin string
}

const (
	ruleEnding = " - Rule"
	twinEnding = " - Risk without ES"
)

// NeedsOf reads from an app's conf what it needs.
func NeedsOf(app conf.App) (Needs, diag.List) {
	apps := []conf.App{app}
	settings, problems := conf.Load("app.conf", apps, app.ID)
	saved, more := conf.Load("savedsearches.conf", apps, app.ID)
	n := Needs{App: app.ID}
	if s, ok := settings.Stanza("launcher"); ok {
		n.Version = s.Get("version")
	}
	for _, s := range saved.Stanzas() {
		text, _ := s.Lookup("search")
		found := search{name: s.Name, text: text.Text, risk: truth(s.Get("action.risk")), notable: truth(s.Get("action.notable"))}
		if name, ok := strings.CutSuffix(s.Name, ruleEnding); ok {
			if _, ok := saved.Stanza(name + twinEnding); ok {
				found.twin = name + twinEnding
			}
			_, found.detection, _ = strings.Cut(name, " - ")
		}
		if found.text != nil {
			n.searches = append(n.searches, found)
		}
	}
	return n, append(problems, more...)
}

// macros are the macros that the app's searches use, given those that a Splunk
// has, in order of first use: drop_dm_object_name(1). In used they stand with the
// search that uses them first.
func (n Needs) macros(find func(name string) (definition string, args []string, ok bool)) (names []string, used map[string]string) {
	used = map[string]string{}
	for _, s := range n.searches {
		spl.Expand(s.text, func(name string, nargs int) (spl.Macro, bool) {
			full := macroName(name, nargs)
			if used[full] == "" {
				used[full] = s.name
				names = append(names, full)
			}
			definition, args, ok := find(full)
			return spl.Macro{Name: name, Args: args, Definition: definition, Text: &diag.Text{Name: full, Body: definition}}, ok
		})
	}
	return names, used
}
