package splunkd

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"riskreplay/src/diag"
)

// Message is what Splunk says beside an answer.
type Message struct {
	// Type is DEBUG, INFO, WARN, ERROR or FATAL.
	Type string `json:"type"`
	Text string `json:"text"`
}

// The limits on what is kept of Splunk's messages.
const (
	maxMessages    = 50
	maxMessageText = 2000
	maxRefusal     = 256 << 10
)

// severity is how bad a type is; what is unknown is information.
func (m Message) severity() int {
	return slices.Index([]string{"DEBUG", "INFO", "WARN", "ERROR", "FATAL"}, strings.ToUpper(m.Type))
}

// diag is the message in the project's form; ok is false for what only Splunk's
// developers want to see.
func (m Message) diag() (d diag.Message, ok bool) {
	d.Text = "Splunk: " + m.Text
	switch m.severity() {
	case 0:
		return d, false
	case 2:
		d.Severity = diag.Warning
	case 3, 4:
		d.Severity = diag.Error
	default:
		d.Severity = diag.Info
	}
	return d, m.Text != ""
}

// tidy bounds messages, makes them printable, puts the worst first.
func tidy(list []Message) []Message {
	var out []Message
	for _, m := range list {
		m.Type, m.Text = tidyText(m.Type), tidyText(m.Text)
		if m.Text != "" && len(out) < maxMessages {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Message) int { return b.severity() - a.severity() })
	return out
}

func tidyText(s string) string {
	if len(s) > maxMessageText {
		s = s[:maxMessageText] + "…"
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}

// ParseMessages reads the messages of a reply of splunkd, JSON or XML:
//
//	{"messages":[{"type":"ERROR","text":"Unknown search command 'foo'."}]}
//	<response><messages><msg type="WARN">Login failed</msg></messages></response>
//
// The worst come first. Anything else has none.
func ParseMessages(body []byte) []Message {
	body = bytes.TrimSpace(body)
	if bytes.HasPrefix(body, []byte("{")) {
		var read struct {
			Messages []Message `json:"messages"`
		}
		if json.Unmarshal(body, &read) != nil {
			return nil
		}
		return tidy(read.Messages)
	}
	var read struct {
		Messages []struct {
			Type string `xml:"type,attr"`
			Text string `xml:",chardata"`
		} `xml:"messages>msg"`
	}
	if xml.Unmarshal(body, &read) != nil {
		return nil
	}
	var list []Message
	for _, m := range read.Messages {
		list = append(list, Message{m.Type, m.Text})
	}
	return tidy(list)
}

// refusal is the error that an answer without success is.
func refusal(resp *http.Response, body io.Reader) *Error {
	data, _ := io.ReadAll(io.LimitReader(body, maxRefusal)) // what came is looked at
	e := &Error{Kind: kindOf(resp.StatusCode), Status: resp.StatusCode, Messages: ParseMessages(data)}
	if len(e.Messages) > 0 {
		return e
	}
	e.Text = "the answer is not splunkd's" + pageTitle(data)
	switch {
	case resp.StatusCode/100 == 3:
		e.Kind, e.Text = Foreign, "the answer is a redirect"+to(resp.Header.Get("Location"))
	case e.Kind == Rejected || e.Kind == Missing || e.Kind == Other:
		e.Kind = Foreign // a proxy's, or that of another program
	case e.Kind == Busy:
		e.Text = "the server has no room" + pageTitle(data)
	}
	return e
}

func kindOf(status int) Kind {
	switch {
	case status == http.StatusUnauthorized:
		return Refused
	case status == http.StatusForbidden, status == http.StatusPaymentRequired:
		return Forbidden
	case status == http.StatusNotFound:
		return Missing
	case status == http.StatusServiceUnavailable, status == http.StatusTooManyRequests:
		return Busy
	case status == http.StatusBadGateway, status == http.StatusGatewayTimeout:
		return Broken
	case status >= 400 && status < 500:
		return Rejected
	}
	return Other
}

// pageTitle quotes the title of a web page, which tells whose it is.
func pageTitle(data []byte) string {
	low := bytes.ToLower(data)
	from := bytes.Index(low, []byte("<title>"))
	if from < 0 {
		if bytes.Contains(low, []byte("<html")) {
			return ", but a web page"
		}
		return ""
	}
	from += len("<title>")
	to := bytes.Index(low[from:], []byte("</title>"))
	if to < 0 || len(low) != len(data) {
		return ", but a web page"
	}
	title := tidyText(string(data[from : from+to]))
	if len(title) > 80 {
		title = strings.ToValidUTF8(title[:80], "") + "…"
	}
	return ", but a web page: \"" + title + "\""
}

// to shows where a redirect leads, without what may be secret in it.
func to(location string) string {
	u, err := url.Parse(location)
	if err != nil || location == "" {
		return ""
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return " to \"" + tidyText(u.String()) + "\""
}
