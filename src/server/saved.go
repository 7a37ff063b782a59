package server

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/schedule"
	"riskreplay/src/splunktime"
)

// savedSearches are the saved searches as things of the API.
func (a *API) savedSearches() objects {
	return objects{
		file: "savedsearches.conf", path: "/saved/searches", change: maySchedule, content: a.savedContent, settings: savedSettings,
		fields:  &fieldNames{required: []string{"search"}, optional: savedFields(), wildcard: []string{"action.*", "args.*", "dispatch.*", "display.*", "alert.*", "request.*"}},
		actions: []string{"dispatch", "history"},
	}
}

// savedRoutes are the rows of saved searches beyond those that all stanzas have.
func (a *API) savedRoutes() []route {
	const one = "/saved/searches/{name}"
	return append([]route{
		{"POST", one + "/dispatch", maySearch, a.dispatch},
		{"GET", one + "/history", maySearch, a.history},
		{"GET", one + "/scheduled_times", maySearch, a.scheduledTimes},
		{"GET", one + "/suppress", maySearch, a.showSuppression},
		{"POST", one + "/suppress", maySchedule, a.suppress},
		{"POST", one + "/acknowledge", maySchedule, a.acknowledge},
	}, a.objectRoutes(a.savedSearches())...)
}

// savedDefaults are settings that a saved search has in Splunk when it does not say:
// clients read them.
var savedDefaults = map[string]any{
	"disabled": false, "is_scheduled": false, "is_visible": true, "realtime_schedule": true, "run_on_startup": false, "restart_on_searchpeer_add": true,
	"max_concurrent": 1, "schedule_priority": "default", "schedule_window": "0", "cron_schedule": "", "description": "", "search": "",
	"alert.expires": "24h", "alert.severity": 3, "alert.track": "0", "alert.digest_mode": true, "alert.suppress": false, "alert.suppress.period": "",
	"alert.suppress.fields": "", "alert_type": "always", "alert_comparator": "", "alert_threshold": "", "alert_condition": "",
	"counttype": "", "relation": "", "quantity": "", "actions": "",
	"dispatch.buckets": 0, "dispatch.lookups": true, "dispatch.max_count": 500000, "dispatch.max_time": 0, "dispatch.reduce_freq": 10,
	"dispatch.spawn_process": true, "dispatch.time_format": "%FT%T.%Q%:z", "dispatch.ttl": "2p", "dispatch.earliest_time": "", "dispatch.latest_time": "",
	"action.email": false, "action.populate_lookup": false, "action.rss": false, "action.script": false, "action.summary_index": false,
	"next_scheduled_time": "", "triggered_alert_count": 0,
}

// savedFields are the settings that a saved search may have.
func savedFields() []string {
	out := make([]string, 0, len(savedDefaults))
	for key := range savedDefaults {
		if key != "search" && key != "next_scheduled_time" && key != "triggered_alert_count" {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// savedContent is the settings of a stanza as Splunk shows them: a boolean as one,
// is_scheduled for enableSched, and what the stanza does not say by default.
func (a *API) savedContent(c *call, s *conf.Stanza) map[string]any {
	content := map[string]any{}
	for key, value := range savedDefaults {
		content[key] = value
	}
	for _, setting := range s.Settings {
		key := setting.Key
		if key == "enableSched" {
			key = "is_scheduled"
		}
		content[key] = shown(savedDefaults[key], setting.Value)
	}
	var actions []string
	for _, setting := range s.Settings {
		if name, ok := strings.CutPrefix(setting.Key, "action."); ok && !strings.Contains(name, ".") && isTrue(setting.Value) {
			actions = append(actions, name)
		}
	}
	content["actions"] = strings.Join(actions, ",")
	if next := a.next(c, s, content["is_scheduled"] == true && content["disabled"] == false); !next.IsZero() {
		// The scheduler may run what its stanza disables (--enable-detections).
		content["disabled"] = false
		content["next_scheduled_time"] = next.In(a.zone()).Format("2006-01-02 15:04:05 MST")
	}
	return content
}

// next is when a saved search runs by itself next, the zero time when it does not:
// as the scheduler says, or by its cron where there is none. on tells that its stanza
// would have it run.
func (a *API) next(c *call, s *conf.Stanza, on bool) time.Time {
	if a.o.Scheduler != nil {
		for _, t := range a.o.Scheduler.Next(schedule.Key{App: s.App, Name: s.Name}, 1) {
			return t
		}
	}
	cron, err := splunktime.ParseCron(s.Get("cron_schedule"))
	if err != nil || !on {
		return time.Time{}
	}
	return cron.Next(c.now.In(a.zone()))
}

// shown is a value of the kind that its default has.
func shown(otherwise any, value string) any {
	switch otherwise.(type) {
	case bool:
		return isTrue(value)
	case int:
		if n, err := strconv.Atoi(value); err == nil {
			return n
		}
	}
	return value
}

// savedSettings turns parameters into settings and refuses a search, a schedule or
// times that nobody could run.
func savedSettings(c *call, list []conf.Setting) ([]conf.Setting, error) {
	var out []conf.Setting
	for _, s := range list {
		switch s.Key {
		case "is_scheduled":
			s.Key, s.Value = "enableSched", map[bool]string{true: "1", false: "0"}[isTrue(s.Value)]
		case "search":
			if s.Value == "" {
				return nil, diag.Message{Text: "expected a search, found none"}
			}
		case "cron_schedule":
			if _, err := splunktime.ParseCron(s.Value); err != nil && s.Value != "" {
				return nil, diag.Message{Text: fmt.Sprintf("cannot read the cron schedule %q: %v", s.Value, err)}
			}
		case "dispatch.earliest_time", "dispatch.latest_time":
			if _, err := splunktime.Parse(s.Value, event.At(c.now), time.UTC); err != nil && s.Value != "" {
				return nil, diag.Message{Text: fmt.Sprintf("cannot read the time %q: %v", s.Value, err)}
			}
		case "force_dispatch", "actions", "next_scheduled_time", "triggered_alert_count", "owner", "app", "sharing":
			continue // they are no settings: actions follows from action.NAME
		}
		if _, ok := savedDefaults[s.Key].(bool); ok {
			s.Value = map[bool]string{true: "1", false: "0"}[isTrue(s.Value)]
		}
		out = append(out, s)
	}
	return out, nil
}

// savedStanza is the saved search that a path names, nil and an answer when there is
// none.
func (a *API) savedStanza(c *call) *conf.Stanza {
	o, ok := a.in(c, a.savedSearches())
	if !ok {
		return nil
	}
	return a.find(c, o)
}

// dispatch runs a saved search now; parameters dispatch.NAME go before its own.
// Its actions run when trigger_actions is set.
func (a *API) dispatch(c *call) {
	s := a.savedStanza(c)
	if s == nil {
		return
	}
	get := func(key string) string {
		if value := c.form.Get("dispatch." + key); value != "" {
			return value
		}
		return s.Get("dispatch." + key)
	}
	text := s.Get("search")
	for key := range c.form {
		if name, ok := strings.CutPrefix(key, "args."); ok {
			text = strings.ReplaceAll(text, "$args."+name+"$", c.form.Get(key))
		}
	}
	p := params{
		request: job.Request{Search: text, Earliest: get("earliest_time"), Latest: get("latest_time"), App: s.App, Owner: c.who.name, SavedSearch: s.Name, SID: c.form.Get("id")},
		label:   s.Name, buckets: atoi(get("buckets"), 0), keep: lifetime(get("ttl"), s.Get("cron_schedule")), now: c.form.Get("dispatch.now"),
		maxCount: atoi(get("max_count"), 0), maxTime: time.Duration(atoi(get("max_time"), 0)) * time.Second,
	}
	if p.now == "" {
		p.now = c.form.Get("now")
	}
	if isTrue(c.form.Get("trigger_actions")) && a.o.Scheduler != nil {
		a.dispatchActing(c, s, p)
		return
	}
	j, err := a.begin(c, p)
	if err != nil {
		refuseSearch(c, err)
		return
	}
	c.respond(http.StatusCreated, "sid", j.sid)
}

// dispatchActing runs a saved search with its actions, and answers when they are done.
func (a *API) dispatchActing(c *call, s *conf.Stanza, p params) {
	at := c.now.Truncate(time.Second)
	if t, ok := event.ParseTime(p.now); ok {
		at = t.Std()
	}
	record, err := a.o.Scheduler.Dispatch(c.r.Context(), schedule.Key{App: s.App, Name: s.Name}, schedule.Dispatch{
		At: at, Earliest: p.request.Earliest, Latest: p.request.Latest, Actions: true,
	})
	p.request.SID = record.SID
	a.auditSearch(c, p.request, &searchJob{sid: record.SID}, err)
	if err != nil {
		refuseSearch(c, err)
		return
	}
	c.respond(http.StatusCreated, "sid", record.SID)
}

// lifetime reads a ttl: seconds, or "2p", so many times the schedule's period; what
// has no schedule is kept as other jobs are.
func lifetime(ttl, cron string) time.Duration {
	if periods, ok := strings.CutSuffix(ttl, "p"); ok {
		c, err := splunktime.ParseCron(cron)
		if err != nil {
			return keepTime
		}
		from := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		first := c.Next(from)
		return max(keepTime, time.Duration(atoi(periods, 2))*c.Next(first).Sub(first))
	}
	return time.Duration(atoi(ttl, int(keepTime/time.Second))) * time.Second
}

// history lists the jobs of a saved search that are kept, the newest first.
func (a *API) history(c *call) {
	s := a.savedStanza(c)
	if s == nil {
		return
	}
	var list []entry
	for _, j := range a.jobs.list() {
		if j.p.request.SavedSearch == s.Name && j.p.request.App == s.App && j.visible(c.who) {
			e := j.entry(c.now)
			e.name = j.sid
			list = append(list, e)
		}
	}
	slices.Reverse(list)
	a.sendFeed(c, list)
}

// maxTimes bounds the times that a schedule is asked for.
const maxTimes = 10_000

// scheduledTimes lists when a saved search is due between two times.
func (a *API) scheduledTimes(c *call) {
	s := a.savedStanza(c)
	if s == nil {
		return
	}
	from, err := a.time(c, "earliest_time", "now")
	if err == nil {
		var to time.Time
		if to, err = a.time(c, "latest_time", "+1h"); err == nil {
			a.sendFeed(c, []entry{{name: s.Name, path: c.r.URL.Path, updated: c.now, content: map[string]any{"scheduled_times": dueTimes(s, from, to, a.zone())}}})
			return
		}
	}
	c.refuse(http.StatusBadRequest, "ERROR", err.Error())
}

func dueTimes(s *conf.Stanza, from, to time.Time, zone *time.Location) []string {
	out := []string{}
	cron, err := splunktime.ParseCron(s.Get("cron_schedule"))
	if err != nil || !isTrue(s.Get("enableSched")) {
		return out
	}
	for at := cron.Next(from.In(zone)); !at.IsZero() && !at.After(to) && len(out) < maxTimes; at = cron.Next(at) {
		out = append(out, strconv.FormatInt(at.Unix(), 10))
	}
	return out
}

// time reads a parameter that is a time as searches take them.
func (a *API) time(c *call, name, otherwise string) (time.Time, error) {
	text := c.form.Get(name)
	if text == "" {
		text = otherwise
	}
	t, err := splunktime.Parse(text, event.At(c.now), a.zone())
	if err != nil {
		return time.Time{}, diag.Message{Text: fmt.Sprintf("cannot read %s=%q: %v", name, text, err)}
	}
	return t.Std(), nil
}

// held is until when a saved search is held back, the zero time when it is not.
func (a *API) heldUntil(app, name string, now time.Time) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	until := a.held[app+"/"+name]
	if !until.After(now) {
		delete(a.held, app+"/"+name)
		return time.Time{}
	}
	return until
}

// Held tells until when a user holds a saved search back (suppress), the zero time
// when nobody does.
func (a *API) Held(app, name string) time.Time { return a.heldUntil(app, name, a.o.Clock.Now()) }

func (a *API) showSuppression(c *call) {
	s := a.savedStanza(c)
	if s == nil {
		return
	}
	until := a.heldUntil(s.App, s.Name, c.now)
	left := 0
	if !until.IsZero() {
		left = int(until.Sub(c.now).Seconds())
	}
	a.sendFeed(c, []entry{{name: s.Name, path: c.r.URL.Path, updated: c.now, content: map[string]any{"suppressed": !until.IsZero(), "expiration": left}}})
}

// suppress holds a saved search back for expiration seconds; 0 lets it go.
func (a *API) suppress(c *call) {
	s := a.savedStanza(c)
	if s == nil {
		return
	}
	left := min(c.number("expiration", 0), int(maxKeep/time.Second)*52)
	a.mu.Lock()
	a.held[s.App+"/"+s.Name] = c.now.Add(time.Duration(left) * time.Second)
	a.mu.Unlock()
	a.showSuppression(c)
}

// acknowledge is for alerts that were seen: there is no list of them to change.
func (a *API) acknowledge(c *call) {
	if a.savedStanza(c) != nil {
		c.refuse(http.StatusOK, "INFO", "Acknowledged.")
	}
}
