package splunkd

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"

	"riskreplay/src/diag"
)

// Kind is what sort of thing went wrong.
type Kind uint8

const (
	// Other is what has no kind of its own.
	Other Kind = iota
	// Unreachable: there was no connection, so Splunk was not asked.
	Unreachable
	// Distrusted: the server's certificate is not one to trust.
	Distrusted
	// Broken: the connection broke or nothing came in time; Splunk may have done
	// what it was asked.
	Broken
	// Busy: Splunk had no room for the call and did nothing (503, 429).
	Busy
	// Refused: the credentials are missing, wrong or expired (401).
	Refused
	// Forbidden: the user may not do this (403).
	Forbidden
	// Missing: there is no such thing (404).
	Missing
	// Rejected: Splunk does not accept the request, such as a search that it cannot
	// parse (400 and its like).
	Rejected
	// Failed: the search was accepted and did not come to its end.
	Failed
	// Foreign: the answer is not splunkd's: a web page, a redirect, no JSON, more
	// than the limit.
	Foreign
)

// Error is the cause of an error of this package: what Splunk said.
type Error struct {
	Kind Kind
	// Status is the HTTP status, 0 when there was no answer or it was not the reason.
	Status int
	// Messages are Splunk's own, worst first.
	Messages []Message
	// Text is what is wrong when Splunk gave no message.
	Text  string
	cause error
	rows  bool // it came among rows, so that this is a splunkd
}

// Error is Splunk's first message, or what is wrong, with the HTTP status.
func (e *Error) Error() string {
	text := e.Text
	if len(e.Messages) > 0 {
		text = e.Messages[0].Text
	}
	if e.Status == 0 {
		return text
	}
	return strings.TrimSuffix(text, ".") + " (HTTP status " + strconv.Itoa(e.Status) + ")"
}

// Unwrap is the error of the connection, if it was one.
func (e *Error) Unwrap() error { return e.cause }

// KindOf is the kind of an error of this package, Other for all else.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Other
}

// problem is an error that says what was done, where, and what to do about it.
func (c *Client) problem(doing string, e *Error) error {
	e.Text = c.hide(e.Text)
	for i := range e.Messages {
		e.Messages[i].Text = c.hide(e.Messages[i].Text)
	}
	m := diag.Message{Text: "cannot " + doing + " on \"" + c.base.String() + "\": " + e.Error(), Hint: c.hint(e), Cause: e}
	for i, more := range e.Messages {
		if i > 0 {
			m.Notes = append(m.Notes, diag.Message{Text: "Splunk: " + more.Text})
		}
	}
	return m
}

// hide takes every secret of the client out of a text.
func (c *Client) hide(text string) string {
	c.session.Lock()
	key := c.session.key
	c.session.Unlock()
	o := c.o.Credentials
	return hide(text, o.SessionKey, o.Token, o.Password, key)
}

const hintPort = "splunkd's REST API is at the management port, 8089 by default, not at Splunk Web's"

func (c *Client) hint(e *Error) string {
	switch e.Kind {
	case Unreachable:
		return "is Splunk running there? " + hintPort
	case Distrusted:
		return "give the certificate that signed Splunk's with --ca FILE, or trust any with --insecure"
	case Refused:
		return c.hintCredentials()
	case Forbidden:
		return "the user's roles lack the capability for this"
	case Missing:
		if c.o.App != "" {
			return "is the app \"" + c.o.App + "\" installed there, and may the user see it?"
		}
		return "is it there, and may the user see it? " + hintPort
	case Busy:
		return "Splunk had no room for as long as was waited; try again later"
	case Foreign:
		switch {
		case errors.Is(e.cause, errPlain):
			return "write http:// in the address, or switch TLS on in Splunk"
		case errors.Is(e.cause, errLarge), errors.Is(e.cause, errFields):
			return ""
		case e.rows:
			return "does a proxy stand between?"
		}
		return hintPort
	}
	return ""
}

func (c *Client) hintCredentials() string {
	switch o := c.o.Credentials; {
	case o.Token != "":
		return "the token may have expired, been switched off, or be another Splunk's: set SPLUNK_TOKEN"
	case o.SessionKey != "":
		return "the session has ended"
	case o.User != "":
		return "is SPLUNK_PASSWORD the password of \"" + o.User + "\"?"
	}
	return "set SPLUNK_TOKEN, or SPLUNK_USER and SPLUNK_PASSWORD"
}

var (
	errTimeout = errors.New("nothing came in time")
	errPlain   = errors.New("the server speaks http, not https")
	errLarge   = errors.New("the reply is larger than the limit")
)

// unanswered is the error that a connection without an answer is. reached tells
// whether there was a connection.
func unanswered(err error, reached bool) *Error {
	e := &Error{Kind: Broken, Text: plainly(err), cause: err}
	if !reached {
		e.Kind = Unreachable
	}
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		e.Kind, e.Text, e.cause = Foreign, errPlain.Error(), errPlain
	case distrusted(err):
		e.Kind = Distrusted
	}
	return e
}

// plainly says in few words what a connection's error is; the long form repeats
// the address.
func plainly(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, io.EOF):
		return "the connection was closed without an answer"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "there is no host of this name"
	case errors.As(err, &op) && op.Err != nil:
		return op.Err.Error()
	}
	var wrapped interface{ Unwrap() error }
	if errors.As(err, &wrapped) && wrapped.Unwrap() != nil {
		return wrapped.Unwrap().Error()
	}
	return err.Error()
}

// distrusted tells whether a certificate was the problem.
func distrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &name)
}
