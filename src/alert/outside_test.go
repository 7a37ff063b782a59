package alert

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/detection"
)

func TestTokens(t *testing.T) {
	s := saved(t, "[name]\nsearch = index=main\ndescription = why\ncron_schedule = 0 * * * *\nalert.severity = 5\n")
	s.App = "app"
	rows := table("dest", "WS-01,WS-02")
	tokens := &Tokens{Saved: s, Run: run, Link: "https://here/1", Rows: rows, First: 0}
	for text, want := range map[string]string{
		"$result.dest$ and $name$":                        "WS-01 and name",
		"$results.count$ in $app$ of $owner$":             "2 in app of nobody",
		"$trigger_time$ $trigger_date$":                   "1768478400 January 15, 2026",
		"$trigger_timeHMS$":                               "12:00:00 PM",
		"$job.sid$ $job.resultCount$":                     run.SID + " 2",
		"$job.earliestTime$ $job.latestTime$":             "1768474200.000 1768477800.000",
		"$description$ $search$ $cron_schedule$":          "why index=main 0 * * * *",
		"$results_link$ $alert.severity$ $alert.expires$": "https://here/1 5 24h",
		"5 $ and $$ and $5 is $ all":                      "5 $ and $ and $5 is $ all",
		"$result.nosuch$|$nosuch$|$job.nosuch$":           "||",
	} {
		got, unknown := tokens.Expand(text)
		require.Equal(t, want, got, text)
		require.Equal(t, strings.Contains(text, "nosuch"), unknown != nil, text)
	}
	got, unknown := (&Tokens{Saved: s, Rows: batch.New(0), First: -1}).Expand("$result.dest$")
	require.Empty(t, got+strings.Join(unknown, ""))
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"", "$", "$$", "$result.a$", "a$b$c$", "$ $ $"} {
		f.Add(s)
	}
	tokens := &Tokens{Saved: &detection.SavedSearch{Name: "n"}, Rows: batch.New(0), First: -1}
	f.Fuzz(func(t *testing.T, text string) {
		out, _ := tokens.Expand(text)
		if !strings.Contains(text, "$") {
			require.Equal(t, text, out)
		}
	})
}

func TestRefuses(t *testing.T) {
	declared := map[string]Declared{"ticket": {}}
	for name, want := range map[string]string{
		"risk": "", "notable": "", "summary_index": "", "webhook": "", "ticket": "",
		"email": "no mail is sent", "tickett": `did you mean "ticket"`, "nosuch": "no app declares it", "script": "deprecated",
	} {
		err := Refuses(name, declared)
		if want == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, want, name)
	}
}

func TestReadDeclared(t *testing.T) {
	file, problems := conf.Parse("alert_actions.conf", []byte(`
[ticket]
is_custom = 1
label = Make a ticket
alert.execute.cmd = make.sh
alert.execute.cmd.arg.1 = -v
param.queue = soc
payload_format = json
maxtime = 30s
[slow]
is_custom = 1
maxtime = ages
[email]
mailserver = localhost
[off]
is_custom = 1
disabled = 1
`))
	require.NoError(t, problems.Err())
	declared, problems := ReadDeclared(loaded(t, file.String()))
	require.Len(t, problems, 1)
	require.Contains(t, problems[0].Text, `cannot read maxtime "ages"`)
	require.Len(t, declared, 2)
	require.Equal(t, Declared{
		Name: "ticket", App: "app", Label: "Make a ticket", Command: "make.sh", Args: []string{"-v"}, Params: map[string]string{"queue": "soc"}, Time: 30e9, JSON: true,
	}, declared["ticket"])
	require.Equal(t, mostTime, declared["slow"].Time)
}

func loaded(t *testing.T, text string) *conf.Conf {
	t.Helper()
	c, problems := conf.Load("alert_actions.conf", []conf.App{{ID: "app", FS: fstest.MapFS{"default/alert_actions.conf": {Data: []byte(text)}}}}, "")
	require.NoError(t, problems.Err())
	return c
}

// hook is a saved search with a webhook.
func hook(t *testing.T, url, more string) *detection.SavedSearch {
	s := saved(t, "[hook]\nsearch = x\naction.webhook = 1\naction.webhook.param.url = "+url+"\n"+more)
	s.App = "app"
	return s
}

func do(t *testing.T, o *Outside, s *detection.SavedSearch, rows *batch.Batch) Done {
	t.Helper()
	return o.Do(t.Context(), s, run, rows, Fire(s, run, rows, known, Conditions{}))
}

func TestWebhook(t *testing.T) {
	var got []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		switch r.URL.Path {
		case "/hooks/away":
			http.Redirect(w, r, "https://127.0.0.2/hooks/in", http.StatusTemporaryRedirect)
			return
		case "/hooks/on":
			http.Redirect(w, r, "/hooks/in", http.StatusTemporaryRedirect)
			return
		case "/hooks/round":
			http.Redirect(w, r, "/hooks/round", http.StatusTemporaryRedirect)
			return
		case "/hooks/full":
			w.WriteHeader(http.StatusInsufficientStorage)
			return
		}
		got = append(got, string(body))
	}))
	defer server.Close()
	hooks, err := NewWebhooks([]string{server.URL + "/hooks/"}, server.Client().Transport)
	require.NoError(t, err)
	o := &Outside{Webhooks: hooks, Link: func(sid string) string { return "https://here/" + sid }}
	rows := table("dest", "WS-01,WS-02", "user", "anna,bob")
	tags := batch.Nulls(2)
	tags.Codes[0] = tags.Dict.AddValues([]string{"a", "b"})
	rows.Set("tags", tags)

	done := do(t, o, hook(t, server.URL+"/hooks/on", ""), rows)
	require.Empty(t, done.Messages)
	require.Equal(t, []string{"webhook"}, done.Actions)
	require.Len(t, got, 1)
	var payload map[string]any
	require.NoError(t, json.Unmarshal([]byte(got[0]), &payload))
	require.Equal(t, map[string]any{
		"sid": run.SID, "search_name": "hook", "app": "app", "owner": "nobody", "results_link": "https://here/" + run.SID,
		"result": map[string]any{"dest": "WS-01", "user": "anna", "tags": []any{"a", "b"}},
	}, payload)

	done = do(t, o, hook(t, server.URL+"/hooks/in?to=$result.user$", "alert.digest_mode = 0\n"), rows)
	require.Empty(t, done.Messages)
	require.Len(t, got, 3, "one for each result")
	require.Contains(t, got[2], "WS-02")

	for path, want := range map[string]string{
		"/hooks/away": "it redirects to another host", "/hooks/round": "it redirects too often", "/hooks/full": "507",
		"/other": "is not allowed", "/hooks/../other": "is not allowed", "x": "cannot read its address",
	} {
		done = do(t, o, hook(t, server.URL+path, ""), rows)
		require.ErrorContains(t, done.Messages, want, path)
		require.NotContains(t, done.Messages.Error(), "from=", path)
		require.Empty(t, done.Actions, path)
	}
	require.ErrorContains(t, do(t, &Outside{}, hook(t, server.URL+"/hooks/in", ""), rows).Messages, "--allow-webhook")
	unverified, err := NewWebhooks([]string{server.URL + "/hooks/"}, nil)
	require.NoError(t, err)
	require.ErrorContains(t, do(t, &Outside{Webhooks: unverified}, hook(t, server.URL+"/hooks/in", ""), rows).Messages, "certificate")
	large := table("text", strings.Repeat("x", maxPayload))
	require.ErrorContains(t, do(t, o, hook(t, server.URL+"/hooks/in", ""), large).Messages, "too large")
	require.Len(t, got, 3)
	for _, wrong := range []string{"ftp://x/", "hooks", "https://"} {
		_, err := NewWebhooks([]string{wrong}, nil)
		require.ErrorContains(t, err, "cannot allow the webhook address")
	}
}

func TestOutsideDoesNothingThatIsSuppressed(t *testing.T) {
	s := hook(t, "https://nowhere.example/", "alert.suppress = 1\nalert.suppress.period = 1h\n")
	rows := table("dest", "WS-01")
	out := Fire(s, run, rows, known, Conditions{Fires: func(func(string) []string) bool { return false }})
	done := (&Outside{}).Do(t.Context(), s, run, rows, out)
	require.Empty(t, done.Messages)
	require.Empty(t, done.Actions)
}

func TestOutsideSaysWhatIsNotDone(t *testing.T) {
	s := saved(t, stanza+"action.email = 1\naction.mystery = 1\n")
	done := do(t, &Outside{}, s, table("dest", "h", "user", "u", "parent", "p"))
	require.Equal(t, []string{"risk", "notable"}, done.Actions)
	require.Len(t, done.Messages, 2)
	require.False(t, done.Messages.HasErrors(), "the others were done")
	require.Contains(t, done.Messages[0].Text, "RiskReplay - X - Rule: the alert action \"email\" is not done")
}

func TestProgramThatIsNotThere(t *testing.T) {
	o := &Outside{Declared: map[string]Declared{"ticket": {Name: "ticket", Time: mostTime}}, Program: func(Declared) (string, []string, error) {
		return "", nil, errors.New("cannot find its program")
	}}
	s := saved(t, "[x]\nsearch = x\naction.ticket = 1\n")
	require.ErrorContains(t, do(t, o, s, table("a", "1")).Messages, `x: cannot do the alert action "ticket": cannot find its program`)
	o.Program = func(Declared) (string, []string, error) { return "/no/such/program", nil, nil }
	require.True(t, do(t, o, s, table("a", "1")).Messages.HasErrors())
	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.True(t, o.Do(ctx, s, run, table("a", "1"), Outcome{Triggered: true, Fired: []int{0}}).Messages.HasErrors())
}
