package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/server"
)

const anns = "ann's own password"

// as is the fixture with another user logged in.
func (f *fixture) as(t *testing.T, name, password string) *fixture {
	t.Helper()
	other := *f
	other.session = ""
	status, body := other.ask(t, "POST", "/services/auth/login", url.Values{"username": {name}, "password": {password}, "output_mode": {"json"}})
	require.Equal(t, http.StatusOK, status, body)
	var answer struct{ SessionKey string }
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	other.session = "Splunk " + answer.SessionKey
	return &other
}

func (f *fixture) oneshot(t *testing.T, search string) (int, string) {
	t.Helper()
	return f.ask(t, "POST", "/services/search/jobs", url.Values{"search": {search}, "exec_mode": {"oneshot"}, "output_mode": {"json"}})
}

func (f *fixture) users() string { return filepath.Join(f.dir, "passwd") }

func TestAUserMaySearchAndNoMore(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, server.SetUser(f.users(), "ann", server.RoleUser, anns))
	ann := f.as(t, "ann", anns)
	status, body := ann.oneshot(t, "search index=main | stats count")
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, `"3"`)
	for _, search := range []string{
		"search index=main | collect index=main",
		"search index=main | outputlookup x.csv",
		"search index=main | sendalert risk param.a=b",
		"search index=main | append [search index=main | collect index=main]",
		"search index=main | map search=\"search index=main | collect index=main\"",
		"search index=main | head 1 | appendpipe [outputlookup x.csv]",
		"search [search index=main | outputlookup x.csv | fields n]",
		"| union [search index=main | collect index=main] [search index=main]",
	} {
		status, body := ann.oneshot(t, search)
		if !strings.Contains(search, "map ") { // what it starts is checked when it is started
			require.Equal(t, http.StatusBadRequest, status, search)
		}
		require.Contains(t, body, "you are not allowed to use the command", search)
	}
	status, body = ann.oneshot(t, "search index=main | stats count")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `"3"`, "nothing was collected")
	for _, c := range []struct{ method, path string }{
		{"POST", "/services/authentication/users"}, {"DELETE", "/services/authentication/users/admin"},
	} {
		status, body := ann.ask(t, c.method, c.path, url.Values{"name": {"eve"}, "password": {"long enough"}})
		require.Equal(t, http.StatusForbidden, status, body)
	}
	for _, c := range []struct {
		method, path string
		form         url.Values
		status       int
	}{
		{"GET", "/services/authentication/users/admin", nil, 404},
		{"POST", "/services/authentication/users/ann", url.Values{"roles": {"admin"}}, 403},
		{"POST", "/services/authentication/users/ann", url.Values{"password": {"another one"}}, 403},
		{"POST", "/services/authorization/tokens", url.Values{"name": {"admin"}}, 403},
		{"DELETE", "/services/authorization/tokens/admin", url.Values{"id": {"x"}}, 403},
	} {
		status, body := ann.ask(t, c.method, c.path, c.form)
		require.Equal(t, c.status, status, body)
	}
	_, body = ann.ask(t, "GET", "/services/authentication/users", nil)
	require.NotContains(t, body, "<title>admin</title>")
	_, body = ann.ask(t, "GET", "/services/authentication/current-context", url.Values{"output_mode": {"json"}})
	require.Contains(t, body, `"username":"ann"`)
	require.Contains(t, body, `"capabilities":["run_custom_command","search"]`)
}

func TestAUsersOwnPassword(t *testing.T) {
	f := newFixture(t)
	status, body := f.ask(t, "POST", "/services/authentication/users", url.Values{"name": {"ann"}, "password": {anns}, "roles": {"user"}})
	require.Equal(t, http.StatusOK, status, body)
	require.NotContains(t, body, anns)
	status, _ = f.ask(t, "POST", "/services/authentication/users", url.Values{"name": {"ann"}, "password": {anns}})
	require.Equal(t, http.StatusConflict, status)
	ann, too := f.as(t, "ann", anns), f.as(t, "ann", anns)
	status, body = ann.ask(t, "POST", "/services/authentication/users/ann", url.Values{"oldpassword": {anns}, "password": {"quite another"}})
	require.Equal(t, http.StatusOK, status, body)
	for _, session := range []*fixture{ann, too} {
		status, _ = session.ask(t, "GET", "/services/server/info", nil)
		require.Equal(t, http.StatusUnauthorized, status, "sessions end with the password that they were made with")
	}
	again := f.as(t, "ann", "quite another")
	status, _ = f.ask(t, "POST", "/services/authentication/users/ann", url.Values{"roles": {"admin"}})
	require.Equal(t, http.StatusOK, status)
	_, body = again.ask(t, "GET", "/services/authentication/current-context", nil)
	require.Contains(t, body, "edit_user", "a role counts at once")
	require.NoError(t, server.RemoveUser(f.users(), "ann"))
	status, _ = again.ask(t, "GET", "/services/server/info", nil)
	require.Equal(t, http.StatusUnauthorized, status)
}

func TestSessionsEnd(t *testing.T) {
	f := newFixture(t)
	key := strings.TrimPrefix(f.session, "Splunk ")
	status, _ := f.ask(t, "DELETE", "/services/authentication/httpauth-tokens/"+key, nil)
	require.Equal(t, http.StatusOK, status)
	status, _ = f.ask(t, "GET", "/services/server/info", nil)
	require.Equal(t, http.StatusUnauthorized, status)
	f = f.as(t, "admin", f.password)
	for range 30 { // in use all day long
		f.clock.Advance(50 * time.Minute)
		status, _ = f.ask(t, "GET", "/services/server/info", nil)
	}
	require.Equal(t, http.StatusUnauthorized, status, "a session ends a day after its login")
}

func TestGuessingIsSlow(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, server.SetUser(f.users(), "ann", server.RoleUser, anns))
	login := func(name, password string) int {
		status, _ := f.ask(t, "POST", "/services/auth/login", url.Values{"username": {name}, "password": {password}})
		return status
	}
	for range 5 {
		require.Equal(t, http.StatusUnauthorized, login("ann", "a guess"))
	}
	require.Equal(t, http.StatusServiceUnavailable, login("ann", anns), "nobody learns that this one is right")
	require.Equal(t, http.StatusOK, login("admin", f.password), "others are not in the way")
	f.clock.Advance(7 * time.Second)
	require.Equal(t, http.StatusOK, login("ann", anns))
	require.Equal(t, http.StatusUnauthorized, login(strings.Repeat("x", 1<<19), "a guess"))
}

func TestBearerTokens(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, server.SetUser(f.users(), "ann", server.RoleUser, anns))
	status, body := f.ask(t, "POST", "/services/authorization/tokens", url.Values{"name": {"ann"}, "audience": {"ci"}, "expires_on": {"+30d"}, "output_mode": {"json"}})
	require.Equal(t, http.StatusOK, status, body)
	var made struct {
		Entry []struct{ Content struct{ ID, Token string } }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &made))
	token := made.Entry[0].Content
	kept, err := os.ReadFile(filepath.Join(f.dir, "tokens.json"))
	require.NoError(t, err)
	require.NotContains(t, string(kept), token.Token)
	ann := *f
	ann.session = "Bearer " + token.Token
	get := func() int {
		status, body := ann.ask(t, "GET", "/services/authentication/current-context", nil)
		if status == http.StatusOK {
			require.Contains(t, body, "ann")
		}
		return status
	}
	require.Equal(t, http.StatusOK, get())
	_, body = ann.ask(t, "GET", "/services/authorization/tokens", url.Values{"output_mode": {"json"}})
	require.Contains(t, body, `"aud":"ci"`)
	require.NotContains(t, body, token.Token)
	change := func(method, status string) {
		code, body := f.ask(t, method, "/services/authorization/tokens/ann", url.Values{"id": {token.ID}, "status": {status}})
		require.Equal(t, http.StatusOK, code, body)
	}
	change("POST", "disabled")
	require.Equal(t, http.StatusUnauthorized, get())
	change("POST", "enabled")
	require.Equal(t, http.StatusOK, get())
	f.clock.Advance(31 * 24 * time.Hour)
	require.Equal(t, http.StatusUnauthorized, get(), "it has expired")
	f = f.as(t, "admin", f.password)
	change("DELETE", "")
	status, _ = f.ask(t, "DELETE", "/services/authorization/tokens/ann", url.Values{"id": {token.ID}})
	require.Equal(t, http.StatusNotFound, status)
}

// TestTheAuditTellsWhoDidWhat looks for what was done in index=_audit, and there for
// secrets.
func TestTheAuditTellsWhoDidWhat(t *testing.T) {
	f := newFixture(t)
	f.ask(t, "POST", "/services/authentication/users", url.Values{"name": {"ann"}, "password": {anns}})
	f.ask(t, "POST", "/services/auth/login", url.Values{"username": {"eve, action=x]"}, "password": {"a wrong guess"}})
	ann := f.as(t, "ann", anns)
	ann.oneshot(t, "search index=main | stats count")
	_, body := f.oneshot(t, "search index=_audit sourcetype=audittrail | table _raw")
	for _, want := range []string{
		"user=admin, action=login attempt, info=succeeded, clientip=127.0.0.1]",
		"user=admin, action=create_user, info=succeeded, object=ann, role=user]",
		`user=\"eve, action=x]\", action=login attempt, info=failed, clientip=127.0.0.1]`,
		"user=ann, action=login attempt, info=succeeded",
		`user=ann, action=search, info=granted`,
	} {
		require.Contains(t, strings.ReplaceAll(body, `\\`, `\`), want)
	}
	for _, secret := range []string{f.password, anns, "a wrong guess", strings.TrimPrefix(f.session, "Splunk "), strings.TrimPrefix(ann.session, "Splunk ")} {
		require.NotContains(t, body, secret)
	}
	for range 400 {
		f.oneshot(t, "| foo")
	}
	f.clock.Advance(time.Second)
	f.as(t, "admin", f.password)
	_, body = f.oneshot(t, "search index=_audit | stats count as audited count(eval(match(_raw, \"dropped=.*[0-9].$\"))) as limited")
	require.Contains(t, body, `"limited":"1"`)
	require.Regexp(t, `"audited":"3\d\d"`, body)
}
