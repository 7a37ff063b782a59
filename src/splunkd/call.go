package splunkd

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// call is one thing asked of splunkd.
type call struct {
	// doing says what for, in errors: "run the search".
	doing        string
	method, path string // the path is escaped and begins at /services
	query, form  url.Values
	header       http.Header
	body         []byte    // sent when there is no form
	stream       io.Reader // sent after body; such a call is sent once
	// again: it changes nothing, or nothing more when it is sent twice.
	again bool
	// open: it needs no credentials. slow: the answer may take as long as it likes.
	open, slow bool
}

// answer is a reply with a status of success; its body must be closed.
type answer struct {
	status int
	header http.Header
	body   io.ReadCloser
}

// do asks until there is an answer or no sense in asking again. The error is a
// diag message, or why ctx ended.
func (c *Client) do(ctx context.Context, q *call) (*answer, error) {
	if q.method == http.MethodGet {
		q.again = true
	}
	t := c.newTries()
	for {
		a, plea, fault := c.once(ctx, q)
		if fault == nil {
			c.met.Store(true)
			return a, nil
		}
		if ours(ctx, fault) {
			return nil, ended(ctx)
		}
		err := c.problem(q.doing, fault)
		if q.stream != nil || !c.may(q, fault) {
			return nil, err
		}
		if err := t.wait(ctx, plea, err); err != nil {
			return nil, err
		}
	}
}

// once asks with valid credentials: a session that has ended is opened again, one
// time.
func (c *Client) once(ctx context.Context, q *call) (*answer, time.Duration, *Error) {
	if q.open {
		return c.ask(ctx, q, "")
	}
	auth, fault := c.authorization(ctx)
	if fault != nil {
		return nil, 0, fault
	}
	a, plea, fault := c.ask(ctx, q, auth)
	if fault == nil || fault.Kind != Refused || !c.o.Credentials.login() || q.stream != nil {
		return a, plea, fault
	}
	c.forget(auth)
	if auth, fault = c.authorization(ctx); fault != nil {
		return nil, 0, fault
	}
	return c.ask(ctx, q, auth)
}

// ask makes one request.
func (c *Client) ask(ctx context.Context, q *call, auth string) (*answer, time.Duration, *Error) {
	limit := c.o.Timeout
	if q.slow {
		limit = 0
	}
	p := newPatience(ctx, c.o.Clock, limit)
	var reached atomic.Bool
	traced := httptrace.WithClientTrace(p.ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }})
	req, err := c.request(traced, q, auth, p)
	if err != nil {
		p.stop()
		return nil, 0, &Error{Text: err.Error(), cause: err}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		err = p.cause(err)
		p.stop()
		return nil, 0, unanswered(err, reached.Load())
	}
	p.pause()
	body := &patientBody{ReadCloser: resp.Body, p: p}
	if resp.StatusCode/100 == 2 {
		return &answer{status: resp.StatusCode, header: resp.Header, body: body}, 0, nil
	}
	defer body.Close()
	return nil, retryAfter(resp.Header, c.o.Clock.Now()), refusal(resp, body)
}

func (c *Client) request(ctx context.Context, q *call, auth string, p *patience) (*http.Request, error) {
	address := c.base.String() + q.path
	if len(q.query) > 0 {
		address += "?" + q.query.Encode()
	}
	held := q.body
	if q.form != nil {
		held = []byte(q.form.Encode())
	}
	var body io.Reader = bytes.NewReader(held)
	if q.stream != nil {
		body = io.MultiReader(body, &patientStream{q.stream, p})
	}
	req, err := http.NewRequestWithContext(ctx, q.method, address, body)
	if err != nil {
		return nil, err
	}
	for name, values := range q.header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", "riskreplay")
	if q.form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if auth != "" {
		req.Header.Set("Authorization", auth)
	}
	return req, nil
}

// patientStream is a body that is sent: the time does not run while whoever
// writes it has nothing to send.
type patientStream struct {
	io.Reader
	p *patience
}

func (s *patientStream) Read(buf []byte) (int, error) {
	s.p.pause()
	n, err := s.Reader.Read(buf)
	s.p.renew()
	return n, err
}

// whole reads the answer to a call up to the limit.
func (c *Client) whole(ctx context.Context, q *call) (data []byte, status int, err error) {
	a, err := c.do(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	defer a.body.Close()
	data, err = io.ReadAll(io.LimitReader(a.body, int64(c.o.MaxReply)+1))
	switch {
	case ours(ctx, err):
		return nil, 0, ended(ctx)
	case err != nil:
		return nil, 0, c.problem(q.doing, &Error{Kind: Broken, Text: plainly(err), cause: err})
	case len(data) > c.o.MaxReply:
		return nil, 0, c.problem(q.doing, &Error{Kind: Foreign, Text: errLarge.Error(), cause: errLarge})
	}
	return data, a.status, nil
}

// path is an escaped path of a namespace: that of the call, else the client's,
// else none.
func (c *Client) path(owner, app string, segments ...string) string {
	if app == "" && owner == "" {
		owner, app = c.o.Owner, c.o.App
	}
	root := "/services"
	if app != "" || owner != "" {
		root = "/servicesNS/" + segment(orElse(owner, "nobody")) + "/" + segment(orElse(app, "system"))
	}
	for _, s := range segments {
		root += "/" + segment(s)
	}
	return root
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// segment escapes what stands between two slashes; a name of dots alone would be
// taken for a step up.
func segment(name string) string {
	if name != "" && strings.Trim(name, ".") == "" {
		return strings.ReplaceAll(name, ".", "%2E")
	}
	return strings.ReplaceAll(url.PathEscape(name), "+", "%2B") // a + in a path is a blank to Splunk
}
