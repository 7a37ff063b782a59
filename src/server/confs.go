package server

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"riskreplay/src/conf"
)

// confRoutes are the rows of .conf files, and of what has a resource of its own but is
// a file's stanzas all the same.
func (a *API) confRoutes() []route {
	out := []route{
		{"GET", "/properties", maySearch, a.listFiles},
		{"POST", "/properties", mayAdmin, a.createFile},
		{"GET", "/properties/{file}", maySearch, a.fileStanzas},
		{"POST", "/properties/{file}", mayAdmin, a.createStanza},
		{"GET", "/properties/{file}/{name}", maySearch, a.stanzaKeys},
		{"POST", "/properties/{file}/{name}", mayAdmin, a.editStanza},
		{"GET", "/properties/{file}/{name}/{key}", maySearch, a.stanzaValue},
		{"GET", "/data/lookup-table-files", maySearch, a.lookupFiles},
	}
	for _, o := range []objects{
		{path: "/configs/conf-{file}", change: mayAdmin, fields: &fieldNames{optional: []string{"disabled"}, wildcard: []string{"*"}}},
		{path: "/saved/eventtypes", file: "eventtypes.conf", change: maySchedule, fields: &fieldNames{required: []string{"search"}, optional: []string{"description", "disabled", "priority", "tags"}}},
		{
			path: "/data/transforms/lookups", file: "transforms.conf", change: mayAdmin, fields: &fieldNames{wildcard: []string{"*"}},
			shown: func(s *conf.Stanza) bool {
				return s.Get("filename") != "" || s.Get("collection") != "" || s.Get("external_cmd") != ""
			},
		},
	} {
		out = append(out, a.objectRoutes(o)...)
	}
	return out
}

// hidden are the files that hold secrets: their resources show who may see them.
var hidden = []string{"passwords.conf", "inputs.conf", "authentication.conf"}

// fileEntries lists what has a name in a .conf file's place of properties.
func (a *API) fileEntries(c *call, names []string) {
	list := make([]entry, 0, len(names))
	for _, name := range names {
		list = append(list, entry{name: name, path: path.Clean(c.r.URL.Path) + "/" + segment(name), updated: c.now, content: map[string]any{}})
	}
	if c.form.Get("count") == "" {
		c.form.Set("count", "0")
	}
	a.sendFeed(c, list)
}

func (a *API) listFiles(c *call) { a.fileEntries(c, a.confNames()) }

// everywhere are the .conf files that every Splunk has, with or without stanzas here.
var everywhere = []string{
	"alert_actions", "app", "collections", "commands", "datamodels", "eventtypes", "fields", "indexes", "inputs", "limits", "macros", "outputs", "props",
	"savedsearches", "searchbnf", "server", "tags", "times", "transforms", "web", "workflow_actions",
}

// confNames are all .conf files, by name.
func (a *API) confNames() []string {
	names := append(slices.Clone(everywhere), a.o.Layers.files()...)
	slices.Sort(names)
	return slices.Compact(names)
}

// createFile makes an empty .conf file (__conf).
func (a *API) createFile(c *call) {
	name := c.body.Get("__conf")
	o := objects{file: name + ".conf"}
	app := a.namespace(c)
	switch {
	case !folderName(name) || len(name) > 80:
		c.refuse(http.StatusBadRequest, "ERROR", fmt.Sprintf("cannot name a .conf file %q", name))
	case !a.writable(c, o, app):
	case slices.Contains(a.confNames(), name):
		c.w.Header().Set("Location", "/services/properties/"+segment(name))
		c.refuse(http.StatusSeeOther, "INFO", "the file is there already")
	default:
		if err := a.o.Layers.write(app, path.Join("local", o.file), func(f *conf.File) (string, error) { return f.String(), nil }); err != nil {
			c.refuseWrite(err)
			return
		}
		c.w.Header().Set("Location", "/services/properties/"+segment(name))
		c.refuse(http.StatusCreated, "INFO", "Created.")
	}
}

// file is the file that a path of properties names; false and an answer when there is
// none.
func (a *API) file(c *call) (objects, bool) {
	o, ok := a.in(c, objects{path: "/properties/{file}"})
	if !ok {
		return o, false
	}
	if !slices.Contains(a.confNames(), strings.TrimSuffix(o.file, ".conf")) || a.namespace(c) == "-" {
		c.refuse(http.StatusNotFound, "ERROR", o.file+" does not exist")
		return o, false
	}
	return o, true
}

func (a *API) fileStanzas(c *call) {
	o, ok := a.file(c)
	if !ok {
		return
	}
	var names []string
	for _, s := range a.all(c, o) {
		names = append(names, s.Name)
	}
	a.fileEntries(c, names)
}

// createStanza makes an empty stanza (__stanza).
func (a *API) createStanza(c *call) {
	a.edits.Lock()
	defer a.edits.Unlock()
	o, ok := a.file(c)
	if !ok || !a.writable(c, o, a.namespace(c)) {
		return
	}
	name := c.body.Get("__stanza")
	if name == "" || len(name) > 1024 {
		c.refuse(http.StatusBadRequest, "ERROR", "expected __stanza, of 1,024 bytes at most")
		return
	}
	if err := a.o.Layers.edit(a.namespace(c), o.file, name, nil); err != nil {
		c.refuseWrite(err)
		return
	}
	c.w.Header().Set("Location", "/services"+o.path+"/"+segment(name))
	c.refuse(http.StatusCreated, "INFO", "Created.")
}

func (a *API) stanzaKeys(c *call) {
	o, ok := a.file(c)
	if !ok {
		return
	}
	s := a.find(c, o)
	if s == nil {
		return
	}
	list := []entry{}
	for _, setting := range s.Settings {
		list = append(list, entry{
			name: setting.Key, path: path.Clean(c.r.URL.Path) + "/" + segment(setting.Key), updated: c.now, content: map[string]any{setting.Key: setting.Value},
		})
	}
	c.form.Set("count", "0")
	a.sendFeed(c, list)
}

func (a *API) editStanza(c *call) {
	a.edits.Lock()
	defer a.edits.Unlock()
	o, ok := a.file(c)
	if !ok || !a.writable(c, o, a.namespace(c)) {
		return
	}
	settings, err := c.given(o)
	if err == nil {
		err = a.o.Layers.edit(a.namespace(c), o.file, c.part("name"), settings)
	}
	if err != nil {
		c.refuseWrite(err)
		return
	}
	c.refuse(http.StatusOK, "INFO", "Successfully modified the stanza.")
}

// stanzaValue is one value, as plain text.
func (a *API) stanzaValue(c *call) {
	o, ok := a.file(c)
	if !ok {
		return
	}
	s := a.find(c, o)
	if s == nil {
		return
	}
	setting, ok := s.Lookup(c.part("key"))
	if !ok {
		c.refuse(http.StatusNotFound, "ERROR", fmt.Sprintf("there is no setting %q", c.part("key")))
		return
	}
	if wantsJSON(c.r) {
		sendJSON(c.w, http.StatusOK, map[string]string{setting.Key: setting.Value})
		return
	}
	send(c.w, http.StatusOK, "text/plain; charset=UTF-8", []byte(setting.Value))
}

// lookupFiles lists the lookup tables that apps have as files.
func (a *API) lookupFiles(c *call) {
	app := a.namespace(c)
	var list []entry
	for _, one := range a.o.Layers.Apps() {
		if app != "-" && one.ID != app {
			continue
		}
		files, _ := fs.ReadDir(one.FS, "lookups") // an app need have none
		for _, f := range files {
			if f.IsDir() || strings.HasPrefix(f.Name(), ".") {
				continue
			}
			list = append(list, entry{
				name: f.Name(), path: "/servicesNS/nobody/" + segment(one.ID) + "/data/lookup-table-files/" + segment(f.Name()), updated: c.now,
				content: map[string]any{"eai:appName": one.ID, "disabled": false}, acl: &access{app: one.ID, owner: "nobody", sharing: "app"},
			})
		}
	}
	a.sendFeed(c, list)
}
