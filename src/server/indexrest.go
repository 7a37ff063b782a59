package server

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

// Events are where the events of all indexes lie: index.Index is one.
type Events interface {
	// DropIndex removes all events of a named index.
	DropIndex(ctx context.Context, name string) (int, error)
	// Roll makes segments of what is in journals alone.
	Roll(ctx context.Context) error
}

// indexRoutes are the rows of indexes.
func (a *API) indexRoutes() []route {
	const all, one = "/data/indexes", "/data/indexes/{name}"
	return []route{
		{"GET", all, known, a.listIndexes},
		{"POST", all, mayIndexes, a.createIndex},
		{"GET", all + "/_new", known, a.newIndex},
		{"GET", one, known, a.showIndex},
		{"POST", one, mayIndexes, a.editIndex},
		{"DELETE", one, mayIndexes, a.removeIndex},
		{"POST", one + "/enable", mayIndexes, func(c *call) { a.switchIndex(c, "0") }},
		{"POST", one + "/disable", mayIndexes, func(c *call) { a.switchIndex(c, "1") }},
		{"POST", one + "/roll-hot-buckets", mayIndexes, a.rollIndex},
	}
}

// indexState is an index with what is in it.
type indexState struct {
	events      int
	first, last event.Time
	settings    *conf.Stanza
}

// indexStates are all indexes: those that are always there, those that were made, and
// those that have events.
func (a *API) indexStates(c *call) (map[string]*indexState, error) {
	out := map[string]*indexState{}
	for _, name := range ownIndexes {
		out[name] = &indexState{settings: &conf.Stanza{}}
	}
	if x := a.o.Known; x != nil {
		for _, name := range x.Names() {
			out[name] = &indexState{settings: &conf.Stanza{}}
		}
		for _, s := range x.stanzas() { // those that are disabled among them
			out[s.Name] = &indexState{settings: s}
		}
	}
	const count = `| tstats count min(_time) as first max(_time) as last where index=* OR index=_* by index`
	result, err := a.o.Runner.Run(c.r.Context(), job.Request{Search: count, Name: "data/indexes", Now: c.now})
	if err != nil {
		return nil, err
	}
	rows, err := results.ReadAll(c.r.Context(), result.Rows)
	if err != nil || rows.Column("index") == nil {
		return out, err
	}
	for i := range rows.Len {
		name := rows.Column("index").Text(i)
		if out[name] == nil {
			out[name] = &indexState{settings: &conf.Stanza{}}
		}
		out[name].read(rows, i)
	}
	return out, nil
}

func (s *indexState) read(rows *batch.Batch, at int) {
	s.events = atoi(rows.Column("count").Text(at), 0)
	s.first, _ = rows.Column("first").Time(at)
	s.last, _ = rows.Column("last").Time(at)
}

func (a *API) listIndexes(c *call) {
	all, err := a.indexStates(c)
	if err != nil {
		c.refuse(http.StatusInternalServerError, "ERROR", err.Error())
		return
	}
	list := make([]entry, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, a.indexEntry(c, name, all[name]))
	}
	a.sendFeed(c, list)
}

// indexDefaults are settings of an index in Splunk that has none of its own.
var indexDefaults = map[string]any{
	"maxTotalDataSizeMB": 500000, "frozenTimePeriodInSecs": 188697600, "maxDataSize": "auto", "maxHotBuckets": "3", "maxWarmDBCount": 300,
	"datatype": "event", "disabled": false, "enableOnlineBucketRepair": true, "coldToFrozenDir": "", "coldToFrozenScript": "", "blockSignSize": 0,
	"defaultDatabase": "main", "sync": "0", "assureUTF8": false, "isReady": true, "isVirtual": false, "suppressBannerList": "", "rotatePeriodInSecs": 60,
}

func (a *API) indexEntry(c *call, name string, s *indexState) entry {
	content := maps.Clone(indexDefaults)
	for _, setting := range s.settings.Settings {
		content[setting.Key] = shown(indexDefaults[setting.Key], setting.Value)
	}
	content["totalEventCount"], content["isInternal"] = s.events, strings.HasPrefix(name, "_")
	content["minTime"], content["maxTime"] = "", ""
	if s.events > 0 {
		content["minTime"], content["maxTime"] = s.first.Std().UTC().Format("2006-01-02T15:04:05-0700"), s.last.Std().UTC().Format("2006-01-02T15:04:05-0700")
	}
	return entry{
		name: name, path: "/servicesNS/nobody/system/data/indexes/" + segment(name), updated: c.now, content: content,
		acl: &access{app: "system", owner: "nobody", sharing: "system", removable: !slices.Contains(ownIndexes, name)}, fields: &fieldNames{optional: slices.Sorted(maps.Keys(indexDefaults))},
		actions: []string{"edit", "remove", "enable", "disable", "roll-hot-buckets"},
	}
}

// indexNamed is the index that a path names, nil and an answer when there is none.
func (a *API) indexNamed(c *call) (string, *indexState) {
	name := c.part("name")
	all, err := a.indexStates(c)
	switch {
	case err != nil:
		c.refuse(http.StatusInternalServerError, "ERROR", err.Error())
	case all[name] == nil:
		c.refuse(http.StatusNotFound, "ERROR", fmt.Sprintf("In handler 'indexes': there is no index %q", name))
	}
	return name, all[name]
}

func (a *API) showIndex(c *call) {
	if name, s := a.indexNamed(c); s != nil {
		a.sendFeed(c, []entry{a.indexEntry(c, name, s)})
	}
}

func (a *API) createIndex(c *call) {
	a.edits.Lock()
	defer a.edits.Unlock()
	name := c.body.Get("name")
	if !indexName(name) || name[0] == '_' {
		c.refuse(http.StatusBadRequest, "ERROR", fmt.Sprintf("cannot name an index %q: use lower-case letters, digits, - and _, and begin with a letter or a digit", name))
		return
	}
	all, err := a.indexStates(c)
	if err == nil && all[name] != nil {
		c.refuse(http.StatusConflict, "ERROR", fmt.Sprintf("In handler 'indexes': Index name=%s already exists", name))
		return
	}
	if err == nil {
		err = a.writeIndex(c, name)
	}
	if err != nil {
		c.refuseWrite(err)
		return
	}
	a.audit(c, "create index", "succeeded", map[string]string{"object": name})
	a.answerIndex(c, name, http.StatusCreated)
}

// writeIndex sets what a call says of an index.
func (a *API) writeIndex(c *call, name string) error {
	settings, err := c.given(objects{})
	if err != nil {
		return err
	}
	settings = slices.DeleteFunc(settings, func(s conf.Setting) bool { _, known := indexDefaults[s.Key]; return !known })
	return a.o.Known.edit(name, settings)
}

func (a *API) answerIndex(c *call, name string, status int) {
	all, err := a.indexStates(c)
	if err != nil || all[name] == nil {
		c.refuse(http.StatusInternalServerError, "ERROR", "the index cannot be read again")
		return
	}
	a.sendFeedAs(c, status, []entry{a.indexEntry(c, name, all[name])})
}

// emptied is a frozenTimePeriodInSecs so short that all events are older: with it
// Splunk's clients empty an index.
const emptied = 60

func (a *API) editIndex(c *call) {
	a.edits.Lock()
	defer a.edits.Unlock()
	name, s := a.indexNamed(c)
	if s == nil {
		return
	}
	err := a.writeIndex(c, name)
	if n := atoi(c.body.Get("frozenTimePeriodInSecs"), emptied+1); err == nil && n > 0 && n < emptied && a.o.Events != nil {
		_, err = a.o.Events.DropIndex(c.r.Context(), name)
		a.audit(c, "clean index", "succeeded", map[string]string{"object": name})
	}
	if err != nil {
		c.refuseWrite(err)
		return
	}
	a.answerIndex(c, name, http.StatusOK)
}

func (a *API) switchIndex(c *call, disabled string) {
	a.edits.Lock()
	defer a.edits.Unlock()
	name, s := a.indexNamed(c)
	if s == nil {
		return
	}
	if err := a.o.Known.edit(name, []conf.Setting{{Key: "disabled", Value: disabled}}); err != nil {
		c.refuseWrite(err)
		return
	}
	a.answerIndex(c, name, http.StatusOK)
}

// removeIndex removes an index with its events.
func (a *API) removeIndex(c *call) {
	a.edits.Lock()
	defer a.edits.Unlock()
	name, s := a.indexNamed(c)
	if s == nil {
		return
	}
	if slices.Contains(ownIndexes, name) || strings.HasPrefix(name, "_") {
		c.refuse(http.StatusForbidden, "ERROR", fmt.Sprintf("cannot remove the index %q: it belongs to the server", name))
		return
	}
	var err error
	if a.o.Events != nil {
		_, err = a.o.Events.DropIndex(c.r.Context(), name)
	}
	if err == nil {
		err = a.o.Known.remove(name)
	}
	if err != nil {
		c.refuseWrite(err)
		return
	}
	a.audit(c, "remove index", "succeeded", map[string]string{"object": name})
	a.listIndexes(c)
}

// newIndex tells what an index can be made of.
func (a *API) newIndex(c *call) {
	fields := &fieldNames{optional: slices.Sorted(maps.Keys(indexDefaults))}
	a.sendFeed(c, []entry{{name: "_new", path: "/services/data/indexes/_new", updated: c.now, content: map[string]any{}, fields: fields.withName()}})
}

func (a *API) rollIndex(c *call) {
	if _, s := a.indexNamed(c); s == nil {
		return
	}
	if a.o.Events != nil {
		if err := a.o.Events.Roll(c.r.Context()); err != nil {
			c.refuse(http.StatusInternalServerError, "ERROR", err.Error())
			return
		}
	}
	c.refuse(http.StatusOK, "INFO", "Rolled.")
}
