package splunkd

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// script is a server that answers one conversation, written as lines in pairs:
//
//	POST /services/search/v2/jobs search=search+x exec_mode=normal auth=Bearer+tok
//	201 {"sid":"1.1"}
//
// A request must have the method and path (escaped) of the next pair and the
// parameters named there; auth is its Authorization header, body what it carries
// when that is no form. An answer is a status and a body; "cut" before it breaks
// the connection in the middle, "drop" answers nothing. Headers stand in brackets:
// 302 [Location: http://other/] text. Requests that cancel a job need not be written:
// they are answered and counted.
type script struct {
	t      *testing.T
	mu     sync.Mutex
	steps  []string
	wrong  []string
	ends   int
	server *httptest.Server
}

const jobDone = `200 {"entry":[{"name":"x","content":{"sid":"1.1","dispatchState":"DONE","isDone":true,"resultCount":%d,"eventCount":9,"reportSearch":"stats count","messages":[]}}]}`

func newScript(t *testing.T, text string) *script {
	t.Helper()
	s := &script{t: t}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		line = strings.TrimSpace(line)
		if n, ok := strings.CutPrefix(line, "done "); ok {
			line = strings.ReplaceAll(jobDone, "%d", n)
		}
		s.steps = append(s.steps, line)
	}
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	return s
}

// finish wants that all was asked, and in order.
func (s *script) finish() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Empty(s.t, s.wrong)
	require.Empty(s.t, s.steps, "not asked")
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	if strings.HasSuffix(r.URL.Path, "/control") && form.Get("action") == "cancel" && (len(s.steps) == 0 || !strings.Contains(s.steps[0], "/control")) {
		s.ends++
		_, _ = io.WriteString(w, `{"messages":[{"type":"INFO","text":"Search job cancelled."}]}`)
		return
	}
	if len(s.steps) < 2 {
		s.wrong = append(s.wrong, "unexpected "+r.Method+" "+r.URL.String())
		w.WriteHeader(http.StatusTeapot)
		return
	}
	s.expect(r, s.steps[0], body, form)
	answer := s.steps[1]
	s.steps = s.steps[2:]
	reply(w, answer)
}

func (s *script) expect(r *http.Request, step string, body []byte, form url.Values) {
	words := strings.Fields(step)
	if got := r.Method + " " + r.URL.EscapedPath(); got != words[0]+" "+words[1] {
		s.wrong = append(s.wrong, fmt.Sprintf("expected %s %s, found %s", words[0], words[1], got))
	}
	for _, word := range words[2:] {
		name, value, _ := strings.Cut(word, "=")
		value, err := url.QueryUnescape(value)
		if err != nil {
			panic(err)
		}
		got := append(slices.Clone(r.URL.Query()[name]), form[name]...)
		switch name {
		case "auth":
			got = []string{r.Header.Get("Authorization")}
		case "body":
			got = []string{string(body)}
		case "length":
			got = []string{fmt.Sprint(r.ContentLength)}
		}
		if !slices.Equal(got, []string{value}) && !(value == "" && len(got) == 0) {
			s.wrong = append(s.wrong, fmt.Sprintf("%s %s: expected %s=%q, found %q", words[0], words[1], name, value, got))
		}
	}
}

func reply(w http.ResponseWriter, answer string) {
	if answer == "drop" {
		panic(http.ErrAbortHandler)
	}
	answer, cut := strings.CutPrefix(answer, "cut ")
	status, body, _ := strings.Cut(answer, " ")
	if header, rest, ok := strings.Cut(body, "]"); ok && strings.HasPrefix(body, "[") {
		name, value, _ := strings.Cut(header[1:], ": ")
		w.Header().Set(name, value)
		body = strings.TrimSpace(rest)
	}
	var code int
	if _, err := fmt.Sscan(status, &code); err != nil {
		panic(err)
	}
	if cut {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)+1000))
	}
	w.WriteHeader(code)
	_, _ = io.WriteString(w, body)
	if cut {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// hurried is a clock on which every wait passes at once: time is what was waited
// for. Deadlines, which are longer than 9 s, never come.
type hurried struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hurried) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hurried) SleepUntil(ctx context.Context, t time.Time) error {
	h.mu.Lock()
	far := t.Sub(h.now) > 9*time.Second
	if !far && t.After(h.now) {
		h.now = t
	}
	h.mu.Unlock()
	if far {
		<-ctx.Done()
	}
	return ctx.Err()
}

// client is one of the script's server, with a token.
func (s *script) client(change ...func(*Options)) *Client {
	s.t.Helper()
	o := Options{URL: s.server.URL, Clock: &hurried{now: start}, Credentials: Credentials{Token: "tok-en"}}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	require.NoError(s.t, err)
	s.t.Cleanup(c.Close)
	return c
}

func password(o *Options) {
	o.Credentials = Credentials{User: "ann", Password: "pass-word"}
}
