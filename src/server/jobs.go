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
func (a *API) createJob(w http.ResponseWriter, r *http.Request) {
	request, err := a.request(r)
	mode := r.Form.Get("exec_mode")
	switch {
	case err != nil:
	case mode != "" && mode != "normal" && mode != "blocking" && mode != "oneshot":
		err = diag.Message{Text: fmt.Sprintf("unknown exec_mode %q: expected normal, blocking or oneshot", mode)}
	}
	if err != nil {
		refuse(w, r, http.StatusBadRequest, "FATAL", err.Error())
		return
	}
	keep := min(time.Duration(number(r, "timeout", int(keepTime/time.Second)))*time.Second, maxKeep)
	s, err := a.jobs.start(request, keep)
	if err != nil {
		refuseSearch(w, r, err)
		return
	}
	if mode == "blocking" || mode == "oneshot" {
		select {
		case <-s.done:
		case <-r.Context().Done():
			a.jobs.forget(s) // nobody is there to read it
			return
		}
	}
	if mode == "oneshot" {
		defer a.jobs.forget(s)
		s.send(w, r)
		return
	}
	w.Header().Set("Location", "/services/search/jobs/"+url.PathEscape(s.sid))
	respond(w, r, http.StatusCreated, "sid", s.sid)
}

// refuseSearch answers why a search does not run.
func refuseSearch(w http.ResponseWriter, r *http.Request, err error) {
	var list diag.List
	switch {
	case errors.Is(err, errCrowded):
		refuse(w, r, http.StatusServiceUnavailable, "ERROR", fmt.Sprintf("%d searches run already: try again later", maxRunning))
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		refuse(w, r, http.StatusServiceUnavailable, "ERROR", "the search was ended")
	case errors.As(err, &list):
		said := messagesOf(list)
		for i := range said {
			if said[i].Type == "ERROR" {
				said[i].Type = "FATAL"
			}
		}
		sayMessages(w, r, http.StatusBadRequest, said)
	default:
		refuse(w, r, http.StatusBadRequest, "FATAL", err.Error())
	}
}

// request reads the parameters of a search.
func (a *API) request(r *http.Request) (job.Request, error) {
	f := r.Form
	out := job.Request{
		Search: f.Get("search"), Earliest: f.Get("earliest_time"), Latest: f.Get("latest_time"), Now: a.o.Clock.Now().Truncate(time.Second),
		App: a.app(r), SID: f.Get("id"),
	}
	out.Limits.ResultRows = min(number(r, "max_count", 0), maxRows)
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
func (a *API) found(w http.ResponseWriter, r *http.Request) *searchJob {
	s := a.jobs.find(variable(r, "sid"))
	if s == nil {
		refuse(w, r, http.StatusNotFound, "FATAL", "Unknown sid.")
	}
	return s
}

func (a *API) listJobs(w http.ResponseWriter, r *http.Request) {
	all := a.jobs.list()
	list := make([]entry, 0, len(all))
	for i := len(all) - 1; i >= 0; i-- { // the newest first
		list = append(list, all[i].entry(a.o.Clock.Now()))
	}
	a.sendFeed(w, r, list)
}

func (a *API) showJob(w http.ResponseWriter, r *http.Request) {
	if s := a.found(w, r); s != nil {
		a.sendEntry(w, r, s.entry(a.o.Clock.Now()))
	}
}

func (a *API) deleteJob(w http.ResponseWriter, r *http.Request) {
	if s := a.found(w, r); s != nil {
		a.jobs.forget(s)
		refuse(w, r, http.StatusOK, "INFO", "Search job cancelled.")
	}
}

// controlJob ends a job (cancel), or its search alone (finalize).
func (a *API) controlJob(w http.ResponseWriter, r *http.Request) {
	s := a.found(w, r)
	if s == nil {
		return
	}
	switch action := r.Form.Get("action"); action {
	case "cancel":
		a.jobs.forget(s)
	case "finalize":
		s.finalize()
	case "touch", "save", "setttl", "setpriority":
	default:
		refuse(w, r, http.StatusBadRequest, "FATAL", fmt.Sprintf("unknown action %q: expected cancel, finalize or touch", action))
		return
	}
	refuse(w, r, http.StatusOK, "INFO", "Search job updated.")
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
