package server_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/conf"
	"riskreplay/src/engine"
	"riskreplay/src/event"
	"riskreplay/src/hec"
	"riskreplay/src/index"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/server"
	"riskreplay/src/splunkd"
)

// fixture is an API over three events, with its admin's password.
type fixture struct {
	url, password string
	session       string // its Authorization
	dir           string // of users and tokens
	rows          string // the folder of rows on disk
	api           *server.API
	restart       func(t testing.TB) // makes another API over the same
	runner        *held
	clock         *clock.Manual
}

// held is an engine whose searches may be held up: they begin when begin is closed,
// and panic when a search asks for it.
type held struct {
	*engine.Engine
	mu    sync.Mutex
	begin chan struct{}
	ran   int
}

// hold lets no search read events until the function given is called.
func (h *held) hold() (release func()) {
	begin := make(chan struct{})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.begin = begin
	return sync.OnceFunc(func() { close(begin) })
}

func (h *held) Run(ctx context.Context, r job.Request) (*job.Result, error) {
	h.mu.Lock()
	begin := h.begin
	h.ran++
	h.mu.Unlock()
	if strings.Contains(r.Search, "panic_at_once") {
		panic("at once")
	}
	watch := r.Watch
	r.Watch = func(ctx context.Context, n int) error {
		if strings.Contains(r.Search, "panic_later") {
			panic("later")
		}
		if begin != nil && watch != nil {
			select {
			case <-begin:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if watch == nil {
			return nil
		}
		return watch(ctx, n)
	}
	return h.Engine.Run(ctx, r)
}

func openIndex(t testing.TB, dir string) *index.Index {
	t.Helper()
	x, err := index.Open(dir, index.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, x.Close()) })
	return x
}

// into is an engine as the audit writes to it.
type into struct{ *engine.Engine }

func (i into) Append(ctx context.Context, events []event.Event) (hec.Ticket, error) {
	return stored{}, i.Engine.Append(ctx, events)
}

type stored struct{}

func (stored) Wait(context.Context) error { return nil }

func newFixture(t testing.TB) *fixture {
	t.Helper()
	dir := t.TempDir()
	users, err := server.MakeUsers(filepath.Join(dir, "passwd"), filepath.Join(dir, "plain"))
	require.NoError(t, err)
	plain, err := os.ReadFile(filepath.Join(dir, "plain"))
	require.NoError(t, err)
	layers, err := server.NewLayers(filepath.Join(dir, "apps"), []conf.App{{ID: "search", Label: "Search", FS: fstest.MapFS{
		"default/savedsearches.conf": {Data: []byte("[A/b ü]\nsearch = index=<x>\nenableSched = 1\ncron_schedule = 0 * * * *\n")},
		"default/app.conf":           {Data: []byte("[launcher]\nversion = 1\n")},
	}}})
	require.NoError(t, err)
	index := openIndex(t, filepath.Join(dir, "index"))
	e, problems := engine.New(engine.Options{Apps: layers.Apps(), App: layers.Default(), Index: index})
	require.Empty(t, problems)
	layers.OnChange(func(string) { e.Refresh() })
	var events []event.Event
	for i := range 3 {
		events = append(events, event.Event{
			Raw: []byte(fmt.Sprintf(`n=%d text="<a> & b"`, i)), Time: event.Time(1_795_000_000_250_000_000 + i), Index: "main", Host: "h", Source: "s", Sourcetype: "t",
		})
	}
	require.NoError(t, e.Append(t.Context(), events))
	f := &fixture{dir: dir, password: strings.TrimSpace(string(plain)), clock: clock.NewManual(time.Unix(1_795_000_100, 0))}
	bearer, err := server.ReadBearer(filepath.Join(dir, "tokens.json"), f.clock)
	require.NoError(t, err)
	secrets, err := server.OpenSecrets(filepath.Join(dir, "secret.key"))
	require.NoError(t, err)
	f.rows = filepath.Join(dir, "rows")
	require.NoError(t, os.Mkdir(f.rows, 0o700))
	f.runner = &held{Engine: e}
	options := server.APIOptions{
		Runner: f.runner, Users: users, Bearer: bearer, Audit: server.NewAudit(into{e}, f.clock, "here"), Clock: f.clock, Apps: []server.App{{ID: "search", Label: "Search", Version: "1"}},
		Layers: layers, Dir: f.rows, Events: index, Secrets: secrets,
		Known: server.WatchIndexes(filepath.Join(dir, "indexes.conf"), nil, func() []string { return nil }),
	}
	api := server.NewAPI(options)
	f.api = api
	f.restart = func(t testing.TB) { require.NoError(t, server.NewAPI(options).Close(context.Background())) }
	s := httptest.NewServer(api)
	t.Cleanup(func() { s.Close(); require.NoError(t, api.Close(context.Background())) })
	f.url = s.URL
	_, body := f.ask(t, http.MethodPost, "/services/auth/login", url.Values{"username": {"admin"}, "password": {f.password}, "output_mode": {"json"}})
	var session struct{ SessionKey string }
	require.NoError(t, json.Unmarshal([]byte(body), &session))
	f.session = "Splunk " + session.SessionKey
	return f
}

// ask makes a request as the admin and gives status and body.
func (f *fixture) ask(t testing.TB, method, path string, form url.Values) (int, string) {
	t.Helper()
	body := io.Reader(nil)
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	} else if len(form) > 0 {
		path += "?" + form.Encode()
	}
	req, err := http.NewRequest(method, f.url+path, body)
	require.NoError(t, err)
	req.Header.Set("Authorization", f.session)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	if strings.Contains(resp.Header.Get("Content-Type"), "xml") {
		require.NoError(t, xml.Unmarshal(data, new(struct{})), "%s", data)
	} else if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		require.True(t, json.Valid(data), "%s", data)
	}
	return resp.StatusCode, string(data)
}

func TestTheClientSearches(t *testing.T) {
	f := newFixture(t)
	for _, mode := range []splunkd.Mode{splunkd.Normal, splunkd.Blocking, splunkd.Oneshot} {
		for _, app := range []string{"", "search", "no such app"} {
			c, err := splunkd.New(splunkd.Options{
				URL: f.url, Credentials: splunkd.Credentials{User: "admin", Password: splunkd.Secret(f.password)}, Clock: clock.Real{}, Mode: mode, App: app, PageRows: 2,
			})
			require.NoError(t, err)
			r, err := c.Run(t.Context(), job.Request{Search: "index=main | sort n | table _time n text"})
			require.NoError(t, err)
			rows, err := results.ReadAll(t.Context(), r.Rows)
			require.NoError(t, err)
			require.Equal(t, "_time=1795000000.25 n=0 text=<a> & b\n_time=1795000000.250000001 n=1 text=<a> & b\n_time=1795000000.250000002 n=2 text=<a> & b\n", rows.String(), "%v", mode)
			_, err = c.Run(t.Context(), job.Request{Search: "index=main | foo"})
			require.ErrorContains(t, err, `unknown command "foo"`)
			require.Equal(t, splunkd.Rejected, splunkd.KindOf(err))
		}
	}
}

func TestTheClientLists(t *testing.T) {
	f := newFixture(t)
	c, err := splunkd.New(splunkd.Options{URL: f.url, Credentials: splunkd.Credentials{User: "admin", Password: splunkd.Secret(f.password)}, Clock: clock.Real{}})
	require.NoError(t, err)
	info, err := c.Info(t.Context())
	require.NoError(t, err)
	require.Equal(t, "riskreplay", info.Name)
	indexes, err := c.Indexes(t.Context())
	require.NoError(t, err)
	require.Contains(t, indexes, splunkd.Index{Name: "main", Events: 3})
	require.Contains(t, indexes, splunkd.Index{Name: "risk"})
	apps, err := c.Apps(t.Context())
	require.NoError(t, err)
	require.Equal(t, []splunkd.App{{ID: "search", Label: "Search", Version: "1"}}, apps)
	saved, err := c.SavedSearches(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, saved, 1)
	one, err := c.SavedSearch(t.Context(), "search", "A/b ü")
	require.NoError(t, err)
	require.Equal(t, saved[0], one)
	require.Equal(t, "index=<x>|0 * * * *|true|false", fmt.Sprintf("%s|%s|%t|%t", one.Search, one.Cron, one.Scheduled, one.Disabled))
	_, err = c.SavedSearch(t.Context(), "", "none")
	require.Equal(t, splunkd.Missing, splunkd.KindOf(err))
}

func TestOnlyThoseWhoAreKnownAreAnswered(t *testing.T) {
	f := newFixture(t)
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("admin:"+f.password))
	get := func(authorization string) int {
		req, err := http.NewRequest(http.MethodGet, f.url+"/services/server/info", nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", authorization)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode
	}
	for _, wrong := range []string{"", "Splunk", "Splunk ", "Bearer x", "Basic x", "Basic YWRtaW46eA==", "Other " + f.password} {
		require.Equal(t, http.StatusUnauthorized, get(wrong), wrong)
	}
	for _, wrong := range []url.Values{{}, {"username": {"admin"}}, {"username": {"admin"}, "password": {"x"}}, {"username": {"root"}, "password": {f.password}}} {
		status, _ := f.ask(t, http.MethodPost, "/services/auth/login", wrong)
		require.Equal(t, http.StatusUnauthorized, status)
	}
	for _, right := range []string{f.session, strings.Replace(f.session, "Splunk", "Bearer", 1), basic} {
		require.Equal(t, http.StatusOK, get(right))
	}
	f.clock.Advance(2 * time.Hour)
	require.Equal(t, http.StatusUnauthorized, get(f.session))
	busy := 0
	for range 60 {
		if status, _ := f.ask(t, http.MethodPost, "/services/auth/login", url.Values{"password": {strings.Repeat("x", 2000)}}); status == http.StatusServiceUnavailable {
			busy++
		}
	}
	require.Positive(t, busy, "passwords cannot be guessed without end")
}

func TestWrongRequests(t *testing.T) {
	f := newFixture(t)
	const jobs = "/services/search/jobs"
	for _, c := range []struct {
		method, path, form string
		status             int
		says               string
	}{
		{"POST", jobs, "", 400, "empty search"},
		{"POST", jobs, "search=%7C+foo", 400, "unknown command"},
		{"POST", jobs, "search=search+index%3Dmain&exec_mode=odd", 400, "exec_mode"},
		{"POST", jobs, "search=search+index%3Dmain&now=yesterday", 400, "epoch seconds"},
		{"POST", jobs, "search=search+index%3Dmain&earliest_time=odd", 400, "earliest"},
		{"POST", jobs, "search=search+index%3Dmain&id=../../etc/passwd", 400, "cannot use that id"},
		{"POST", jobs, "search=" + strings.Repeat("x", 2<<20), 400, "too long"},
		{"POST", jobs, "search=%zz", 400, "malformed"},
		{"POST", jobs, "search=search+index%3Dmain&exec_mode=oneshot&output_mode=odd", 400, "output_mode"},
		{"GET", jobs + "/nobody", "", 404, "Unknown sid"},
		{"GET", jobs + "/..%2F..%2Fetc%2Fpasswd/results", "", 404, "Unknown sid"},
		{"POST", jobs + "/nobody/control", "action=cancel", 404, "Unknown sid"},
		{"GET", "/services/nothing", "", 404, "Not Found"},
		{"DELETE", "/services/server/info", "", 405, "Method Not Allowed"},
		{"GET", "/", "", 404, "Not Found"},
	} {
		form, _ := url.ParseQuery(c.form)
		path := c.path
		if strings.Contains(c.form, "%zz") {
			path, form = path+"?"+c.form, nil
		}
		f.clock.Advance(time.Second)
		status, body := f.ask(t, c.method, path, form)
		require.Equal(t, c.status, status, "%s %s: %s", c.method, c.path, body)
		require.Contains(t, body, c.says)
	}
}

func TestAJobsLife(t *testing.T) {
	f := newFixture(t)
	const jobs = "/servicesNS/admin/search/search/v2/jobs/"
	status, body := f.ask(t, "POST", jobs, url.Values{"search": {"search index=main | sort n"}, "exec_mode": {"blocking"}, "id": {"mine"}})
	require.Equal(t, http.StatusCreated, status)
	require.Contains(t, body, "<sid>mine</sid>")
	status, body = f.ask(t, "POST", jobs, url.Values{"search": {"search index=main"}, "id": {"mine"}})
	require.Equal(t, http.StatusBadRequest, status, body)
	_, body = f.ask(t, "GET", jobs+"mine", nil)
	require.Contains(t, body, `<s:key name="dispatchState">DONE</s:key>`)
	require.Contains(t, body, `<s:key name="resultCount">3</s:key>`)
	for _, c := range []struct{ form, has, hasNot string }{
		{"count=1&offset=1", "<result offset='1'>", "<result offset='2'>"},
		{"", "n=0 text=&#34;&lt;a&gt; &amp; b&#34;</v>", "preview='1'"},
		{"output_mode=json&f=n", `"results":[{"n":"0"},{"n":"1"},{"n":"2"}]`, "text"},
		{"output_mode=json&f=n&offset=2&count=0", `"init_offset":2,"messages":[],"fields":[{"name":"n"}],"results":[{"n":"2"}]`, "text"},
		{"output_mode=json&offset=99", `"results":[]`, "text\":"},
		{"output_mode=csv&f=n", "n\n0\n1\n2\n", "text"},
	} {
		for _, what := range []string{"results", "results_preview"} {
			form, err := url.ParseQuery(c.form)
			require.NoError(t, err)
			status, body := f.ask(t, "GET", jobs+"mine/"+what, form)
			require.Equal(t, http.StatusOK, status)
			require.Contains(t, body, c.has)
			require.NotContains(t, body, c.hasNot)
		}
	}
	_, body = f.ask(t, "GET", jobs, url.Values{"output_mode": {"json"}})
	require.Contains(t, body, `"sid":"mine"`)
	status, _ = f.ask(t, "POST", jobs+"mine/control", url.Values{"action": {"finalize"}})
	require.Equal(t, http.StatusOK, status)
	f.clock.Advance(11 * time.Minute)
	status, _ = f.ask(t, "GET", jobs+"mine", nil)
	require.Equal(t, http.StatusNotFound, status, "nobody asked for it")
}

// TestCancelFreesAtOnce fills all places with searches that are held up, and cancels
// them all at once, again and again: there is room after each.
func TestCancelFreesAtOnce(t *testing.T) {
	f := newFixture(t)
	defer f.runner.hold()()
	for range 5 {
		var sids []string
		for {
			status, body := f.ask(t, "POST", jobsPath, url.Values{"search": {"search index=main | stats count"}, "output_mode": {"json"}})
			if status == http.StatusServiceUnavailable {
				break
			}
			require.Equal(t, http.StatusCreated, status, body)
			sids = append(sids, jsonOf(t, body)["sid"].(string))
		}
		require.Len(t, sids, 6, "of one user")
		var all sync.WaitGroup
		for i, sid := range sids {
			all.Go(func() {
				if i%2 == 0 {
					f.ask(t, "DELETE", jobsPath+"/"+sid, nil)
				} else {
					f.ask(t, "POST", jobsPath+"/"+sid+"/control", url.Values{"action": {"cancel"}})
				}
			})
		}
		all.Wait()
		for _, sid := range sids {
			status, _ := f.ask(t, "GET", jobsPath+"/"+sid, nil)
			require.Equal(t, http.StatusNotFound, status)
		}
		require.Eventually(t, func() bool {
			status, body := f.ask(t, "POST", jobsPath, url.Values{"search": {"| makeresults"}, "exec_mode": {"oneshot"}, "output_mode": {"csv"}})
			return status == http.StatusOK && strings.HasPrefix(body, "_time")
		}, 20*time.Second, time.Millisecond)
		files, err := os.ReadDir(f.rows)
		require.NoError(t, err)
		require.Empty(t, files)
	}
}

const jobsPath = "/services/search/v2/jobs"

func jsonOf(t *testing.T, body string) map[string]any {
	t.Helper()
	var v map[string]any
	require.NoError(t, json.Unmarshal([]byte(body), &v), "%s", body)
	return v
}

func dial(t *testing.T, host string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", host)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() }) // the server may have closed it
	return c
}
