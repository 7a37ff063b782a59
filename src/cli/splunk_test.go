package cli

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// TestScriptsOnSplunk runs testdata/script/splunk/*.txtar against a server that
// speaks splunkd's REST API: $SPLUNK over http, $SPLUNK_TLS over https with the
// certificate in $CA, $GONE where nobody listens.
func TestScriptsOnSplunk(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	plain := httptest.NewServer(http.HandlerFunc(echoSplunk))
	t.Cleanup(plain.Close)
	secure := httptest.NewUnstartedServer(http.HandlerFunc(echoSplunk))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it would tell of certificates refused
	secure.StartTLS()
	t.Cleanup(secure.Close)
	gone := httptest.NewServer(nil)
	gone.Close()
	// Scripts run beside the function that starts them: servers must outlive both.
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir:           filepath.Join(root, "testdata", "script", "splunk"),
			UpdateScripts: *update,
			Setup: func(e *testscript.Env) error {
				e.Setenv("HOME", e.WorkDir)
				e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "config"))
				e.Setenv("ROOT", root)
				e.Setenv("SPLUNK", plain.URL)
				e.Setenv("SPLUNK_TLS", secure.URL)
				e.Setenv("GONE", gone.URL)
				ca := filepath.Join(e.WorkDir, "ca.pem")
				e.Setenv("CA", ca)
				return os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600)
			},
		})
	})
}

// echoSplunk is a Splunk whose searches find what they were asked with: a job's id
// is its parameters. Words in the search make it do other things.
func echoSplunk(w http.ResponseWriter, r *http.Request) {
	say := func(status int, kind, text string) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"messages": []map[string]string{{"type": kind, "text": text}}})
	}
	path := strings.TrimPrefix(r.URL.Path, "/services/search/v2/jobs")
	app := ""
	if rest, ok := strings.CutPrefix(path, "/servicesNS/nobody/"); ok {
		app, path, _ = strings.Cut(rest, "/search/v2/jobs")
	}
	auth := r.Header.Get("Authorization")
	switch {
	case r.URL.Path == "/services/auth/login":
		if r.FormValue("username") != "ann" || r.FormValue("password") != "pass-word" {
			say(http.StatusUnauthorized, "WARN", "Login failed")
			return
		}
		_, _ = io.WriteString(w, `{"sessionKey":"session"}`)
	case auth != "Bearer good-token" && auth != "Splunk session":
		say(http.StatusUnauthorized, "WARN", "call not properly authenticated")
	case strings.Contains(r.URL.Path, "/missing/"):
		say(http.StatusNotFound, "ERROR", "Application does not exist: missing")
	case r.Method == http.MethodPost && path == "":
		_ = r.ParseForm()
		if strings.Contains(r.PostForm.Get("search"), "evil") {
			say(http.StatusBadRequest, "FATAL", "Unknown search command 'evil'.")
			return
		}
		r.PostForm.Set("app", app)
		_ = json.NewEncoder(w).Encode(map[string]string{"sid": base64.RawURLEncoding.EncodeToString([]byte(r.PostForm.Encode()))})
	default:
		sid, what, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		text, _ := base64.RawURLEncoding.DecodeString(sid)
		asked, _ := url.ParseQuery(string(text))
		echoJob(w, what, asked)
	}
}

func echoJob(w io.Writer, what string, asked url.Values) {
	search := asked.Get("search")
	content := map[string]any{"dispatchState": "DONE", "isDone": true, "resultCount": 1, "reportSearch": "stats"}
	fields, row := []string{"app", "search", "earliest_time", "latest_time", "now"}, map[string]any{}
	for _, f := range fields {
		if v := asked.Get(f); v != "" {
			row[f] = v
		}
	}
	var messages []map[string]string
	switch {
	case strings.Contains(search, "fails"):
		content["dispatchState"], content["isFailed"] = "FAILED", true
		messages = append(messages, map[string]string{"type": "FATAL", "text": "Error in 'fails' command: no."})
	case strings.Contains(search, "peers"):
		messages = append(messages, map[string]string{"type": "ERROR", "text": "Search peer idx2 did not answer."})
	case strings.Contains(search, "events"):
		content["reportSearch"] = ""
		fields, row = []string{"host", "_time", "_raw"}, map[string]any{"_time": "2026-01-15T12:20:00.250+00:00", "_raw": "hello", "host": "h", "tag": []string{"a", "b"}}
	}
	switch what {
	case "":
		content["messages"] = messages
		_ = json.NewEncoder(w).Encode(map[string]any{"entry": []any{map[string]any{"name": "job", "content": content}}})
	case "results":
		var named []any
		for _, f := range fields {
			named = append(named, map[string]string{"name": f})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"fields": named, "results": []any{row}, "messages": messages})
	}
}
