package conf

import (
	"net/url"
	"strings"

	"riskreplay/src/diag"
)

// exports tells what an app shows to the others. Its keys are the stanza names
// of metadata/default.meta and local.meta, decoded: "" for the whole app,
// "macros", "macros/name", and, as Splunk writes them for props.conf,
// "props/stanza/KEY".
type exports map[string]bool

// readExports reads an app's metadata; what local.meta says replaces what
// default.meta says of the same name.
func readExports(app App, into exports) diag.List {
	var list diag.List
	for _, path := range []string{"metadata/default.meta", "metadata/local.meta"} {
		file, messages := app.read(path)
		list = append(list, messages...)
		for _, s := range file.Stanzas {
			if value, ok := s.Lookup("export"); ok {
				into[decode(s.Name)] = value.Value == "system"
			}
		}
	}
	return list
}

// decode undoes the URL encoding of a name; a name that is not encoded rightly
// stands for itself.
func decode(name string) string {
	if !strings.Contains(name, "%") {
		return name
	}
	if plain, err := url.PathUnescape(name); err == nil {
		return plain
	}
	return name
}

// shows tells whether a stanza is exported (key "") or a setting of it: the most
// specific entry counts, and without any nothing is.
func (e exports) shows(kind, stanza, key string) bool {
	name := kind + "/" + stanza
	if key != "" {
		if yes, ok := e[name+"/"+key]; ok {
			return yes
		}
	}
	for _, name := range []string{name, kind, ""} {
		if yes, ok := e[name]; ok {
			return yes
		}
	}
	return false
}
