package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/job"
)

// jobRoutes are the rows of search jobs; their second version has the same forms.
func (a *API) jobRoutes(jobs string) []route {
	out := []route{
		{"POST", jobs, maySearch, a.createJob},
		{"GET", jobs, maySearch, a.listJobs},
		{"GET", jobs + "/export", maySearch, a.export},
		{"POST", jobs + "/export", maySearch, a.export},
		{"GET", jobs + "/{sid}", maySearch, a.showJob},
		{"POST", jobs + "/{sid}", maySearch, a.showJob},
		{"DELETE", jobs + "/{sid}", maySearch, a.deleteJob},
		{"POST", jobs + "/{sid}/control", maySearch, a.controlJob},
		{"GET", jobs + "/{sid}/search.log", maySearch, a.jobLog},
	}
	for name, do := range map[string]func(*call){
		"results": a.jobResults, "results_preview": a.jobPreview, "events": a.jobEvents, "summary": a.jobSummary, "timeline": a.jobTimeline,
	} {
		out = append(out, route{"GET", jobs + "/{sid}/" + name, maySearch, do}, route{"POST", jobs + "/{sid}/" + name, maySearch, do})
	}
	return out
}

// createJob begins a search: exec_mode normal answers at once, blocking at its end,
// oneshot with its rows.
func (a *API) createJob(c *call) {
	mode := c.form.Get("exec_mode")
	if !slices.Contains([]string{"", "normal", "blocking", "oneshot"}, mode) {
		c.refuse(http.StatusBadRequest, "FATAL", fmt.Sprintf("unknown exec_mode %q: expected normal, blocking or oneshot", mode))
		return
	}
	s := a.beginJob(c)
	if s == nil {
		return
	}
	if mode == "blocking" || mode == "oneshot" {
		select {
		case <-s.done:
		case <-c.r.Context().Done():
			a.jobs.forget(s) // nobody is there to read it
			return
		}
	}
	if mode == "oneshot" {
		defer a.jobs.forget(s)
		a.sendRows(c, s, s.own())
		return
	}
	c.w.Header().Set("Location", "/services/search/jobs/"+segment(s.sid))
	c.respond(http.StatusCreated, "sid", s.sid)
}

// beginJob begins the search that a call asks for; nil and an answer when it is wrong.
func (a *API) beginJob(c *call) *searchJob {
	p, err := a.params(c)
	var s *searchJob
	if err == nil {
		s, err = a.begin(c, p)
	}
	if err != nil {
		refuseSearch(c, err)
		return nil
	}
	return s
}

// begin begins a search for who calls.
func (a *API) begin(c *call, p params) (*searchJob, error) {
	p.request.Owner, p.request.Without = c.who.name, c.who.without()
	p.request.Now = c.now.Truncate(time.Second)
	if p.now != "" {
		now, ok := event.ParseTime(p.now)
		if !ok {
			return nil, diag.Message{Text: fmt.Sprintf("cannot read now=%q: expected epoch seconds", p.now)}
		}
		p.request.Now = now.Std()
	}
	if sid := p.request.SID; sid != "" && (!plainName(sid) || strings.Contains(sid, " ")) {
		return nil, diag.Message{Text: "cannot use that id: expected letters, digits, - . and _"}
	}
	p.request.Limits.ResultRows = min(max(p.maxCount, 0), maxRows)
	p.keep = min(max(p.keep, time.Second), maxKeep)
	s, err := a.jobs.start(p, c.who.name)
	a.auditSearch(c, p.request, s, err)
	return s, err
}

// refuseSearch answers why a search does not run.
func refuseSearch(c *call, err error) {
	var list diag.List
	switch {
	case errors.Is(err, errCrowded):
		c.refuse(http.StatusServiceUnavailable, "ERROR", fmt.Sprintf("%d searches run already, or %d of yours: try again later", maxRunning, maxRunningUser))
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		c.refuse(http.StatusServiceUnavailable, "ERROR", "the search was ended")
	case errors.As(err, &list):
		said := messagesOf(list)
		for i := range said {
			if said[i].Type == "ERROR" {
				said[i].Type = "FATAL"
			}
		}
		c.say(http.StatusBadRequest, said)
	default:
		c.refuse(http.StatusBadRequest, "FATAL", err.Error())
	}
}

// params reads the parameters of a search.
func (a *API) params(c *call) (params, error) {
	f := c.form
	seconds := func(name string, otherwise int) time.Duration {
		return time.Duration(min(c.number(name, otherwise), int(maxKeep/time.Second))) * time.Second
	}
	p := params{
		request: job.Request{Search: searchText(f.Get("search")), Earliest: f.Get("earliest_time"), Latest: f.Get("latest_time"), App: a.app(c), SID: f.Get("id")},
		now:     f.Get("now"), buckets: min(c.number("status_buckets", 0), maxBuckets), keep: seconds("timeout", int(keepTime/time.Second)),
		maxCount: c.number("max_count", 0), maxTime: seconds("max_time", 0), cancelAfter: seconds("auto_cancel", 0), finalizeAfter: c.number("auto_finalize_ec", 0),
		preview: !f.Has("preview") || isTrue(f.Get("preview")), priority: min(c.number("priority", 5), 10),
		given: map[string]any{},
	}
	for name := range f {
		p.given[name] = f.Get(name)
	}
	if strings.TrimSpace(p.request.Search) == "" {
		return p, diag.Message{Text: "empty search"}
	}
	return p, nil
}

// searchText is a search of the API as the engine takes it. As in Splunk it begins
// with a command, search among them: what has no pipe in front gets one. A macro may
// be the search itself.
func searchText(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[:1], "|`") {
		return text
	}
	if word, _, _ := strings.Cut(text, " "); strings.EqualFold(word, "search") {
		return text
	}
	return "| " + text
}

// found gives the job that a path names, or answers that there is none that the
// caller sees.
func (a *API) found(c *call) *searchJob {
	s := a.jobs.find(c.part("sid"))
	if s == nil || !s.visible(c.who) {
		c.refuse(http.StatusNotFound, "FATAL", "Unknown sid.")
		return nil
	}
	return s
}

// visible tells whether a user sees a job: it is the user's own, or the user may see
// all.
func (s *searchJob) visible(u user) bool { return s.owner == u.name || u.may(mayAdmin) }

func (a *API) listJobs(c *call) {
	var list []entry
	for _, s := range slices.Backward(a.jobs.list()) { // the newest first
		if s.visible(c.who) {
			list = append(list, s.entry(c.now))
		}
	}
	a.sendFeed(c, list)
}

func (a *API) showJob(c *call) {
	if s := a.found(c); s != nil {
		a.sendEntry(c, s.entry(c.now))
	}
}

func (a *API) deleteJob(c *call) {
	if s := a.found(c); s != nil {
		a.jobs.forget(s)
		c.refuse(http.StatusOK, "INFO", "Search job cancelled.")
	}
}

// controlJob does to a job what action says.
func (a *API) controlJob(c *call) {
	s := a.found(c)
	if s == nil {
		return
	}
	action := c.form.Get("action")
	switch action {
	case "cancel":
		a.jobs.forget(s)
		c.refuse(http.StatusOK, "INFO", "Search job cancelled.")
		return
	case "finalize":
		s.finalize()
	case "pause":
		s.pause()
	case "unpause":
		s.unpause()
	case "touch", "save", "unsave", "setttl", "setpriority", "enablepreview", "disablepreview":
		if err := s.set(c, action); err != nil {
			c.refuse(http.StatusBadRequest, "FATAL", err.Error())
			return
		}
	default:
		c.refuse(http.StatusBadRequest, "FATAL", fmt.Sprintf("unknown action %q: expected %s", action,
			"cancel, finalize, pause, unpause, touch, save, unsave, setttl, setpriority, enablepreview or disablepreview"))
		return
	}
	c.refuse(http.StatusOK, "INFO", "Search job updated: "+action+".")
}

// set changes what is noted of a job.
func (s *searchJob) set(c *call, action string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed = c.now
	switch action {
	case "save", "unsave":
		s.saved = action == "save"
		if s.saved {
			s.keep = maxKeep
		}
	case "setttl":
		n := c.number("ttl", 0)
		if n == 0 {
			return diag.Message{Text: "expected ttl, in seconds"}
		}
		s.keep = min(time.Duration(min(n, int(maxKeep/time.Second)))*time.Second, maxKeep)
	case "setpriority":
		n := c.number("priority", -1)
		if n < 0 || n > 10 {
			return diag.Message{Text: "expected priority, 0 to 10"}
		}
		s.priority = n
	case "enablepreview", "disablepreview":
		s.preview = action == "enablepreview"
	}
	return nil
}

// jobLog is what there is to tell of how a search ran.
func (a *API) jobLog(c *call) {
	s := a.found(c)
	if s == nil {
		return
	}
	send(c.w, http.StatusOK, "text/plain; charset=UTF-8", []byte(s.searchLog()))
}

func (s *searchJob) searchLog() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	line := func(at time.Time, kind, text string) {
		fmt.Fprintf(&b, "%s %s  SearchJob - %s\r\n", at.UTC().Format("01-02-2006 15:04:05.000"), kind, strings.ReplaceAll(text, "\n", "\r\n  "))
	}
	line(s.began, "INFO", "sid="+s.sid+" user="+s.owner+" app="+s.p.request.App)
	line(s.began, "INFO", "search: "+s.p.request.Search)
	line(s.began, "INFO", fmt.Sprintf("earliest=%s latest=%s", epoch(s.earliest), epoch(s.until)))
	for _, m := range s.messages {
		line(s.ended, m.Type, m.Text)
	}
	for _, text := range s.log {
		line(s.ended, "ERROR", text)
	}
	if !s.ended.IsZero() {
		line(s.ended, "INFO", fmt.Sprintf("%d events read, %d results, in %s", s.scanned.Load(), s.spool.Len(), s.ended.Sub(s.began)))
	}
	return b.String()
}
