package splunkd

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"

	"riskreplay/src/diag"
	"riskreplay/src/job"
)

// Run runs a search and returns when there are results. With no search and the
// name of a saved search that one is run, and none of its actions. An error that
// Splunk reports beside results is among the messages.
func (c *Client) Run(ctx context.Context, r job.Request) (*job.Result, error) {
	if c.o.Mode == Oneshot && (r.Search != "" || r.SavedSearch == "") {
		return c.oneshot(ctx, r)
	}
	j, err := c.begin(ctx, r)
	if err != nil {
		return nil, err
	}
	status, err := j.Wait(ctx)
	if err != nil {
		j.abandon(ctx)
		return nil, marked(err, r)
	}
	in := c.newRows(ctx, j, status.Results)
	if status.Results == 0 {
		in.total = -1 // it is no reason not to look
	}
	in.say(status.Messages)
	result, err := in.result(ctx, status.Reporting)
	if err != nil {
		return nil, err
	}
	result.SID, result.Earliest, result.Latest = j.SID, status.Earliest, status.Latest
	return result, nil
}

func (c *Client) begin(ctx context.Context, r job.Request) (*Job, error) {
	if r.Search == "" && r.SavedSearch != "" {
		return c.Dispatch(ctx, r, false)
	}
	return c.start(ctx, r, c.o.Mode)
}

// oneshot runs a search whose answer is its rows.
func (c *Client) oneshot(ctx context.Context, r job.Request) (*job.Result, error) {
	in := c.newRows(ctx, nil, -1)
	form := searchForm(r)
	form.Set("exec_mode", Oneshot.String())
	form.Set("count", "0")
	q := &call{doing: "run the search", method: http.MethodPost, form: form, slow: true}
	var a *answer
	err := c.newest(r, q, func() (err error) { a, err = c.do(in.life, q); return err })
	if err != nil {
		_ = in.Close()
		return nil, err
	}
	in.use(a)
	result, err := in.result(ctx, false)
	if err != nil {
		return nil, marked(err, r)
	}
	for m := range in.said {
		if m.Type == "FATAL" {
			_ = in.Close()
			return nil, marked(c.problem("run the search", &Error{Kind: Failed, Messages: []Message{m}}), r)
		}
	}
	return result, nil
}

// result reads ahead so far that the sort of rows is known.
func (r *rows) result(ctx context.Context, reporting bool) (*job.Result, error) {
	first, err := r.Next(ctx)
	if err != nil && !errors.Is(err, io.EOF) {
		_ = r.Close()
		return nil, err
	}
	r.ahead = first
	events := !reporting && slices.Contains(r.fields, "_raw")
	return &job.Result{
		Rows: r, Events: events, Ordered: !events,
		Messages: func() []diag.Message { return r.messages },
	}, nil
}
