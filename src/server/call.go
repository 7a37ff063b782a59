package server

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"
)

// call is one request under way, its parameters read, by a user who may ask it.
type call struct {
	w http.ResponseWriter
	r *http.Request
	// form has the parameters of the address and of the body.
	form url.Values
	// body has those of the body alone.
	body url.Values
	who  user
	// now is when it was asked.
	now time.Time
}

// answer is the handler of a row: it reads the parameters, and answers those alone
// who show who they are and may ask it.
func (a *API) answer(row route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{w: w, r: r, now: a.o.Clock.Now()}
		if row.needs != anyone && !a.admit(c, row.needs) {
			return
		}
		if receives(row.path) {
			c.form = r.URL.Query() // the body is events
			row.do(c)
			return
		}
		if !readForm(r) {
			c.refuse(http.StatusBadRequest, "FATAL", "cannot read the parameters: they are malformed or too long")
			return
		}
		c.form, c.body = r.Form, r.PostForm
		row.do(c)
	}
}

// admit finds out who asks, and answers those who may not.
func (a *API) admit(c *call, needs capability) bool {
	var v verdict
	c.who, v = a.sessions.admits(c.r)
	switch {
	case v == crowded:
		c.refuse(http.StatusServiceUnavailable, "WARN", tooManyLogins)
	case v != admitted:
		c.w.Header().Set("WWW-Authenticate", `Basic realm="/splunk"`)
		c.refuse(http.StatusUnauthorized, "WARN", "call not properly authenticated")
	case !c.who.may(needs):
		c.refuse(http.StatusForbidden, "ERROR", "you are not allowed to do that: it needs the capability "+string(needs))
	default:
		return true
	}
	return false
}

// readForm reads the parameters. As in Splunk a body is a form whatever its
// Content-Type says: some clients send none.
func readForm(r *http.Request) bool {
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if r.ParseForm() != nil {
		return false
	}
	if r.Method != http.MethodDelete {
		return true
	}
	text, err := io.ReadAll(r.Body) // bounded; net/http leaves this one alone
	more, wrong := url.ParseQuery(string(text))
	for name, values := range more {
		r.Form[name] = append(r.Form[name], values...)
	}
	return err == nil && wrong == nil
}

// part is a part of the path that the row names in braces. As in Splunk a + is a
// blank, and a slash may be escaped twice: clients do both.
func (c *call) part(name string) string {
	text, err := url.QueryUnescape(mux.Vars(c.r)[name])
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "%2F", "/"), "%2f", "/")
}

// segment is a name as a part of a path, as part reads it: also when it was unescaped
// once on the way, which Splunk's client for Python does.
func segment(name string) string {
	return strings.NewReplacer("+", "%2B", "%2F", "%252F").Replace(url.PathEscape(name))
}

// number reads a parameter that is a number from 0 on; what is none is the default,
// and less than 0, which is how some ask for all, is 0.
func (c *call) number(name string, otherwise int) int {
	n, err := strconv.Atoi(c.form.Get(name))
	if err != nil {
		return otherwise
	}
	return max(n, 0)
}

// app is the app that a search is made in, "" for the default: only an app that there
// is has knowledge of its own.
func (a *API) app(c *call) string {
	id := c.part("app")
	if id == "" {
		id = c.form.Get("namespace")
	}
	if a.o.Layers.has(id) {
		return id
	}
	return a.o.Layers.Default()
}

// atoi is the number that a text is, otherwise when it is none.
func atoi(text string, otherwise int) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return otherwise
	}
	return n
}

// refuse answers that it cannot be done, and why.
func (c *call) refuse(status int, kind, text string) { refuse(c.w, c.r, status, kind, text) }

// say answers with messages.
func (c *call) say(status int, list []message) { sayMessages(c.w, c.r, status, list) }

// respond answers with one named text.
func (c *call) respond(status int, name, text string) { respond(c.w, c.r, status, name, text) }
