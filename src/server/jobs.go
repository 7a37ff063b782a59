package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/job"
)

// createJob begins a search: exec_mode normal answers at once, blocking at its end,
// oneshot with its rows.
func (a *API) createJob(c *call) {
	request, err := a.request(c)
	mode := c.form.Get("exec_mode")
	switch {
	case err != nil:
	case mode != "" && mode != "normal" && mode != "blocking" && mode != "oneshot":
		err = diag.Message{Text: fmt.Sprintf("unknown exec_mode %q: expected normal, blocking or oneshot", mode)}
	}
	if err != nil {
		c.refuse(http.StatusBadRequest, "FATAL", err.Error())
		return
	}
	keep := min(time.Duration(c.number("timeout", int(keepTime/time.Second)))*time.Second, maxKeep)
	s, err := a.jobs.start(request, keep)
	a.auditSearch(c, request, s, err)
	if err != nil {
		refuseSearch(c, err)
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
		s.send(c)
		return
	}
	c.w.Header().Set("Location", "/services/search/jobs/"+url.PathEscape(s.sid))
	c.respond(http.StatusCreated, "sid", s.sid)
}

// refuseSearch answers why a search does not run.
func refuseSearch(c *call, err error) {
	var list diag.List
	switch {
	case errors.Is(err, errCrowded):
		c.refuse(http.StatusServiceUnavailable, "ERROR", fmt.Sprintf("%d searches run already: try again later", maxRunning))
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

// request reads the parameters of a search.
func (a *API) request(c *call) (job.Request, error) {
	f := c.form
	out := job.Request{
		Search: f.Get("search"), Earliest: f.Get("earliest_time"), Latest: f.Get("latest_time"), Now: c.now.Truncate(time.Second),
		App: a.app(c), Owner: c.who.name, Without: c.who.without(), SID: f.Get("id"),
	}
	out.Limits.ResultRows = min(c.number("max_count", 0), maxRows)
	if strings.TrimSpace(out.Search) == "" {
		return out, diag.Message{Text: "empty search"}
	}
	if text := f.Get("now"); text != "" {
		now, ok := event.ParseTime(text)
		if !ok {
			return out, diag.Message{Text: fmt.Sprintf("cannot read now=%q: expected epoch seconds", text)}
		}
		out.Now = now.Std()
	}
	if out.SID != "" && (!plainName(out.SID) || strings.Contains(out.SID, " ")) {
		return out, diag.Message{Text: "cannot use that id: expected letters, digits, - . and _"}
	}
	return out, nil
}

// found gives the job that a path names, or answers that there is none.
func (a *API) found(c *call) *searchJob {
	s := a.jobs.find(c.part("sid"))
	if s == nil {
		c.refuse(http.StatusNotFound, "FATAL", "Unknown sid.")
	}
	return s
}

func (a *API) listJobs(c *call) {
	all := a.jobs.list()
	list := make([]entry, 0, len(all))
	for i := len(all) - 1; i >= 0; i-- { // the newest first
		list = append(list, all[i].entry(c.now))
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

// controlJob ends a job (cancel), or its search alone (finalize).
func (a *API) controlJob(c *call) {
	s := a.found(c)
	if s == nil {
		return
	}
	switch action := c.form.Get("action"); action {
	case "cancel":
		a.jobs.forget(s)
	case "finalize":
		s.finalize()
	case "touch", "save", "setttl", "setpriority":
	default:
		c.refuse(http.StatusBadRequest, "FATAL", fmt.Sprintf("unknown action %q: expected cancel, finalize or touch", action))
		return
	}
	c.refuse(http.StatusOK, "INFO", "Search job updated.")
}

// entry tells where a job stands.
func (s *searchJob) entry(now time.Time) entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	done := !s.ended.IsZero()
	state, progress, end := "RUNNING", 0.0, now
	if done {
		state, progress, end = "DONE", 1, s.ended
	}
	if s.failed {
		state = "FAILED"
	}
	report := ""
	if s.result != nil && !s.result.Events {
		report = s.search
	}
	if s.messages == nil {
		s.messages = []message{}
	}
	return entry{name: s.search, path: "/services/search/jobs/" + url.PathEscape(s.sid), updated: end, content: map[string]any{
		"sid": s.sid, "dispatchState": state, "isDone": done, "isFailed": s.failed, "isFinalized": s.final, "isPaused": false, "isSaved": false,
		"isZombie": false, "doneProgress": progress, "resultCount": s.count, "resultPreviewCount": s.count, "eventCount": s.count, "scanCount": s.count,
		"runDuration": end.Sub(s.began).Seconds(), "ttl": int(s.keep.Seconds()), "reportSearch": report, "search": s.search,
		"searchEarliestTime": epoch(s.earliest), "searchLatestTime": epoch(s.until), "messages": s.messages,
	}}
}
