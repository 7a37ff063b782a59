package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/results"
)

// exporting is the rows of a search on their way to who asked for them.
type exporting struct {
	c     *call
	mode  string
	out   *results.Export
	began bool
}

// take is a job's sink: rows go out as they come, and who does not read them holds the
// search. CSV waits for all rows when the columns are not known before.
func (e *exporting) take(ordered bool, b *batch.Batch, fields []string) (bool, error) {
	if e.mode == "csv" && !ordered {
		return false, nil
	}
	e.begin()
	if err := e.out.Add(b, fields); err != nil {
		return true, err
	}
	return true, http.NewResponseController(e.c.w).Flush()
}

func (e *exporting) begin() {
	if e.began {
		return
	}
	e.began = true
	e.c.w.Header().Set("Content-Type", results.ContentType(e.mode))
	e.c.w.WriteHeader(http.StatusOK)
}

// export runs a search and answers with its rows as they come.
func (a *API) export(c *call) {
	mode := outputMode(c.r)
	if mode == "" {
		mode = "xml"
	}
	if !slices.Contains(results.Forms, mode) {
		c.refuse(http.StatusBadRequest, "FATAL", fmt.Sprintf("unknown output_mode %q: expected one of %s", mode, strings.Join(results.Forms, ", ")))
		return
	}
	e := &exporting{c: c, mode: mode}
	e.out = results.NewExport(c.w, mode, results.Page{Time: a.timeFormat(c)}, c.only())
	p, err := a.params(c)
	var s *searchJob
	if err == nil {
		p.sink = e.take
		s, err = a.begin(c, p)
	}
	if err != nil {
		refuseSearch(c, err)
		return
	}
	defer a.jobs.forget(s)
	select {
	case <-s.done:
	case <-c.r.Context().Done():
		s.cancel()
		<-s.done // it writes to what this call answers with
		return
	}
	a.endExport(c, e, s)
}

// endExport answers with what there is to say at the end.
func (a *API) endExport(c *call, e *exporting, s *searchJob) {
	set := s.own()
	if !e.began && (s.failed || set.rows.Len() > 0) {
		c.form.Set("count", "0")
		delete(c.form, "search")
		a.sendRows(c, s, set)
		return
	}
	e.begin()
	_ = e.out.Close(set.messages) // who went away is told nothing
}
