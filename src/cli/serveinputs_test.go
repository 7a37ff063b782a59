package cli

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// anywhere is ports that are free.
var anywhere = []string{"--hec", "127.0.0.1:0", "--api", "127.0.0.1:0"}

// secure is a server's address over https.
func secure(address string) string { return strings.Replace(address, "http://", "https://", 1) }

// trusting is a client that trusts the server's own certificate and no other.
func trusting(t *testing.T, home string) *http.Client {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(home, "auth", "server.crt"))
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(data))
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// asker makes requests with one Authorization.
type asker struct {
	client *http.Client
	auth   string
}

func (a asker) do(t testing.TB, method, address, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Authorization", a.auth)
	resp, err := a.client.Do(req)
	require.NoError(t, err)
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode, string(data)
}

// admin is who may do everything, over https.
func (s *serving) admin(t *testing.T, home string) asker {
	t.Helper()
	env := s.access(t, home)
	req := &http.Request{Header: http.Header{}}
	req.SetBasicAuth("admin", strings.TrimPrefix(env[1], "SPLUNK_PASSWORD="))
	return asker{trusting(t, home), req.Header.Get("Authorization")}
}

// TestInputsOfAServer makes, changes and removes tokens over REST and on the command
// line while the server runs, sends raw bodies and to the receivers, and searches.
func TestInputsOfAServer(t *testing.T) {
	home, app := t.TempDir(), t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(app, "default"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(app, "default", "props.conf"), []byte("[web]\nLINE_BREAKER = (;)\nTIME_PREFIX = ^\nTIME_FORMAT = %s\nMAX_DAYS_AGO = 10000\nSEDCMD-secret = s/pin=\\d+/pin=###/g\n"), 0o600))
	s := startServer(t, append([]string{"--home", home, "--app", app}, anywhere...)...)
	admin := s.admin(t, home)
	inputs := secure(s.API) + "/servicesNS/nobody/splunk_httpinput/data/inputs/http"
	status, body := admin.do(t, "POST", inputs+"?output_mode=json", url.Values{"name": {"rest"}, "index": {"web"}, "sourcetype": {"web"}, "indexes": {"web,main"}}.Encode())
	require.Equal(t, http.StatusCreated, status, body)
	var made struct {
		Entry []struct{ Content struct{ Token string } }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &made))
	sender := asker{admin.client, "Splunk " + made.Entry[0].Content.Token}
	raw := secure(s.HEC) + "/services/collector/raw"
	send := func(want int, says, query, text string) {
		t.Helper()
		status, body := sender.do(t, "POST", raw+query, text)
		require.Equal(t, want, status, body)
		require.Contains(t, body, says)
	}
	send(200, "Success", "", "1790000000 a pin=1234;1790000001 b")
	send(400, `"code":7`, "?index=risk", "x")
	for _, step := range []struct {
		method, path, form string
		status             int
		then               func()
	}{
		{"POST", "/rest/disable", "", 200, func() { send(403, "Token disabled", "", "x") }},
		{"POST", "/http%3A%2F%2Frest/enable", "", 200, func() { send(200, "Success", "", "1790000002 c") }},
		{"POST", "/rest", "indexes=risk&index=risk", 200, func() { send(200, "Success", "", "1790000003 d") }},
		{"POST", "/rest", "index=../x", 400, func() {}},
		{"POST", "/none", "index=x", 404, func() {}},
		{"POST", "", "name=rest", 409, func() {}},
		{"POST", "", "name=a/b", 400, func() {}},
		{"GET", "/rest", "", 200, func() {}},
		{"DELETE", "/rest", "", 200, func() { send(403, "Invalid token", "", "x") }},
		{"DELETE", "/rest", "", 404, func() {}},
	} {
		status, body := admin.do(t, step.method, inputs+step.path, step.form)
		require.Equal(t, step.status, status, "%s %s: %s", step.method, step.path, body)
		step.then()
	}
	sender.auth = "Splunk " + output(t, nil, "serve", "token", "add", "cli", "--home", home)
	send(200, "Success", "?sourcetype=web&time=1790000009", "1790000004 e")
	send(400, `"code":7`, "?index=fresh", "x")
	output(t, nil, "serve", "index", "add", "fresh", "--home", home)
	send(200, "Success", "?index=fresh", "one\ntwo")
	output(t, nil, "serve", "token", "disable", "cli", "--home", home)
	require.Contains(t, output(t, nil, "serve", "token", "list", "--home", home), "cli\tdisabled")
	send(403, "Token disabled", "", "x")

	receivers := secure(s.API) + "/services/receivers/"
	status, body = admin.do(t, "POST", receivers+"simple?sourcetype=x&output_mode=json", "two\nlines")
	require.Equal(t, 200, status, body)
	require.Contains(t, body, `"bytes":9`)
	status, _ = admin.do(t, "POST", receivers+"stream?sourcetype=web&index=web", "1790000005 f;1790000006 g"+strings.Repeat(";x", 1<<12))
	require.Equal(t, http.StatusNoContent, status)
	status, body = admin.do(t, "POST", receivers+"stream?index=nowhere", "x")
	require.Equal(t, 400, status)
	require.Contains(t, body, "nowhere&#39; missing")
	output(t, []string{passwordVariable + "=a user's password"}, "serve", "user", "add", "ann", "--home", home)
	req := &http.Request{Header: http.Header{}}
	req.SetBasicAuth("ann", "a user's password")
	ann := asker{admin.client, req.Header.Get("Authorization")}
	for _, address := range []string{receivers + "simple", inputs} {
		status, body = ann.do(t, "POST", address, "x")
		require.Equal(t, http.StatusForbidden, status, body)
	}
	search := func(text string) string {
		return output(t, s.access(t, home), "search", "--format", "json", "--splunk", secure(s.API), "--ca", filepath.Join(home, "auth", "server.crt"), text)
	}
	require.Equal(t, `{"_raw":["1790000000 a pin=###","1790000001 b","1790000002 c","1790000003 d","1790000004 e","1790000005 f","1790000006 g"],"_time":["1790000000","1790000001","1790000002","1790000003","1790000009","1790000005","1790000006"]}`,
		search(`index=* OR index=risk sourcetype=web _raw!=x | sort _raw | stats list(_raw) as _raw list(_time) as _time`))
	require.Equal(t, `{"count":"4101"}`, search(`index=web | stats count`))
	require.Equal(t, `{"_raw":"two\nlines","index":"main"}`, search(`sourcetype=x | table _raw index`))
	audited := search(`index=_audit | stats count by _raw`)
	s.stop(t)
	for _, secret := range []string{made.Entry[0].Content.Token, strings.TrimPrefix(sender.auth, "Splunk "), "a user's password", strings.TrimPrefix(s.access(t, home)[1], "SPLUNK_PASSWORD=")} {
		require.NotContains(t, audited, secret)
		require.Empty(t, filesWith(t, home, secret, "inputs.conf", "admin-password"))
	}
	for _, action := range []string{"create_http_token", "edit_http_token", "remove_http_token", "action=search"} {
		require.Contains(t, audited, action)
	}
}

// filesWith are the files below a folder that hold a text, but for some.
func filesWith(t *testing.T, dir, text string, but ...string) (found []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(text)) && !strings.Contains(fmt.Sprint(but), d.Name()) {
			found = append(found, path)
		}
		return err
	}))
	return found
}
