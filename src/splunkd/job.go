package splunkd

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"riskreplay/src/event"
	"riskreplay/src/job"
)

// Job is a search that runs, or has run, on a Splunk.
type Job struct {
	SID string
	c   *Client
	// path is that of the job, escaped.
	path string
}

// The waits between two looks at a job.
const (
	firstLook   = 100 * time.Millisecond
	longestLook = 2 * time.Second
)

// keep is how long Splunk holds a job that nobody asks for any more (timeout), in
// seconds: of a client that was killed.
const keep = "3600"

// Start has Splunk begin a search. A search that does not begin with a pipe is one
// of the search command. A time that is not given is no bound. The job stays with
// Splunk until it is cancelled, or for an hour.
func (c *Client) Start(ctx context.Context, r job.Request) (*Job, error) {
	return c.start(ctx, r, Normal)
}

func (c *Client) start(ctx context.Context, r job.Request, mode Mode) (*Job, error) {
	form := searchForm(r)
	form.Set("exec_mode", mode.String())
	form.Set("timeout", keep)
	if r.SID != "" {
		form.Set("id", r.SID)
	}
	data, path, err := c.create(ctx, r, form, mode == Blocking)
	if err != nil {
		return nil, err
	}
	return c.begun("run the search", data, path)
}

// create posts a search.
func (c *Client) create(ctx context.Context, r job.Request, form url.Values, slow bool) (data []byte, jobs string, err error) {
	q := &call{doing: "run the search", method: http.MethodPost, form: form, slow: slow}
	err = c.newest(r, q, func() error { data, _, err = c.whole(ctx, q); return err })
	return data, q.path, err
}

// newest sends a search to the newer address of jobs, and to the older one when
// the Splunk does not have that.
func (c *Client) newest(r job.Request, q *call, send func() error) error {
	if !c.old.Load() {
		q.path = c.path(r.Owner, r.App, "search", "v2", "jobs")
		if err := send(); !absent(err) {
			return marked(err, r)
		}
	}
	q.path = c.path(r.Owner, r.App, "search", "jobs")
	err := send()
	if err == nil {
		c.old.Store(true)
	}
	return marked(err, r)
}

// absent tells that the server has no such address, in its own words or in a
// proxy's.
func absent(err error) bool {
	e := cause(err)
	return e != nil && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed)
}

func (c *Client) begun(doing string, data []byte, jobs string) (*Job, error) {
	sid := parseSID(data)
	if sid == "" {
		return nil, c.problem(doing, &Error{Kind: Foreign, Text: "the answer holds no search id" + pageTitle(data)})
	}
	return &Job{SID: sid, c: c, path: jobs + "/" + segment(sid)}, nil
}

// Dispatch has Splunk begin a saved search. The request's time bounds and moment
// go before its own. Its actions run when act is set.
func (c *Client) Dispatch(ctx context.Context, r job.Request, act bool) (*Job, error) {
	doing := "run the saved search \"" + r.SavedSearch + "\""
	form := url.Values{"output_mode": {"json"}, "trigger_actions": {strconv.Itoa(map[bool]int{true: 1}[act])}}
	for name, value := range map[string]string{"dispatch.earliest_time": r.Earliest, "dispatch.latest_time": r.Latest, "dispatch.now": moment(r.Now)} {
		if value != "" {
			form.Set(name, value)
		}
	}
	data, _, err := c.whole(ctx, &call{doing: doing, method: http.MethodPost, form: form, path: c.path(r.Owner, r.App, "saved", "searches", r.SavedSearch, "dispatch")})
	if err != nil {
		return nil, err
	}
	jobs := []string{"search", "v2", "jobs"}
	if c.old.Load() {
		jobs = []string{"search", "jobs"}
	}
	return c.begun(doing, data, c.path(r.Owner, r.App, jobs...))
}

// searchForm is the parameters of a search, whatever the mode.
func searchForm(r job.Request) url.Values {
	form := url.Values{"search": {searchText(r.Search)}, "output_mode": {"json"}}
	for name, value := range map[string]string{"earliest_time": r.Earliest, "latest_time": r.Latest, "now": moment(r.Now)} {
		if value != "" {
			form.Set(name, value)
		}
	}
	if r.Limits.ResultRows > 0 {
		form.Set("max_count", strconv.Itoa(r.Limits.ResultRows))
	}
	return form
}

// searchText is a search as the API wants it: it begins with a command.
func searchText(spl string) string {
	spl = strings.TrimSpace(spl)
	if strings.HasPrefix(spl, "|") {
		return spl
	}
	if word, rest, ok := strings.Cut(spl, " "); ok && strings.EqualFold(word, "search") && !strings.HasPrefix(strings.TrimSpace(rest), "=") {
		return spl
	}
	return "search " + spl
}

// moment is a time as the API takes it, epoch seconds; "" for the zero time.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return event.At(t).String()
}

// Status asks where the job stands. Before Splunk has anything to say the state is
// QUEUED.
func (j *Job) Status(ctx context.Context) (Status, error) {
	q := &call{doing: j.doing("ask for"), method: http.MethodGet, path: j.path, query: url.Values{"output_mode": {"json"}}}
	data, status, err := j.c.whole(ctx, q)
	if err != nil {
		return Status{}, gone(err)
	}
	if status == http.StatusNoContent {
		return Status{State: "QUEUED"}, nil
	}
	s, fault := ParseStatus(data)
	if fault != nil {
		return Status{}, j.c.problem(q.doing, fault)
	}
	return s, nil
}

// Wait looks at the job until it is done. A job that failed is an error with
// Splunk's messages.
func (j *Job) Wait(ctx context.Context) (Status, error) {
	steps := backoff.ExponentialBackOff{InitialInterval: firstLook, Multiplier: 1.5, MaxInterval: longestLook}
	for {
		s, err := j.Status(ctx)
		switch {
		case err != nil:
			return s, err
		case s.Failed:
			return s, j.c.problem("finish the search", &Error{Kind: Failed, Messages: s.Messages, Text: "its state is " + s.State + ", and Splunk does not say why"})
		case s.Done:
			return s, nil
		}
		if j.c.o.Clock.SleepUntil(ctx, j.c.o.Clock.Now().Add(steps.NextBackOff())) != nil {
			return s, ended(ctx)
		}
	}
}

// Cancel ends the job and has Splunk forget it. A job that is gone is no error.
func (j *Job) Cancel(ctx context.Context) error {
	err := j.control(ctx, "cancel")
	if absent(err) {
		return nil
	}
	return err
}

// Finalize ends the job; the results so far are there.
func (j *Job) Finalize(ctx context.Context) error { return j.control(ctx, "finalize") }

func (j *Job) control(ctx context.Context, action string) error {
	_, _, err := j.c.whole(ctx, &call{
		doing: j.doing(action), method: http.MethodPost, path: j.path + "/control", again: true,
		form: url.Values{"action": {action}, "output_mode": {"json"}},
	})
	return err
}

func (j *Job) doing(what string) string { return what + " the search job \"" + tidyText(j.SID) + "\"" }
