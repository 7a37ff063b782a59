package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/splunktime"
)

// rowSet is the rows of a job that an answer has, or its events.
type rowSet struct {
	rows      *results.Spool
	fields    []string
	running   bool
	messages  []message
	processed int // rows of a search over them, less than 0 without one
}

// own is the rows of the job itself.
func (s *searchJob) own() rowSet {
	s.mu.Lock()
	defer s.mu.Unlock()
	return rowSet{rows: s.spool, fields: slices.Clone(s.fields), running: s.ended.IsZero(), messages: slices.Clone(s.messages), processed: -1}
}

// jobResults gives the rows of a job; those of one that still runs are there as
// results_preview alone.
func (a *API) jobResults(c *call) {
	s := a.found(c)
	if s == nil {
		return
	}
	set := s.own()
	if set.running {
		c.w.WriteHeader(http.StatusNoContent)
		return
	}
	a.sendRows(c, s, set)
}

func (a *API) jobPreview(c *call) {
	if s := a.found(c); s != nil {
		a.sendRows(c, s, s.own())
	}
}

// jobEvents gives the events behind the rows.
func (a *API) jobEvents(c *call) {
	s := a.found(c)
	if s == nil {
		return
	}
	set, err := a.eventsOf(c.r.Context(), s)
	if err != nil {
		refuseSearch(c, err)
		return
	}
	a.sendRows(c, s, set)
}

// eventsOf is the events of a job: its rows where they are events; else, when it was
// asked for a timeline (status_buckets), what the part of the search before the first
// command that makes other rows of them finds now.
func (a *API) eventsOf(ctx context.Context, s *searchJob) (rowSet, error) {
	set := s.own()
	s.mu.Lock()
	own := s.result == nil || s.result.Events
	s.mu.Unlock()
	if own {
		return set, nil
	}
	if s.p.buckets == 0 || s.outline.Events == "" || set.running {
		return rowSet{rows: results.NewSpool("", 0), processed: -1, running: set.running, messages: set.messages}, nil
	}
	s.events.once.Lock()
	defer s.events.once.Unlock()
	if s.events.rows == nil {
		if err := a.readEvents(ctx, s); err != nil {
			return set, err
		}
	}
	set.rows, set.fields = s.events.rows, s.events.fields
	return set, nil
}

// readEvents runs the part of a search that gives events.
func (a *API) readEvents(ctx context.Context, s *searchJob) error {
	r := s.p.request
	r.Search, r.SID, r.Watch = s.outline.Events, "", nil
	rows, fields, err := a.gather(ctx, r, nil)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events.rows, s.events.fields = rows, fields
	return nil
}

// gather runs a search to its end within a request, up to the limits of a job.
func (a *API) gather(ctx context.Context, r job.Request, input *rowSet) (*results.Spool, []string, error) {
	ctx, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	if input != nil {
		r.Input = &job.Input{Fields: input.fields, Rows: func() iter.Seq2[*batch.Batch, error] { return input.rows.Rows(0, 0) }}
	}
	result, err := a.o.Runner.Run(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = result.Rows.Close() }() // it was read to where it is of use
	spool := results.NewSpool(a.jobs.dir, jobMemory)
	for {
		b, err := result.Rows.Next(ctx)
		if err == nil {
			err = spool.Add(b.Slice(0, min(b.Len, maxRows-spool.Len())))
		}
		if size, _ := spool.Size(); errors.Is(err, io.EOF) || err == nil && (spool.Len() >= maxRows || size >= maxJobSize) {
			return spool, result.Rows.Fields(), nil
		}
		if err != nil {
			_ = spool.Close() // there is nothing to be lost
			return nil, nil, err
		}
	}
}

// sendRows answers with the rows that count, offset, f and search ask for, as
// output_mode says: xml (Splunk's default), json, json_rows, json_cols, csv, raw, atom.
func (a *API) sendRows(c *call, s *searchJob, set rowSet) {
	s.mu.Lock()
	failed := s.failed
	s.mu.Unlock()
	if failed {
		c.say(http.StatusBadRequest, set.messages)
		return
	}
	mode := outputMode(c.r)
	if mode == "" {
		mode = "xml"
	}
	if !slices.Contains(results.Forms, mode) {
		c.refuse(http.StatusBadRequest, "FATAL", fmt.Sprintf("unknown output_mode %q: expected one of %s", mode, strings.Join(results.Forms, ", ")))
		return
	}
	if text := strings.TrimSpace(c.form.Get("search")); text != "" && s.sid == c.part("sid") {
		processed, err := a.process(c, s, set, text)
		if err != nil {
			refuseSearch(c, err)
			return
		}
		defer func() { _ = processed.rows.Close() }() // they were this answer's
		set = processed
	}
	p := set.page(c)
	p.Time = a.timeFormat(c)
	c.w.Header().Set("Content-Type", results.ContentType(mode))
	c.w.WriteHeader(http.StatusOK)
	_ = p.Write(c.w, mode) // who went away is told nothing
}

// process runs a search over the rows of a job.
func (a *API) process(c *call, s *searchJob, set rowSet, text string) (rowSet, error) {
	if !strings.HasPrefix(text, "|") {
		text = "| search " + text
	}
	r := s.p.request
	r.Search, r.SID, r.Watch, r.Earliest, r.Latest, r.Without = text, "", nil, "", "", c.who.without()
	rows, fields, err := a.gather(c.r.Context(), r, &set)
	if err != nil {
		return set, err
	}
	set.rows, set.fields, set.processed = rows, fields, rows.Len()
	return set, nil
}

// page is the part of the rows that a call asks for.
func (set *rowSet) page(c *call) results.Page {
	count, offset := c.number("count", 100), c.number("offset", 0)
	p := results.Page{Preview: set.running, Offset: offset, Messages: set.messages, Processed: set.processed, Fields: []string{}}
	only := c.only()
	for _, f := range set.fields {
		if only == nil || only(f) {
			p.Fields = append(p.Fields, f)
		}
	}
	p.Rows = set.rows.Rows(offset, count)
	return p
}

// only tells which fields a call asks for, by f and field_list; nil is all.
func (c *call) only() func(string) bool {
	wanted := slices.Clone(c.form["f"])
	for _, name := range strings.Split(c.form.Get("field_list"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			wanted = append(wanted, name)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	return func(name string) bool {
		return slices.ContainsFunc(wanted, func(pattern string) bool {
			return pattern == name || strings.Contains(pattern, "*") && wildcard(pattern, name)
		})
	}
}

// timeFormat writes _time as output_time_format says; nil is as Splunk does without.
func (a *API) timeFormat(c *call) func(event.Time) string {
	form := c.form.Get("output_time_format")
	if form == "" {
		form = c.form.Get("time_format")
	}
	if form == "" || len(form) > 100 {
		return nil
	}
	zone := a.zone()
	return func(t event.Time) string { return splunktime.Strftime(t, form, zone) }
}
