package splunkd

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/results"
)

// leaving is how long the end of a job may take.
const leaving = 10 * time.Second

// rows reads the results of a job page by page, or those of a oneshot search from
// its one answer.
type rows struct {
	c    *Client
	job  *Job // nil for a oneshot search
	life context.Context
	end  context.CancelCauseFunc
	once sync.Once // for the end of the job
	free func() bool

	page   *page
	body   io.Closer
	offset int // of the page's first row
	total  int64
	last   bool // there is no further page
	t      *tries

	builder  rowsBuilder
	ahead    *batch.Batch // read before anybody asked
	fields   []string
	known    map[string]bool
	said     map[Message]bool
	messages []diag.Message
	err      error
}

var _ results.Reader = (*rows)(nil)

// newRows begins to read; the job ends with ctx, whether anybody reads or not.
func (c *Client) newRows(ctx context.Context, j *Job, total int64) *rows {
	r := &rows{c: c, job: j, total: total, known: map[string]bool{}, said: map[Message]bool{}}
	r.life, r.end = context.WithCancelCause(ctx)
	r.free = context.AfterFunc(ctx, r.leave)
	return r
}

// Results reads the results of a job that is done. Closing the reader cancels the
// job.
func (j *Job) Results(ctx context.Context) results.Reader { return j.c.newRows(ctx, j, -1) }

// Fields is the fields that Splunk announced, then others as they came.
func (r *rows) Fields() []string { return r.fields }

// Next is the next rows. Memory holds one batch, however large a page is.
func (r *rows) Next(ctx context.Context) (*batch.Batch, error) {
	if r.ahead != nil {
		b := r.ahead
		r.ahead = nil
		return b, nil
	}
	if r.err != nil {
		r.shut()
		return nil, r.err
	}
	if err := ended(ctx); err != nil {
		r.end(err)
	}
	defer context.AfterFunc(ctx, func() { r.end(ended(ctx)) })()
	for !r.builder.full() {
		if r.page == nil && r.last {
			r.err = io.EOF
			break
		}
		if r.err = r.read(); r.err != nil {
			break
		}
	}
	if b := r.builder.take(); b != nil {
		r.see(b.Names)
		return b, nil // an error comes with the next call
	}
	r.shut()
	return nil, r.err
}

// read reads on in the page, or opens the next one. A page that broke off is asked
// for again from the row that is missing.
func (r *rows) read() error {
	if r.page == nil {
		if err := r.open(); err != nil {
			return err
		}
	}
	before := r.page.rows
	err := r.page.next(&r.builder)
	r.note(r.page)
	if r.page.rows > before {
		r.t = nil
	}
	switch {
	case err == nil && r.page.ended:
		r.last = r.job == nil || r.page.rows == 0 || r.total >= 0 && int64(r.offset+r.page.rows) >= r.total
		r.turn()
		return nil
	case err == nil:
		return nil
	case r.life.Err() != nil:
		return ended(r.life)
	}
	fault := pageFault(err)
	err = r.c.problem("read the results", fault)
	if fault.Kind != Broken || r.job == nil {
		return err
	}
	r.turn()
	return r.again(err)
}

func (r *rows) again(cause error) error {
	if r.t == nil {
		r.t = r.c.newTries()
	}
	return r.t.wait(r.life, 0, cause)
}

// pageFault says what an error while reading a page is.
func pageFault(err error) *Error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &Error{Kind: Broken, Text: "the answer was cut off", cause: err}
	case errors.Is(err, errLarge):
		return &Error{Kind: Foreign, Text: errLarge.Error(), cause: errLarge}
	case errors.Is(err, errMalformed), errors.As(err, &syntax):
		return &Error{Kind: Foreign, Text: errMalformed.Error(), cause: err, rows: true}
	case errors.Is(err, errFields):
		return &Error{Kind: Foreign, Text: err.Error(), cause: err}
	}
	return &Error{Kind: Broken, Text: plainly(err), cause: err}
}

// open asks for the page that begins at the first row not read yet.
func (r *rows) open() error {
	a, err := r.c.do(r.life, &call{doing: "read the results", method: http.MethodGet, path: r.job.path + "/results", query: url.Values{
		"output_mode": {"json"}, "count": {strconv.Itoa(r.c.o.PageRows)}, "offset": {strconv.Itoa(r.offset)},
	}})
	if err != nil {
		return gone(err)
	}
	r.use(a)
	return nil
}

func (r *rows) use(a *answer) {
	r.page, r.body = newPage(a.body, r.c.o.MaxReply), a.body
}

// turn leaves a page.
func (r *rows) turn() {
	r.offset += r.page.rows
	_ = r.body.Close() // it was read as far as it is of use
	r.page, r.body = nil, nil
}

// note keeps what a page says beside its rows.
func (r *rows) note(p *page) {
	r.see(p.fields)
	r.say(p.messages)
}

func (r *rows) see(names []string) {
	for _, n := range names {
		if !r.known[n] {
			r.known[n] = true
			r.fields = append(r.fields, n)
		}
	}
}

// say keeps messages for people, each once; the job and each page repeat them.
func (r *rows) say(list []Message) {
	for _, m := range tidy(list) {
		m.Text = r.c.hide(m.Text)
		d, ok := m.diag()
		if !ok || r.said[m] || len(r.messages) >= maxMessages {
			continue
		}
		r.said[m] = true
		r.messages = append(r.messages, d)
	}
}

func (r *rows) shut() {
	if r.body != nil {
		_ = r.body.Close()
		r.page, r.body = nil, nil
	}
	r.end(errClosed)
	r.leave()
	r.free()
}

var errClosed = errors.New("the results are closed")

// leave cancels the job, once; whoever comes second waits for it.
func (r *rows) leave() {
	r.once.Do(func() {
		if r.job != nil {
			r.job.abandon(r.life)
		}
	})
}

// abandon cancels a job although its context may have ended. That it could not be
// is no news to anybody: Splunk drops it by itself after some time.
func (j *Job) abandon(ctx context.Context) {
	p := newPatience(context.WithoutCancel(ctx), j.c.o.Clock, leaving)
	defer p.stop()
	_ = j.Cancel(p.ctx)
}

// Close ends the search and lets Splunk forget its job.
func (r *rows) Close() error {
	if r.err == nil {
		r.err = errClosed
	}
	r.ahead = nil
	r.shut()
	return nil
}
