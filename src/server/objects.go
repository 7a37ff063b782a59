package server

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// objects are the stanzas of a .conf file as things of the API: saved searches,
// macros, event types, or any file's.
type objects struct {
	// file is the .conf file; a part {file} of the path when empty.
	file string
	// path is below /services; a thing's own has its name behind it.
	path string
	// change is what changing one needs.
	change capability
	// content is a stanza as the API shows it; nil is its settings as written.
	content func(*call, *conf.Stanza) map[string]any
	// fields are the settings that one has; required are asked for when one is made.
	fields *fieldNames
	// settings turns the parameters of a call into settings, and refuses those that
	// are wrong; nil takes them as they are.
	settings func(*call, []conf.Setting) ([]conf.Setting, error)
	// shown leaves stanzas out of lists; nil shows all.
	shown   func(*conf.Stanza) bool
	actions []string
	marks   *marks // of the call
}

// objectRoutes are the rows of the table for listing, making, changing and removing.
func (a *API) objectRoutes(o objects) []route {
	one := o.path + "/{name}"
	with := func(do func(*call, objects)) func(*call) {
		return func(c *call) {
			if c.r.Method != http.MethodGet {
				a.edits.Lock() // what is found is what is changed
				defer a.edits.Unlock()
			}
			if o, ok := a.in(c, o); ok {
				do(c, o)
			}
		}
	}
	return []route{
		{"GET", o.path, maySearch, with(a.listObjects)},
		{"POST", o.path, o.change, with(a.createObject)},
		{"GET", o.path + "/_new", maySearch, with(a.newObject)},
		{"GET", o.path + "/_reload", maySearch, with(a.listObjects)},
		{"POST", o.path + "/_reload", maySearch, with(a.listObjects)},
		{"GET", one, maySearch, with(a.showObject)},
		{"POST", one, o.change, with(a.editObject)},
		{"DELETE", one, o.change, with(a.removeObject)},
		{"POST", one + "/enable", o.change, with(func(c *call, o objects) { a.switchObject(c, o, "0") })},
		{"POST", one + "/disable", o.change, with(func(c *call, o objects) { a.switchObject(c, o, "1") })},
		{"POST", one + "/_reload", maySearch, with(a.showObject)},
		{"GET", one + "/acl", maySearch, with(a.showObject)},
		{"POST", one + "/acl", o.change, with(a.setAccess)},
	}
}

// in is the objects of a call: those of the file that the path names. Nobody is
// answered when there can be none of that name.
func (a *API) in(c *call, o objects) (objects, bool) {
	if o.file == "" {
		name := c.part("file")
		if !folderName(name) || len(name) > 80 {
			c.refuse(http.StatusNotFound, "ERROR", fmt.Sprintf("there can be no .conf file of the name %q", name))
			return o, false
		}
		o.file = name + ".conf"
		o.path = strings.ReplaceAll(o.path, "{file}", segment(name))
	}
	if app := a.namespace(c); app != "-" && !a.o.Layers.has(app) {
		c.refuse(http.StatusNotFound, "ERROR", fmt.Sprintf("there is no app %q here", app))
		return o, false
	}
	o.marks = a.o.Layers.marks(o.file)
	return o, true
}

// namespace is the app that a call is about: the path's, or the default; "-" is all.
func (a *API) namespace(c *call) string {
	if app := c.part("app"); app != "" {
		return app
	}
	return a.o.Layers.Default()
}

// all is the stanzas that a call sees.
func (a *API) all(c *call, o objects) []*conf.Stanza {
	app := a.namespace(c)
	switch {
	case slices.Contains(hidden, o.file) && o.path != "/storage/passwords":
		return nil // it holds secrets
	case app == "-":
		return a.o.Layers.Each(o.file)
	}
	return a.o.Layers.Conf(o.file, app).Stanzas()
}

func (a *API) listObjects(c *call, o objects) {
	var list []entry
	for _, s := range a.all(c, o) {
		if o.shown == nil || o.shown(s) {
			list = append(list, a.object(c, o, s))
		}
	}
	a.sendFeed(c, list)
}

// find is the stanza that a call names, nil and an answer when there is none.
func (a *API) find(c *call, o objects) *conf.Stanza {
	if s := a.lookup(c, o, c.part("name")); s != nil {
		return s
	}
	c.refuse(http.StatusNotFound, "ERROR", fmt.Sprintf("Could not find object id=%s", c.part("name")))
	return nil
}

func (a *API) lookup(c *call, o objects, name string) *conf.Stanza {
	if name == "default" {
		app := a.namespace(c)
		s, ok := a.o.Layers.Conf(o.file, app).Stanza(name)
		if !ok {
			s = &conf.Stanza{Name: name, App: app}
		}
		return s
	}
	for _, s := range a.all(c, o) {
		if s.Name == name {
			return s
		}
	}
	return nil
}

func (a *API) showObject(c *call, o objects) {
	if s := a.find(c, o); s != nil {
		a.sendFeed(c, []entry{a.object(c, o, s)})
	}
}

// newObject tells what one can be made of.
func (a *API) newObject(c *call, o objects) {
	a.sendFeed(c, []entry{{name: "_new", path: o.path + "/_new", updated: c.now, content: map[string]any{}, fields: o.fields.withName()}})
}

// object is a stanza as an entry.
func (a *API) object(c *call, o objects, s *conf.Stanza) entry {
	who := o.access(s)
	content := map[string]any{"eai:appName": s.App, "eai:userName": who.owner}
	if o.content != nil {
		for key, value := range o.content(c, s) {
			content[key] = value
		}
	} else {
		content["disabled"] = isTrue(s.Get("disabled"))
		for _, setting := range s.Settings {
			if setting.Key != "disabled" {
				content[setting.Key] = setting.Value
			}
		}
	}
	return entry{
		name: s.Name, path: "/servicesNS/nobody/" + segment(s.App) + o.path + "/" + segment(s.Name), updated: c.now,
		content: content, acl: who, fields: o.fields, actions: append([]string{"edit", "remove", "enable", "disable", "acl", "_reload"}, o.actions...),
	}
}

// marks are what is known of the stanzas of a file beside their settings.
type marks struct {
	// shipped are those that came with an app, by app and name.
	shipped map[[2]string]bool
	// metas are the apps' local.meta.
	metas map[string]*conf.File
}

func (l *Layers) marks(file string) *marks {
	l.mu.RLock()
	defer l.mu.RUnlock()
	m := &marks{shipped: map[[2]string]bool{}, metas: map[string]*conf.File{}}
	for _, id := range l.ids {
		c, _ := conf.Load(file, l.came(id), id)
		for _, s := range c.Stanzas() {
			m.shipped[[2]string{id, s.Name}] = true
		}
		if folderName(id) {
			m.metas[id], _, _ = readConf(filepath.Join(l.dir, id, "metadata", "local.meta")) // without it nothing is known
		}
	}
	return m
}

// meta is what metadata says of a stanza.
func (m *marks) meta(app, file, stanza string) *conf.Stanza {
	if f := m.metas[app]; f != nil {
		if s, ok := f.Stanza(metaName(strings.TrimSuffix(file, ".conf"), stanza)); ok {
			return s
		}
	}
	return &conf.Stanza{}
}

// access is whose a stanza is, as its app's metadata has it.
func (o *objects) access(s *conf.Stanza) *access {
	meta := o.marks.meta(s.App, o.file, s.Name)
	out := &access{app: s.App, owner: "nobody", sharing: "app", removable: !o.marks.shipped[[2]string{s.App, s.Name}]}
	if owner := meta.Get("owner"); owner != "" {
		out.owner = owner
	}
	if s.App == "system" {
		out.sharing = "system"
	} else if meta.Get("export") == "system" {
		out.sharing = "global"
	}
	if perms, ok := meta.Lookup("access"); ok {
		out.read, out.write = readPerms(perms.Value)
	}
	return out
}

// readPerms reads "read : [ a, b ], write : [ c ]".
func readPerms(text string) (read, write []string) {
	for _, part := range strings.Split(text, "]") {
		what, names, _ := strings.Cut(part, "[")
		var list []string
		for _, name := range strings.Split(names, ",") {
			if name = strings.TrimSpace(name); name != "" {
				list = append(list, name)
			}
		}
		switch {
		case strings.Contains(what, "read"):
			read = list
		case strings.Contains(what, "write"):
			write = list
		}
	}
	return read, write
}

// notSettings are parameters of a call that are no settings of a thing.
var notSettings = []string{"name", "output_mode", "count", "offset", "f", "search_filter", "sort_key", "sort_dir", "sort_mode", "trigger_actions"}

// given are the settings that a call wants to have, in the order of their names.
func (c *call) given(o objects) ([]conf.Setting, error) {
	var out []conf.Setting
	for key, values := range c.body {
		if slices.Contains(notSettings, key) || strings.HasPrefix(key, "eai:") || strings.HasPrefix(key, "__") || key == "perms.read" || key == "perms.write" {
			continue
		}
		value := strings.Trim(strings.ReplaceAll(values[len(values)-1], "\r\n", "\n"), " \t\n\v\f\r")
		if value == "True" || value == "False" { // so Python writes them
			value = map[bool]string{true: "1", false: "0"}[value == "True"]
		}
		out = append(out, conf.Setting{Key: key, Value: value})
	}
	slices.SortFunc(out, func(a, b conf.Setting) int { return strings.Compare(a.Key, b.Key) })
	if o.settings != nil {
		return o.settings(c, out)
	}
	return out, nil
}

// closed are the files that the API does not write: what would start programs or
// holds secrets that have their own resources.
var closed = []string{"commands.conf", "inputs.conf", "passwords.conf", "alert_actions.conf", "authentication.conf", "authorize.conf", "server.conf", "web.conf"}

// writable tells whether a call may change something, and answers when not.
func (a *API) writable(c *call, o objects, app string) bool {
	switch {
	case slices.Contains(closed, o.file):
		c.refuse(http.StatusForbidden, "ERROR", o.file+" is not changed over REST here: edit the file in the app's folder")
	case app == "-" || c.part("owner") == "-" && c.r.Method == http.MethodPost && c.part("name") == "":
		c.refuse(http.StatusBadRequest, "ERROR", "cannot write with a wildcard in the namespace: name the app")
	default:
		return true
	}
	return false
}

func (a *API) createObject(c *call, o objects) {
	name, app := c.body.Get("name"), a.namespace(c)
	settings, err := c.given(o)
	switch {
	case !a.writable(c, o, app):
		return
	case strings.TrimSpace(name) == "" || len(name) > 1024:
		c.refuse(http.StatusBadRequest, "ERROR", "expected a name, of 1,024 bytes at most")
		return
	case a.lookup(c, o, name) != nil:
		c.refuse(http.StatusConflict, "ERROR", fmt.Sprintf("Unable to create %q: an object with name=%s already exists", o.path, name))
		return
	case err != nil:
		c.refuseWrite(err)
		return
	}
	if o.fields != nil {
		for _, key := range o.fields.required {
			if !slices.ContainsFunc(settings, func(s conf.Setting) bool { return s.Key == key && s.Value != "" }) {
				c.refuse(http.StatusBadRequest, "ERROR", fmt.Sprintf("expected the parameter %q", key))
				return
			}
		}
	}
	if err := a.o.Layers.edit(app, o.file, name, settings); err != nil {
		c.refuseWrite(err)
		return
	}
	kind := strings.TrimSuffix(o.file, ".conf")
	if err := a.o.Layers.setMeta(app, kind, name, []conf.Setting{{Key: "owner", Value: c.who.name}}); err != nil {
		c.refuseWrite(err)
		return
	}
	o.marks = a.o.Layers.marks(o.file)
	a.sendFeedAs(c, http.StatusCreated, []entry{a.object(c, o, a.lookup(c, o, name))})
}

// refuseWrite answers why nothing was written: a wrong value, or a disk that does not
// take it.
func (c *call) refuseWrite(err error) {
	if m := (diag.Message{}); errors.As(err, &m) {
		c.refuse(http.StatusBadRequest, "ERROR", m.Error())
		return
	}
	c.refuse(http.StatusInternalServerError, "ERROR", "cannot write the configuration: "+err.Error())
}

func (a *API) editObject(c *call, o objects) {
	s := a.find(c, o)
	if s == nil || !a.writable(c, o, s.App) {
		return
	}
	settings, err := c.given(o)
	if err == nil && s.Name != "default" { // as in Splunk what holds for all is not changed here
		err = a.o.Layers.edit(s.App, o.file, s.Name, settings)
	}
	if err != nil {
		c.refuseWrite(err)
		return
	}
	a.showObject(c, o)
}

// switchObject sets disabled.
func (a *API) switchObject(c *call, o objects, disabled string) {
	s := a.find(c, o)
	if s == nil || !a.writable(c, o, s.App) {
		return
	}
	if err := a.o.Layers.edit(s.App, o.file, s.Name, []conf.Setting{{Key: "disabled", Value: disabled}}); err != nil {
		c.refuseWrite(err)
		return
	}
	a.showObject(c, o)
}

func (a *API) removeObject(c *call, o objects) {
	s := a.find(c, o)
	if s == nil || !a.writable(c, o, s.App) {
		return
	}
	if o.marks.shipped[[2]string{s.App, s.Name}] {
		c.refuse(http.StatusForbidden, "ERROR", fmt.Sprintf("cannot remove %q: it comes with the app %q; disable it", s.Name, s.App))
		return
	}
	err := a.o.Layers.remove(s.App, o.file, s.Name)
	if err == nil {
		err = a.o.Layers.setMeta(s.App, strings.TrimSuffix(o.file, ".conf"), s.Name, nil)
	}
	if err != nil {
		c.refuseWrite(err)
		return
	}
	a.listObjects(c, o)
}

// setAccess sets owner, sharing (app or global) and the roles that may read and
// write; user is taken as app.
func (a *API) setAccess(c *call, o objects) {
	s := a.find(c, o)
	if s == nil || !a.writable(c, o, s.App) {
		return
	}
	sharing, owner := c.body.Get("sharing"), c.body.Get("owner")
	if !slices.Contains([]string{"user", "app", "global"}, sharing) || owner == "" || strings.TrimSpace(owner) != owner {
		c.refuse(http.StatusBadRequest, "ERROR", "expected owner, and sharing user, app or global")
		return
	}
	settings := []conf.Setting{{Key: "owner", Value: owner}, {Key: "export", Value: map[bool]string{true: "system", false: "none"}[sharing == "global"]}}
	if c.body.Has("perms.read") || c.body.Has("perms.write") {
		settings = append(settings, conf.Setting{Key: "access", Value: "read : [ " + c.names("perms.read") + " ], write : [ " + c.names("perms.write") + " ]"})
	}
	if err := a.o.Layers.setMeta(s.App, strings.TrimSuffix(o.file, ".conf"), s.Name, settings); err != nil {
		c.refuseWrite(err)
		return
	}
	o.marks = a.o.Layers.marks(o.file)
	a.showObject(c, o)
}

// names are the names in a list of them, of the signs that a name may have.
func (c *call) names(parameter string) string {
	var out []string
	for _, value := range c.body[parameter] {
		for _, name := range strings.Split(value, ",") {
			if name = strings.TrimSpace(name); name == "*" || plainName(name) {
				out = append(out, name)
			}
		}
	}
	return strings.Join(out, ", ")
}
