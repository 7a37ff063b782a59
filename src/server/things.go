package server

import (
	"net/http"
	"net/url"
	"runtime"
	"strconv"

	"riskreplay/src/job"
	"riskreplay/src/results"
)

// What the server says it is: clients choose addresses and forms by the version.
const (
	version = "10.0.0"
	build   = "riskreplay"
)

// info tells who this is (server/info).
func (a *API) info(c *call) {
	a.sendFeed(c, []entry{{name: "server-info", path: "/services/server/info/server-info", updated: a.o.Clock.Now(), content: map[string]any{
		"serverName": "riskreplay", "version": version, "build": build, "guid": a.guid, "os_name": runtime.GOOS, "cpu_arch": runtime.GOARCH,
		"numberOfCores": runtime.NumCPU(), "product_type": "enterprise", "isFree": false, "isTrial": false, "licenseState": "OK",
		"mode": "normal", "server_roles": []string{"indexer", "search_head"},
	}}})
}

// apps lists the apps that searches may run in (apps/local).
func (a *API) apps(c *call) {
	list := make([]entry, 0, len(a.o.Apps))
	for _, app := range a.o.Apps {
		list = append(list, entry{name: app.ID, path: "/servicesNS/nobody/system/apps/local/" + url.PathEscape(app.ID), updated: a.o.Clock.Now(), content: map[string]any{
			"label": app.Label, "version": app.Version, "disabled": false, "visible": true, "configured": true,
		}})
	}
	a.sendFeed(c, list)
}

// indexes lists the indexes that have events, and main (data/indexes).
func (a *API) indexes(c *call) {
	const search = `| tstats count where index=* OR index=_* by index | append [| makeresults | eval index="main", count=0 | fields index count] | stats sum(count) as count by index`
	result, err := a.o.Runner.Run(c.r.Context(), job.Request{Search: search, Name: "data/indexes", Now: a.o.Clock.Now()})
	if err != nil {
		c.refuse(http.StatusInternalServerError, "ERROR", err.Error())
		return
	}
	rows, err := results.ReadAll(c.r.Context(), result.Rows)
	if err != nil {
		c.refuse(http.StatusInternalServerError, "ERROR", err.Error())
		return
	}
	list := make([]entry, 0, rows.Len)
	for i := range rows.Len {
		name := rows.Column("index").Text(i)
		count, _ := strconv.Atoi(rows.Column("count").Text(i)) // it is a number
		list = append(list, entry{name: name, path: "/servicesNS/nobody/system/data/indexes/" + url.PathEscape(name), updated: a.o.Clock.Now(), content: map[string]any{
			"totalEventCount": count, "disabled": false, "datatype": "event", "isInternal": name[:1] == "_",
		}})
	}
	a.sendFeed(c, list)
}
