package server_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fuzzPaths are the paths that random parameters are sent to.
var fuzzPaths = []string{
	"/search/jobs", "/search/v2/jobs/export", "/search/jobs/done", "/search/jobs/done/results", "/search/jobs/done/events", "/search/jobs/done/results_preview",
	"/search/jobs/done/summary", "/search/jobs/done/timeline", "/search/jobs/done/control", "/search/jobs/done/search.log", "/search/parser", "/search/timeparser",
	"/saved/searches", "/saved/searches/one", "/saved/searches/one/dispatch", "/saved/searches/one/history", "/saved/searches/one/scheduled_times",
	"/saved/searches/one/acl", "/saved/searches/one/suppress", "/saved/searches/one/enable", "/configs/conf-mine", "/configs/conf-mine/one", "/properties",
	"/properties/mine", "/properties/mine/one", "/properties/mine/one/key", "/data/indexes", "/data/indexes/one", "/storage/passwords", "/storage/passwords/a:b:",
	"/apps/local", "/server/info", "/server/settings", "/messages", "/authentication/users", "/authorization/roles", "/data/lookup-table-files", "/saved/eventtypes",
	"/data/transforms/lookups", "/authentication/current-context", "/nothing/../../etc/passwd",
}

// FuzzParameters sends any parameters to any resource: the answer is never an internal
// error, and always what its content type says, so that a client can read it.
func FuzzParameters(f *testing.F) {
	for _, seed := range []string{
		"output_mode=json&count=-1&offset=99999999999999999999", "search=|&exec_mode=oneshot&output_mode=csv", "name=a%00b&search=%ff&output_mode=json",
		"search=search+index%3Dmain&exec_mode=oneshot&output_mode=json_cols&f=*&f=%00", "name=x&cron_schedule=*&search=y", "q=%7C+stats", "action=setttl&ttl=999999999999",
		"sort_key=name&sort_dir=desc&sort_mode=num&search=%22a+b&f=", "time=now&time=-1d%40d&time=%25", "__conf=mine&__stanza=%0a&key%3d=1", "sharing=app&owner=a%0ab&perms.read=*,%5d",
		"output_mode=xml&search=%7C+head+1&count=0", "earliest_time=-1h&latest_time=now&output_time_format=%25Q%25", "name=%2e%2e&password=x&realm=%3a%5c", "dispatch.ttl=9999999999p&args.x=$args.x$",
		"frozenTimePeriodInSecs=1&name=one", "status_buckets=99999&auto_cancel=1&auto_finalize_ec=1&max_time=1&max_count=1&search=%7C+makeresults+count%3D9",
	} {
		for i := range fuzzPaths {
			f.Add(uint8(i), i%2 == 0, seed)
		}
	}
	fix := newFixture(f)
	fix.ask(f, "POST", jobsPath, url.Values{"search": {"search index=main | stats count by n"}, "id": {"done"}, "exec_mode": {"blocking"}, "status_buckets": {"3"}})
	fix.ask(f, "POST", "/services/saved/searches", url.Values{"name": {"one"}, "search": {"search index=main | head 1"}, "cron_schedule": {"* * * * *"}, "is_scheduled": {"1"}})
	fix.ask(f, "POST", "/services/configs/conf-mine", url.Values{"name": {"one"}, "key": {"value"}})
	f.Fuzz(func(t *testing.T, path uint8, post bool, text string) {
		if len(text) > 500 || strings.Contains(text, "map") || strings.Contains(text, "count=") && strings.Contains(text, "makeresults") && len(text) > 120 {
			t.Skip("it may only take long")
		}
		where := "/services" + fuzzPaths[int(path)%len(fuzzPaths)]
		r := httptest.NewRequest(http.MethodGet, where, nil)
		r.URL.RawQuery = text
		if post {
			r = httptest.NewRequest(http.MethodPost, where, strings.NewReader(text))
		}
		fix.readable(t, r, text)
	})
}

// readable asks and checks the answer.
func (f *fixture) readable(t *testing.T, r *http.Request, text string) {
	t.Helper()
	r.Header.Set("Authorization", f.session)
	w := httptest.NewRecorder()
	f.api.ServeHTTP(w, r)
	body := w.Body.Bytes()
	require.NotEqual(t, http.StatusInternalServerError, w.Code, "%s %s: %q: %s", r.Method, r.URL.Path, text, body)
	switch kind := w.Header().Get("Content-Type"); {
	case strings.Contains(kind, "json"):
		dec := json.NewDecoder(w.Body)
		for {
			var v any
			err := dec.Decode(&v)
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, "%s %q: %s", r.URL.Path, text, body)
		}
	case strings.Contains(kind, "xml"):
		dec := xml.NewDecoder(strings.NewReader(strings.ReplaceAll(string(body), xml.Header, "")))
		for {
			_, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, "%s %q: %s", r.URL.Path, text, body)
		}
	case kind == "":
		require.Empty(t, body)
	}
}

// TestIdleAndSlowClients opens a thousand connections that say nothing, and some whose
// body does not come: others are answered all the while.
func TestIdleAndSlowClients(t *testing.T) {
	f := newFixture(t)
	host := strings.TrimPrefix(f.url, "http://")
	for i := range 1000 {
		c := dial(t, host)
		switch i % 3 {
		case 1:
			_, err := io.WriteString(c, "POST /services/search/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: "+f.session+"\r\nContent-Length: 100\r\n\r\nsearch=")
			require.NoError(t, err)
		case 2:
			_, err := io.WriteString(c, "GET /services/server/in")
			require.NoError(t, err)
		}
	}
	status, body := f.ask(t, "POST", jobsPath, url.Values{"search": {"search index=main | stats count"}, "exec_mode": {"oneshot"}, "output_mode": {"csv"}})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "count\n3\n", body)
}

// TestNothingIsLeftInTheFolderOfRows starts anew over the files of a server that was
// killed.
func TestNothingIsLeftInTheFolderOfRows(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, os.WriteFile(f.rows+"/rows-of-before", []byte("x"), 0o600))
	require.NoError(t, os.WriteFile(f.rows+"/mine", []byte("x"), 0o600))
	f.restart(t)
	files, err := os.ReadDir(f.rows)
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.Equal(t, "mine", files[0].Name())
}
