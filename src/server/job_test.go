package server_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWhatPanicsIsAJobThatFailed has searches panic in all places: the job says so, with
// an id that its log has too, and the server goes on.
func TestWhatPanicsIsAJobThatFailed(t *testing.T) {
	f := newFixture(t)
	for _, search := range []string{"search index=main panic_at_once", "search index=main NOT panic_later"} {
		status, body := f.ask(t, "POST", jobsPath, url.Values{"search": {search}, "exec_mode": {"blocking"}, "output_mode": {"json"}})
		require.Equal(t, http.StatusCreated, status, body)
		job := jobsPath + "/" + jsonOf(t, body)["sid"].(string)
		_, body = f.ask(t, "GET", job, nil)
		require.Contains(t, body, `<s:key name="dispatchState">FAILED</s:key>`)
		status, body = f.ask(t, "GET", job+"/results", nil)
		require.Equal(t, http.StatusBadRequest, status)
		_, id, ok := strings.Cut(body, "a fault of the program")
		require.True(t, ok, body)
		_, id, ok = strings.Cut(id, "(id ")
		require.True(t, ok, body)
		id, _, _ = strings.Cut(id, ":")
		_, log := f.ask(t, "GET", job+"/search.log", nil)
		require.Contains(t, log, "fault "+id)
		require.Contains(t, log, "goroutine")
	}
	status, body := f.ask(t, "POST", jobsPath, url.Values{"search": {"search index=main | stats count"}, "exec_mode": {"oneshot"}, "output_mode": {"csv"}})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "count\n3\n", body)
}

// TestAJobIsControlled holds a search up and sees what becomes of it.
func TestAJobIsControlled(t *testing.T) {
	f := newFixture(t)
	release := f.runner.hold()
	defer release()
	_, body := f.ask(t, "POST", jobsPath, url.Values{"search": {"search index=main | stats count"}, "id": {"held"}, "output_mode": {"json"}})
	require.Equal(t, "held", jsonOf(t, body)["sid"])
	state := func() string {
		_, body := f.ask(t, "GET", jobsPath+"/held", url.Values{"output_mode": {"json"}, "f": {"dispatchState"}})
		entry := jsonOf(t, body)["entry"].([]any)[0].(map[string]any)
		require.Len(t, entry["content"], 1)
		return entry["content"].(map[string]any)["dispatchState"].(string)
	}
	require.Equal(t, "RUNNING", state())
	status, _ := f.ask(t, "GET", jobsPath+"/held/results", nil)
	require.Equal(t, http.StatusNoContent, status)
	status, body = f.ask(t, "GET", jobsPath+"/held/results_preview", url.Values{"output_mode": {"json"}})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, true, jsonOf(t, body)["preview"])
	control := func(action string) {
		status, body := f.ask(t, "POST", jobsPath+"/held/control", url.Values{"action": {action}})
		require.Equal(t, http.StatusOK, status, body)
	}
	control("pause")
	require.Equal(t, "PAUSED", state())
	control("finalize")
	release()
	require.Eventually(t, func() bool { return state() == "DONE" }, 30*time.Second, time.Millisecond)
	_, body = f.ask(t, "GET", jobsPath+"/held/results", url.Values{"output_mode": {"csv"}})
	require.Equal(t, "count\n0\n", body, "what was read before")
	for _, c := range []struct{ form, says string }{
		{"action=odd", "unknown action"}, {"", "unknown action"}, {"action=setttl", "expected ttl"}, {"action=setpriority&priority=11", "expected priority"},
	} {
		form, err := url.ParseQuery(c.form)
		require.NoError(t, err)
		status, body := f.ask(t, "POST", jobsPath+"/held/control", form)
		require.Equal(t, http.StatusBadRequest, status)
		require.Contains(t, body, c.says)
	}
}

// TestManyRowsLieOnDisk makes more rows than a job has memory for: they are in a file,
// all of them come back, and the file goes with the job.
func TestManyRowsLieOnDisk(t *testing.T) {
	f := newFixture(t)
	const search = `| makeresults count=40000 | streamstats count as n | eval text=md5(n) | table n text`
	status, body := f.ask(t, "POST", jobsPath, url.Values{"search": {search}, "exec_mode": {"blocking"}, "id": {"many"}})
	require.Equal(t, http.StatusCreated, status, body)
	files, err := os.ReadDir(f.rows)
	require.NoError(t, err)
	require.Len(t, files, 1)
	_, body = f.ask(t, "GET", jobsPath+"/many/results", url.Values{"output_mode": {"csv"}, "count": {"0"}, "f": {"n"}})
	lines := strings.Fields(body)
	require.Len(t, lines, 40001)
	for i, n := range lines[1:] {
		require.Equal(t, fmt.Sprint(i+1), n)
	}
	_, body = f.ask(t, "GET", jobsPath+"/many/results", url.Values{"output_mode": {"json_cols"}, "count": {"3"}, "offset": {"39998"}, "field_list": {"n,nothing"}})
	require.Equal(t, []any{[]any{"39999", "40000"}}, jsonOf(t, body)["columns"])
	f.ask(t, "DELETE", jobsPath+"/many", nil)
	files, err = os.ReadDir(f.rows)
	require.NoError(t, err)
	require.Empty(t, files)
	_, body = f.ask(t, "POST", jobsPath, url.Values{"search": {search}, "exec_mode": {"blocking"}, "id": {"few"}, "max_count": {"10"}})
	require.Contains(t, body, "few")
	_, body = f.ask(t, "GET", jobsPath+"/few", nil)
	require.Contains(t, body, `<s:key name="resultCount">10</s:key>`)
	require.Contains(t, body, "the results were cut after 10 rows")
}

// TestExportInAllForms streams more rows than fit into one piece.
func TestExportInAllForms(t *testing.T) {
	f := newFixture(t)
	const search = `| makeresults count=20000 | streamstats count as n | table n`
	for mode, count := range map[string]func(string) int{
		"json": func(body string) int {
			last := 0
			for i, line := range strings.Split(strings.TrimSpace(body), "\n") {
				v := jsonOf(t, line)
				require.Equal(t, fmt.Sprint(i+1), v["result"].(map[string]any)["n"])
				require.EqualValues(t, i, v["offset"])
				if v["lastrow"] == true {
					last = i + 1
				}
			}
			return last
		},
		"json_rows": func(body string) (n int) {
			for line := range strings.Lines(body) {
				n += len(jsonOf(t, line)["rows"].([]any))
			}
			return n
		},
		"json_cols": func(body string) (n int) {
			for line := range strings.Lines(body) {
				n += len(jsonOf(t, line)["columns"].([]any)[0].([]any))
			}
			return n
		},
		"csv":  func(body string) int { return len(strings.Fields(body)) - 1 },
		"raw":  func(body string) int { return strings.Count(body, "n=") },
		"xml":  func(body string) int { return strings.Count(body, "<result offset") },
		"atom": func(body string) int { return strings.Count(body, "<entry>") },
	} {
		status, body := f.plain(t, jobsPath+"/export", url.Values{"search": {search}, "output_mode": {mode}})
		require.Equal(t, http.StatusOK, status, body)
		require.Equal(t, 20000, count(body), mode)
		status, body = f.plain(t, jobsPath+"/export", url.Values{"search": {"search index=nothing"}, "output_mode": {mode}})
		require.Equal(t, http.StatusOK, status, body)
	}
	status, body := f.plain(t, jobsPath+"/export", url.Values{"search": {"search index=main | table n text | sort n"}, "output_mode": {"json"}, "f": {"n"}})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, `{"preview":false,"offset":0,"result":{"n":"0"}}
{"preview":false,"offset":1,"result":{"n":"1"}}
{"preview":false,"offset":2,"result":{"n":"2"},"lastrow":true}
`, body)
	status, body = f.plain(t, jobsPath+"/export", url.Values{"search": {"search index=main NOT panic_later"}, "output_mode": {"json"}})
	require.Equal(t, http.StatusBadRequest, status)
	require.Contains(t, body, "a fault of the program")
}

// plain posts a form and gives the answer as it is.
func (f *fixture) plain(t *testing.T, path string, form url.Values) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, f.url+path, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	req.Header.Set("Authorization", f.session)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode, string(data)
}

// TestExportIsReadAsItComes takes one line of an export without an end in sight and
// goes away: the search ends.
func TestExportIsReadAsItComes(t *testing.T) {
	f := newFixture(t)
	form := url.Values{"search": {"| makeresults count=50000 | eval a=1 | map search=\"| makeresults count=50000 | table _time\" maxsearches=50000"}, "output_mode": {"json"}}
	req, err := http.NewRequest(http.MethodPost, f.url+jobsPath+"/export", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	req.Header.Set("Authorization", f.session)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	require.NoError(t, err)
	require.True(t, json.Valid([]byte(line)))
	require.NoError(t, resp.Body.Close())
	require.Eventually(t, func() bool {
		_, body := f.ask(t, "GET", jobsPath, url.Values{"output_mode": {"json"}})
		return len(jsonOf(t, body)["entry"].([]any)) == 0
	}, 30*time.Second, time.Millisecond)
}
