package server

import (
	"net/http"
	"runtime"
	"slices"
)

// What the server says it is: clients choose addresses and forms by the version.
const (
	version = "10.0.0"
	build   = "riskreplay"
)

// info tells who this is (server/info).
func (a *API) info(c *call) {
	a.sendFeed(c, []entry{{name: "server-info", path: "/services/server/info/server-info", updated: c.now, content: map[string]any{
		"serverName": "riskreplay", "host": "riskreplay", "version": version, "build": build, "guid": a.guid, "os_name": runtime.GOOS, "cpu_arch": runtime.GOARCH,
		"numberOfCores": runtime.NumCPU(), "product_type": "enterprise", "isFree": false, "isTrial": false, "licenseState": "OK", "license_labels": []string{"none"},
		"mode": "normal", "activeLicenseGroup": "none", "rtsearch_enabled": false, "server_roles": []string{"indexer", "search_head"}, "startup_time": a.began.Unix(),
		"fips_mode": false, "isForwarding": false, "master_guid": a.guid, "os_build": "", "licenseKeys": []string{}, "licenseSignature": "", "os_version": "", "os_name_extended": runtime.GOOS,
	}}})
}

// settings tells how the server is set up; where its files are is not told.
func (a *API) settings(c *call) {
	a.sendFeed(c, []entry{{name: "settings", path: "/services/server/settings/settings", updated: c.now, content: map[string]any{
		"SPLUNK_HOME": "/", "SPLUNK_DB": "/", "serverName": "riskreplay", "host": "riskreplay", "enableSplunkWebSSL": false, "httpport": 0, "mgmtHostPort": c.r.Host,
		"startwebserver": false, "sessionTimeout": "1h", "minFreeSpace": 0, "pass4SymmKey": "", "trustedIP": "",
	}}})
}

// notices are what the server has to say to who looks after it: nothing, it says it
// where it was started.
func (a *API) notices(c *call) { a.sendFeed(c, nil) }

// capabilities are all that somebody may be allowed.
func (a *API) capabilities(c *call) {
	a.sendFeed(c, []entry{{name: "capabilities", path: "/services/authorization/capabilities/capabilities", updated: c.now, content: map[string]any{
		"capabilities": user{role: RoleAdmin}.capabilities(),
	}}})
}

// appEntries are the apps, each with what its app.conf says.
func (a *API) appEntries(c *call) []entry {
	var list []entry
	for _, id := range a.o.Layers.ids {
		if id == "system" {
			continue // its files are those of no app
		}
		app := App{ID: id, Label: id}
		if i := slices.IndexFunc(a.o.Apps, func(app App) bool { return app.ID == id }); i >= 0 {
			app = a.o.Apps[i]
		}
		content := map[string]any{
			"label": app.Label, "version": app.Version, "disabled": false, "visible": true, "configured": true, "check_for_updates": false,
			"author": "", "description": "", "core": !slices.ContainsFunc(a.o.Apps, func(app App) bool { return app.ID == id }), "state_change_requires_restart": false,
		}
		file := a.o.Layers.Conf("app.conf", id)
		for stanza, keys := range map[string][]string{"launcher": {"author", "description", "version"}, "ui": {"label"}, "id": {"version"}} {
			if s, ok := file.Stanza(stanza); ok && s.App == id {
				for _, key := range keys {
					if value := s.Get(key); value != "" && (key != "version" || app.Version == "") && (key != "label" || app.Label == id) {
						content[key] = value
					}
				}
			}
		}
		list = append(list, entry{
			name: id, path: "/servicesNS/nobody/system/apps/local/" + segment(id), updated: c.now, content: content,
			acl: &access{app: id, owner: "nobody", sharing: "app", adminOnly: true}, fields: &fieldNames{optional: []string{"label", "version"}},
		})
	}
	return list
}

// apps lists the apps that searches may run in (apps/local).
func (a *API) apps(c *call) { a.sendFeed(c, a.appEntries(c)) }

func (a *API) showApp(c *call) {
	for _, e := range a.appEntries(c) {
		if e.name == c.part("name") {
			a.sendFeed(c, []entry{e})
			return
		}
	}
	c.refuse(http.StatusNotFound, "ERROR", "Could not find object id="+c.part("name"))
}
