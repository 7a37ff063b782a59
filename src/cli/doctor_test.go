package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

// TestScriptsOfDoctor runs testdata/script/doctor/*.txtar: $SPLUNK is a Splunk
// where all is well, $SICK one with faults, $GONE where nobody listens, $HEC a
// collector whose token is hec-token.
func TestScriptsOfDoctor(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	well := readSplunk(t, filepath.Join(root, "testdata", "doctor", "splunk.txtar"))
	sick := map[string]string{}
	for path, text := range well {
		sick[path] = text
	}
	for path, text := range readSplunk(t, filepath.Join(root, "testdata", "doctor", "sick.txtar")) {
		sick[path] = text
	}
	env := map[string]http.HandlerFunc{"SPLUNK": answering(well), "SICK": answering(sick), "HEC": collecting, "GONE": nil}
	urls := map[string]string{}
	for name, handler := range env {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		urls[name] = server.URL
		if name == "GONE" {
			server.Close()
		}
	}
	// Scripts run beside the function that starts them: servers must outlive both.
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir:           filepath.Join(root, "testdata", "script", "doctor"),
			UpdateScripts: *update,
			Setup: func(e *testscript.Env) error {
				for name, url := range urls {
					e.Setenv(name, url)
				}
				return nil
			},
		})
	})
}

// readSplunk reads an archive with one file a path.
func readSplunk(t *testing.T, path string) map[string]string {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	require.NoError(t, err)
	app, err := os.ReadFile("../../default/app.conf")
	require.NoError(t, err)
	_, version, _ := strings.Cut(string(app), "\nversion = ")
	version, _, _ = strings.Cut(version, "\n")
	out := map[string]string{}
	for _, f := range archive.Files {
		out[f.Name] = strings.ReplaceAll(string(f.Data), "VERSION", version)
	}
	return out
}

// answering is a Splunk that has one answer a path; 403 before a line end is a
// status, and what it does not have is not there.
func answering(paths map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		_, job, ok := strings.Cut(path, "/search/v2/jobs")
		switch {
		case r.Header.Get("Authorization") != "Bearer good-token":
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"messages":[{"type":"WARN","text":"call not properly authenticated"}]}`)
			return
		case ok && job == "":
			path = "job"
			if strings.Contains(r.FormValue("search"), "riskscore") && strings.HasPrefix(paths["riskscore"], "400") {
				path = "riskscore"
			}
		case ok && strings.HasSuffix(job, "/results"):
			path = "results"
		case ok:
			path = "state"
		}
		text, ok := paths[path]
		status := ""
		if first, rest, cut := strings.Cut(text, "\n"); cut && len(first) == 3 {
			status, text = first, rest
		}
		switch {
		case !ok:
			w.WriteHeader(http.StatusNotFound)
			text = `{"messages":[{"type":"ERROR","text":"Not Found"}]}`
		case status == "403":
			w.WriteHeader(http.StatusForbidden)
		case status == "400":
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(w, text)
	}
}

// collecting is a collector without indexer acknowledgement.
func collecting(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/health"):
		_, _ = io.WriteString(w, `{"text":"HEC is healthy","code":17}`)
	case r.Header.Get("Authorization") != "Splunk hec-token":
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"text":"Invalid token","code":4}`)
	case strings.HasSuffix(r.URL.Path, "/ack"):
		_, _ = io.WriteString(w, `{"acks":{"0":false}}`)
	default:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"text":"No data","code":5}`)
	}
}
