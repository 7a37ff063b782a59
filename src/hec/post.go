package hec

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"riskreplay/src/diag"
)

// RefusedError is the cause of an error that the collector's answer was.
type RefusedError struct{ Reply Reply }

func (e *RefusedError) Error() string {
	if e.Reply.Text != "" {
		return fmt.Sprintf("%s (code %d, HTTP status %d)", e.Reply.Text, e.Reply.Code, e.Reply.Status)
	}
	return fmt.Sprintf("HTTP status %d, and not the collector's words", e.Reply.Status)
}

// answer is what came of one request.
type answer struct {
	Reply
	class Class
	plea  time.Duration // Retry-After
	err   error         // the cause, when class is not Accepted
	body  []byte
}

// request is what is asked of the collector.
type request struct {
	method, path, channel string
	body                  []byte
	gzip                  bool
}

var errTimeout = errors.New("no answer in time")

// maxAnswer is how much of an answer is read: a million acknowledgements.
const maxAnswer = 16 << 20

// ask makes one request and says what its answer means. What is wrong with the
// connection is in the answer too.
func (c *Client) ask(ctx context.Context, q request) answer {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	deadline := c.o.Clock.Now().Add(c.o.Timeout)
	go func() {
		if c.o.Clock.SleepUntil(ctx, deadline) == nil {
			cancel(errTimeout)
		}
	}()
	var reached atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }})
	req, err := http.NewRequestWithContext(traced, q.method, c.base.String()+root+q.path, bytes.NewReader(q.body))
	if err != nil {
		return c.unanswered(ctx, err, false)
	}
	c.head(req, q)
	resp, err := c.http.Do(req)
	if err != nil {
		return c.unanswered(ctx, err, reached.Load())
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return c.unanswered(ctx, err, true)
	}
	if c.o.Ack {
		c.chans.saw(resp.Cookies())
	}
	a := answer{Reply: ParseReply(resp.StatusCode, body), body: body, plea: retryAfter(resp.Header, c.o.Clock.Now())}
	if a.class = a.Class(); a.class != Accepted {
		a.err = c.refused(a.Reply)
	}
	return a
}

func (c *Client) head(req *http.Request, q request) {
	req.Header.Set("Authorization", "Splunk "+string(c.o.Token))
	req.Header.Set("User-Agent", "riskreplay")
	if q.channel != "" {
		req.Header.Set("X-Splunk-Request-Channel", q.channel)
	}
	if len(q.body) > 0 && !strings.HasPrefix(q.path, "/raw") {
		req.Header.Set("Content-Type", "application/json")
	}
	if q.gzip {
		req.Header.Set("Content-Encoding", "gzip")
	}
}

// unanswered is the answer that a broken connection is: nothing was sent when
// there was no connection at all.
func (c *Client) unanswered(ctx context.Context, err error, reached bool) answer {
	a := answer{Reply: Reply{Code: codeNone, Invalid: -1, AckID: -1}, class: Unclear}
	if !reached {
		a.class = Busy
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	hint := "is the collector there, and does nothing stand between?"
	if distrusted(err) {
		a.class = Refused
		hint = "give the certificate that signed the server's, or switch the check off"
	}
	var record tls.RecordHeaderError
	if errors.As(err, &record) || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
		a.class, hint = Refused, "the collector speaks http, not https"
	}
	a.err = c.problem(err, hint)
	return a
}

// distrusted tells whether a certificate was the problem.
func distrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &name)
}

func (c *Client) refused(r Reply) error {
	hint := r.Code.Hint()
	if r.Code == codeNone {
		hint = hintAddress
	}
	return c.problem(&RefusedError{r}, hint)
}

// problem is an error that names the collector. An answer may repeat what was
// sent, the token among it: that is taken out.
func (c *Client) problem(cause error, hint string) error {
	text := "cannot send to \"" + c.base.String() + "\": " + cause.Error()
	return diag.Message{Text: strings.ReplaceAll(text, string(c.o.Token), hidden), Hint: hint, Cause: cause}
}
