package vet

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"riskreplay"
	"riskreplay/src/clock"
	"riskreplay/src/conf"
	"riskreplay/src/hec"
	"riskreplay/src/splunkd"
)

// fakeSplunk answers with the files of testdata/doctor/splunk.txtar.
type fakeSplunk map[string]string

func newFakeSplunk(t *testing.T) fakeSplunk {
	t.Helper()
	archive, err := txtar.ParseFile("../../testdata/doctor/splunk.txtar")
	require.NoError(t, err)
	out := fakeSplunk{}
	for _, f := range archive.Files {
		out[f.Name] = strings.ReplaceAll(string(f.Data), "VERSION", ours(t).Version)
	}
	return out
}

func (f fakeSplunk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if before, after, ok := strings.Cut(r.URL.Path, "/search/v2/jobs"); ok {
		f.search(w, r, before, after)
		return
	}
	f.answer(w, r.URL.Path)
}

func (f fakeSplunk) answer(w http.ResponseWriter, key string) {
	text, ok := f[key]
	if !ok {
		text = "404\n" + `{"messages":[{"type":"ERROR","text":"Not Found"}]}`
	}
	if first, rest, ok := strings.Cut(text, "\n"); ok {
		if status, err := strconv.Atoi(first); err == nil {
			w.WriteHeader(status)
			text = rest
		}
	}
	_, _ = io.WriteString(w, text)
}

// search is a job whose id is what was searched for.
func (f fakeSplunk) search(w http.ResponseWriter, r *http.Request, app, rest string) {
	if rest == "" {
		text := r.FormValue("search")
		for _, word := range []string{"riskscore", "eventcount"} {
			if strings.Contains(text, word) {
				text = word
			}
		}
		if f[text][:1] == "4" || f[app+text] != "" {
			f.answer(w, text)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"sid": base64.RawURLEncoding.EncodeToString([]byte(text))})
		return
	}
	sid, what, _ := strings.Cut(rest[1:], "/")
	word, _ := base64.RawURLEncoding.DecodeString(sid)
	switch what {
	case "":
		_, _ = io.WriteString(w, `{"entry":[{"name":"job","content":{"dispatchState":"DONE","isDone":true,"resultCount":1,"reportSearch":"table"}}]}`)
	case "results":
		_, _ = fmt.Fprintf(w, `{"fields":[{"name":"index"},{"name":"risk_score"}],"results":%s}`, f[string(word)])
	}
}

func ours(t *testing.T) Needs {
	t.Helper()
	n, problems := NeedsOf(conf.App{ID: "DA-ESS-RiskReplay", FS: riskreplay.App})
	require.Empty(t, problems)
	require.NotEmpty(t, n.Version)
	return n
}

// look runs all checks on a server and gives the findings as lines.
func look(t *testing.T, handler http.Handler, collector *hec.Options) (lines []string, err error) {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	c, err := splunkd.New(splunkd.Options{URL: server.URL, Credentials: splunkd.Credentials{Token: "tok-en"}, Clock: clock.Real{}, GiveUp: -1})
	require.NoError(t, err)
	defer c.Close()
	findings, err := Setup(context.Background(), ours(t), Site{Client: c, Collector: collector})
	for _, f := range findings {
		require.Equal(t, f.State == Good, f.Advice == "", "what is not well says what to do: %v", f)
		lines = append(lines, fmt.Sprintf("%s %s: %s [%s]", f.State, f.Check, f.Text, f.Advice))
	}
	return lines, err
}

func TestSetupOfHealthySplunk(t *testing.T) {
	lines, err := look(t, newFakeSplunk(t), nil)
	require.NoError(t, err)
	for _, line := range lines {
		require.True(t, strings.HasPrefix(line, "ok "), line)
	}
	require.Len(t, lines, 18)
}

// TestSetup changes one answer of the healthy Splunk a case and wants one line,
// or several parted by a bar, among the findings.
func TestSetup(t *testing.T) {
	const (
		apps   = "/services/apps/local"
		model  = "/servicesNS/nobody/DA-ESS-RiskReplay/datamodel/model/Endpoint"
		risk   = "/servicesNS/nobody/DA-ESS-RiskReplay/datamodel/model/Risk"
		tstats = "/servicesNS/nobody/Splunk_SA_CIM/admin/summarization/tstats:DM_Splunk_SA_CIM_Endpoint"
		idx    = "/services/data/indexes"
		macros = "/servicesNS/nobody/DA-ESS-RiskReplay/admin/macros"
		saved  = "/servicesNS/-/-/saved/searches"
		who    = "/services/authentication/current-context"
		role   = "/services/authorization/roles/ess_analyst"
		input  = "/services/data/modular-inputs/replay"
		off    = "/servicesNS/nobody/splunk_httpinput/data/inputs/http/http"
		tokens = "/servicesNS/-/-/data/inputs/http"
		denied = "403\n" + `{"messages":[{"type":"ERROR","text":"insufficient permission to access this resource"}]}`
		page   = "<html><title>Proxy</title></html>"
		none   = `{"entry":[]}`
	)
	edit := func(path, from, to string) func(fakeSplunk) {
		return func(f fakeSplunk) {
			if !strings.Contains(f[path], from) {
				panic(path + " has no " + from)
			}
			f[path] = strings.Replace(f[path], from, to, 1)
		}
	}
	set := func(path, to string) func(fakeSplunk) { return func(f fakeSplunk) { f[path] = to } }
	gone := func(path string) func(fakeSplunk) { return func(f fakeSplunk) { delete(f, path) } }
	enable := func(name string) func(fakeSplunk) {
		return func(f fakeSplunk) {
			before, after, ok := strings.Cut(f[saved], `"`+name+`"`)
			if !ok {
				panic(name)
			}
			f[saved] = before + `"` + name + `"` + strings.Replace(after, `"disabled":true`, `"disabled":false`, 1)
		}
	}
	noES := edit(apps, "SplunkEnterpriseSecuritySuite", "x")
	const (
		regsvcs = "RiskReplay - Detect Regsvcs Spawning a Process - Rule"
		twin    = "RiskReplay - Detect Regsvcs Spawning a Process - Risk without ES"
		hours   = "RiskReplay - Risk Threshold Exceeded For Object Over 24 Hour Period - Rule"
	)
	disabled := edit(saved, `"name":"`+regsvcs+`","acl":{"app":"DA-ESS-RiskReplay"},"content":{"disabled":false`, `"name":"`+regsvcs+`","acl":{"app":"DA-ESS-RiskReplay"},"content":{"disabled":true`)
	for _, c := range []struct {
		name   string
		change []func(fakeSplunk)
		want   string
	}{
		{"old Splunk", do(edit("/services/server/info", "9.3.1", "8.2.12")), "warning splunk: Splunk 8.2.12 on sh1 [the app is written for"},
		{"Splunk Cloud", do(edit("/services/server/info", `"version"`, `"instance_type":"cloud","version"`)), "ok splunk: Splunk Cloud 9.3.1"},
		{"who it is is not to be read", do(set("/services/server/info", denied)), "warning splunk: cannot tell which Splunk it is: insufficient permission"},

		{"no app", do(edit(apps, `"DA-ESS-RiskReplay"`, `"x"`)), "error app: DA-ESS-RiskReplay is not installed"},
		{"app switched off", do(edit(apps, `"disabled":false,"visible"`, `"disabled":"1","visible"`)), "error app: DA-ESS-RiskReplay 0.1.0 is switched off"},
		{"other version", do(edit(apps, `"0.1.0"`, `"0.0.9"`)), "warning app: DA-ESS-RiskReplay 0.0.9; this riskreplay is of 0.1.0"},
		{"apps not to be read", do(set(apps, denied)), "warning app: cannot tell whether DA-ESS-RiskReplay is installed: insufficient permission to access this resource (HTTP status 403) [the user's roles|warning cim: cannot tell|warning add-ons: cannot tell|warning enterprise security: cannot tell|ok macros:|ok hec:"},
		{"apps are a page", do(set(apps, page)), "warning app: cannot tell whether DA-ESS-RiskReplay is installed: the answer is no"},
		{"apps cut short", do(set(apps, `{"entry":[{"na`)), "warning app: cannot tell whether DA-ESS-RiskReplay is installed: the answer is no list"},
		{"apps that are none", do(set(apps, `{"entry":[3,null,{"name":7}]}`)), "error app: DA-ESS-RiskReplay is not installed"},

		{"no CIM", do(edit(apps, "Splunk_SA_CIM", "x")), "error cim: the Common Information Model add-on (Splunk_SA_CIM) is not installed"},
		{"CIM off", do(edit(apps, `"5.3.2","disabled":false`, `"5.3.2","disabled":true`)), "error cim: the Common Information Model add-on (Splunk_SA_CIM) is switched off"},
		{"no add-on", do(edit(apps, "Splunk_TA_windows", "x"), edit(apps, "Splunk_TA_microsoft_sysmon", "y")), "warning add-ons: no add-on for endpoint data is installed here"},
		{"old add-on", do(edit(apps, "4.0.1", "1.0.3")), "warning add-ons: Splunk_TA_microsoft_sysmon 1.0.3 is too old"},
		{"CrowdStrike", do(edit(apps, "Splunk_TA_windows", "Splunk_TA_CrowdStrike_FDR")), "ok add-ons: Splunk_TA_CrowdStrike_FDR 8.8.0, for CrowdStrike data"},

		{"no data model", do(gone(model)), "error data model: there is no data model Endpoint"},
		{"empty data model", do(set(model, none)), "error data model: there is no data model Endpoint"},
		{"data model not to be read", do(set(model, denied)), "warning data model: cannot tell whether there is"},
		{"data model without Registry", do(edit(model, "Registry", "Keys")), "error data model: the data model Endpoint of Splunk_SA_CIM has no Endpoint.Registry"},
		{"data model that is no JSON", do(edit(model, `\"modelName\"`, `modelName`)), "warning data model: cannot tell which datasets"},
		{"not accelerated", do(edit(model, `\"enabled\":true`, `\"enabled\":false`)), "warning acceleration: the data model Endpoint is not accelerated"},
		{"acceleration as a number", do(edit(model, `"{\"enabled\":true,\"earliest_time\":\"-1mon\",\"cron_schedule\":\"3-58/5 * * * *\",\"max_time\":3600}"`, `0`)), "warning acceleration: the data model Endpoint is not accelerated"},
		{"acceleration that is no JSON", do(edit(model, `{\"enabled\"`, `enabled`)), "warning acceleration: cannot tell whether"},
		{"summaries alone, and none", do(edit(model, `\"enabled\":true`, `\"enabled\":false`), edit(macros, `"definition":"false"`, `"definition":"true"`)), "error acceleration: the data model Endpoint is not accelerated, and the macro summariesonly_config"},
		{"no summary", do(gone(tstats)), "warning acceleration: the data model Endpoint is accelerated, and there is no summary yet"},
		{"part of a summary", do(edit(tstats, "0.998600", "0.413")), "warning acceleration: the data model Endpoint is accelerated, and its summary holds 41% of the events"},
		{"summary of nothing", do(edit(tstats, "0.998600", "much")), `warning acceleration: cannot tell how complete the summary of Endpoint is: expected a number, found "much"`},
		{"summary not to be read", do(set(tstats, denied)), "warning acceleration: cannot tell how complete"},

		{"index switched off", do(edit(idx, `"disabled":false,"totalEventCount":41`, `"disabled":1,"totalEventCount":41`)), `error indexes: the index "risk" is switched off`},
		{"index for metrics", do(edit(idx, `"risk","content":{"datatype":"event"`, `"risk","content":{"datatype":"metric"`)), `error indexes: the index "risk" is for metrics`},
		{"index on the indexers", do(edit(idx, `"name":"risk"`, `"name":"x"`)), `ok indexes: index "risk", on the indexers`},
		{"no index", do(edit(idx, `"name":"risk"`, `"name":"x"`), set("eventcount", "[]")), `error indexes: there is no index "risk", here or on the indexers`},
		{"nobody can tell of the index", do(edit(idx, `"name":"risk"`, `"name":"x"`), set("eventcount", denied)), `warning indexes: cannot tell whether the index "risk" is on the indexers`},
		{"no notables without ES", do(noES, edit(idx, `"name":"notable"`, `"name":"x"`)), `ok indexes: index "risk", 41 events`},
		{"indexes not to be read", do(set(idx, denied)), "warning indexes: cannot tell which indexes there are"},

		{"no ES", do(noES), "ok enterprise security: Enterprise Security is not installed|warning detections: \"Detect Regsvcs Spawning a Process\" is enabled as a rule, whose actions do nothing without Enterprise Security [enable \"RiskReplay - Detect Regsvcs"},
		{"old ES", do(edit(apps, "7.3.2", "6.6.0")), "warning enterprise security: Enterprise Security 6.6.0"},

		{"no macro", do(edit(macros, `"oldsummaries_config"`, `"x"`)), "error macros: the macro `oldsummaries_config`, which \"RiskReplay - ATT&CK"},
		{"macro switched off", do(edit(macros, `"definition":"null","disabled":false`, `"definition":"null","disabled":true`)), "error macros: the macro `fillnull_config` is switched off"},
		{"a macro of two", do(edit(macros, `"drop_dm_object_name(1)"`, `"x"`)), "ok macros: all 10 macros of the searches are there"},
		{"macros not to be read", do(set(macros, denied)), "warning macros: cannot tell whether the macros"},

		{"nothing enabled", do(disabled), "warning detections: none of the app's detections is enabled [enable them in Enterprise Security, Content Management]"},
		{"nothing enabled without ES", do(disabled, noES), "warning detections: none of the app's detections is enabled [enable them in Settings"},
		{"rule and twin", do(enable(twin)), `error detections: "Detect Regsvcs Spawning a Process" is enabled twice: its rule and its search without ES`},
		{"rule and twin without ES", do(enable(twin), noES), `warning detections: "Detect Regsvcs Spawning a Process" is enabled twice, and the rule's own actions do nothing`},
		{"twin with ES", do(disabled, enable(twin)), `warning detections: "Detect Regsvcs Spawning a Process" writes risk events by its search without ES`},
		{"twin without ES", do(disabled, enable(twin), noES), `ok detections: "Detect Regsvcs Spawning a Process" is enabled`},
		{"a search is gone", do(edit(saved, regsvcs, "x")), `error detections: the saved search "` + regsvcs + `" is not there`},
		{"threshold rule beside ES's", do(enable(hours)), `warning detections: "Risk Threshold Exceeded For Object Over 24 Hour Period" is enabled beside "Risk - 24 Hour Risk Threshold Exceeded - Rule"`},
		{"threshold rule without its data model", do(enable(hours), gone(risk)), "error detections: a rule over risk events is enabled, and its data model Risk is not there"},
		{"threshold rule, nobody can tell", do(enable(hours), set(risk, denied)), "warning detections: cannot tell whether the data model Risk is there"},
		{"saved searches not to be read", do(set(saved, denied)), "warning detections: cannot tell which detections|warning escu: cannot tell which"},

		{"twice, with ESCU", do(enable("ESCU - Detect Regsvcs Spawning a Process - Rule")), `error escu: "Detect Regsvcs Spawning a Process" is enabled here and in ESCU: each finding counts twice, 128 instead of 64`},
		{"twice, with ESCU and the twin", do(disabled, enable(twin), enable("ESCU - Detect Regsvcs Spawning a Process - Rule")), `error escu: "Detect Regsvcs`},
		{"another of ESCU's", do(enable("ESCU - Windows Service Creation Using Registry Entry - Rule")), "ok escu: ESCU 4.40.0, and no detection is enabled in both apps"},
		{"no ESCU", do(edit(apps, "DA-ESS-ContentUpdate", "x")), "ok escu: ESCU (DA-ESS-ContentUpdate) is not here"},

		{"no riskscore", do(set("riskscore", "400\n"+`{"messages":[{"type":"FATAL","text":"Unknown search command 'riskscore'."}]}`)), "error riskscore: the search command riskscore does not run: Unknown search command 'riskscore' (HTTP status 400) [the app's bin/ must"},
		{"riskscore without rows", do(set("riskscore", "[]")), "error riskscore: the search command riskscore gives no score"},
		{"riskscore with another score", do(set("riskscore", `[{"risk_score":"1"}]`)), `found "1"`},
		{"searching forbidden", do(set("riskscore", denied)), "warning riskscore: cannot tell whether the search command"},
		{"no modular input", do(gone(input)), "error modular input: the modular input replay:// is not registered"},
		{"modular inputs not to be read", do(set(input, denied)), "warning modular input: cannot tell"},

		{"few capabilities", do(edit(who, `"edit_tcp","delete_by_keyword",`, "")), `warning rights: "ann" (ess_analyst, can_delete) may not replay into Splunk without an HEC token (replay --to splunk:) [give one of the roles the capability edit_tcp|may not take a replay back`},
		{"nobody", do(set(who, none)), "warning rights: cannot tell who the user is"},
		{"user not to be read", do(set(who, page)), "warning rights: cannot tell who the user is"},
		{"risk not to be searched", do(edit(role, `"imported_srchIndexesAllowed":["*"]`, `"imported_srchIndexesAllowed":["main","_*","win*"]`)), `may not search index=risk`},
		{"risk denied", do(edit(role, `"srchIndexesDisallowed":[]`, `"srchIndexesDisallowed":["ri*"]`)), `may not search index=risk`},
		{"roles not to be read", do(set(role, denied)), `warning rights: cannot tell which indexes the role "ess_analyst" may search`},

		{"collector off", do(edit(off, `"disabled":"0"`, `"disabled":"1"`)), "warning hec: the HTTP Event Collector is switched off|ok hec:"},
		{"collector not to be read", do(set(off, denied)), "warning hec: cannot tell whether the HTTP Event Collector is on"},
		{"no token", do(edit(tokens, `"disabled":false`, `"disabled":true`)), "warning hec: the HTTP Event Collector has no token that is enabled"},
		{"no acknowledgement", do(edit(tokens, `"useACK":"1"`, `"useACK":"0"`)), "ok hec: 1 token enabled, none with indexer acknowledgement"},
		{"tokens not to be read", do(set(tokens, denied)), "warning hec: cannot tell which tokens"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFakeSplunk(t)
			for _, change := range c.change {
				change(f)
			}
			lines, err := look(t, f, nil)
			require.NoError(t, err)
			for want := range strings.SplitSeq(c.want, "|") {
				require.Contains(t, strings.Join(lines, "\n"), want)
			}
		})
	}
}

func do(changes ...func(fakeSplunk)) []func(fakeSplunk) { return changes }

// TestSetupSkipsWhatNeedsTheApp: without the app its own things are not asked for.
func TestSetupSkipsWhatNeedsTheApp(t *testing.T) {
	f := newFakeSplunk(t)
	f["/services/apps/local"] = strings.Replace(f["/services/apps/local"], "DA-ESS-RiskReplay", "x", 1)
	f["/servicesNS/nobody/search/datamodel/model/Endpoint"] = f["/servicesNS/nobody/DA-ESS-RiskReplay/datamodel/model/Endpoint"]
	lines, err := look(t, f, nil)
	require.NoError(t, err)
	text := strings.Join(lines, "\n")
	require.Contains(t, text, "ok data model:")
	require.Contains(t, text, "ok acceleration:")
	for _, check := range []string{" macros:", " detections:", " escu:", " riskscore:", " modular input:"} {
		require.NotContains(t, text, check)
	}
}

// TestSetupWithoutSplunk: a server that is not there, is none, or refuses the
// credentials is an error, also in the middle.
func TestSetupWithoutSplunk(t *testing.T) {
	for name, c := range map[string]struct {
		path, answer, want string
	}{
		"page":    {"/services/server/info", "<html></html>", "the answer is no list of entries"},
		"absent":  {"/services/server/info", "404\n", "404"},
		"proxy":   {"/services/server/info", "403\nno", "403"},
		"refused": {"/services/server/info", "401\n" + `{"messages":[{"type":"WARN","text":"call not properly authenticated"}]}`, "not properly authenticated"},
		"middle":  {"/services/data/indexes", "401\n{}", "401"},
		"busy":    {"/services/data/indexes", "503\n{}", "503"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakeSplunk(t)
			f[c.path] = c.answer
			lines, err := look(t, f, nil)
			require.ErrorContains(t, err, c.want)
			require.Equal(t, c.path == "/services/server/info", len(lines) == 0)
		})
	}
}

// TestSetupOfAnyAnswer gives all paths, and each alone, answers that make no sense:
// each is a finding or an error, and no crash.
func TestSetupOfAnyAnswer(t *testing.T) {
	for _, answer := range []string{"", "{}", "[]", "null", `{"entry":null}`, `{"entry":[{}]}`, `{"entry":[{"name":"x","content":[]}]}`, `{"entry":[{"name":"x","content":{"description":7,"acceleration":[],"capabilities":"x","roles":{},"disabled":"perhaps"}}]}`, strings.Repeat("[", 100_000), "500\n{}", "302\n"} {
		f := newFakeSplunk(t)
		for path := range f {
			f[path] = answer
			if answer == "" {
				f[path] = "200\n"
			}
		}
		_, _ = look(t, f, nil)
		if len(answer) < 10 || len(answer) > 1000 {
			continue
		}
		for path := range newFakeSplunk(t) {
			f := newFakeSplunk(t)
			f[path] = answer + " "
			lines, err := look(t, f, nil)
			require.True(t, err != nil || len(lines) > 7, "%s %q", path, answer)
		}
	}
}

func TestSetupAsksTheCollector(t *testing.T) {
	tokens := map[string]string{"hec-token": "healthy, takes the token and acknowledges", "plain-token": "takes the token, which has no indexer acknowledgement", "unlisted": "healthy and takes the token"}
	for token, want := range tokens {
		server := httptest.NewServer(hecAnswers(token))
		f := newFakeSplunk(t)
		f["/servicesNS/-/-/data/inputs/http"] = strings.Replace(f["/servicesNS/-/-/data/inputs/http"], "old-token", "plain-token", 1)
		lines, err := look(t, f, &hec.Options{URL: server.URL, Token: hec.Secret(token), Clock: clock.Real{}})
		require.NoError(t, err)
		require.Contains(t, lines[len(lines)-1], want)
		require.True(t, strings.HasPrefix(lines[len(lines)-1], "ok hec health:"))

		lines, err = look(t, f, &hec.Options{URL: server.URL, Token: "wrong-token", Clock: clock.Real{}})
		require.NoError(t, err)
		require.Contains(t, lines[len(lines)-1], "error hec health: ")
		require.NotContains(t, lines[len(lines)-1], "wrong-token")
		server.Close()
		lines, err = look(t, f, &hec.Options{URL: server.URL, Token: hec.Secret(token), Clock: clock.Real{}, Timeout: time.Second})
		require.NoError(t, err)
		require.Contains(t, lines[len(lines)-1], "connection refused")
	}
}

// hecAnswers is a collector that knows one token.
func hecAnswers(token string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/health"):
			_, _ = io.WriteString(w, `{"text":"HEC is healthy","code":17}`)
		case r.Header.Get("Authorization") != "Splunk "+token:
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"text":"Invalid token","code":4}`)
		case strings.HasSuffix(r.URL.Path, "/ack"):
			_, _ = io.WriteString(w, `{"acks":{"0":false}}`)
		default:
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"text":"No data","code":5}`)
		}
	}
}

func TestOlder(t *testing.T) {
	for _, c := range []struct {
		version, than string
		want          bool
	}{{"8.2.12", "9.0.0", true}, {"9.0.0", "9.0.0", false}, {"10.0", "9.0.0", false}, {"9", "9.0.0", false}, {"1.10", "2.0.0", true}, {"", "9.0.0", false}, {"develop", "9.0.0", false}} {
		require.Equal(t, c.want, older(c.version, c.than), c.version)
	}
}
