package splunkd

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

const (
	start1 = "POST /services/search/v2/jobs search=search+index%3Dmain exec_mode=normal output_mode=json\n201 {\"sid\":\"1.1\"}\n"
	look1  = "GET /services/search/v2/jobs/1.1 output_mode=json\n"
	page1  = "GET /services/search/v2/jobs/1.1/results output_mode=json count=10000 offset=0\n"
)

// Each conversation is of one search: what is said, and what comes of it: rows, or
// the error, with messages behind it.
var conversations = []struct {
	name, say, want string
	change          func(*Options)
	request         job.Request
}{
	{
		name: "life cycle",
		say: start1 + look1 + "204 \n" + look1 + status(`"dispatchState":"PARSING"`) + look1 + status(`"dispatchState":"RUNNING","isDone":false`) + look1 + "done 2\n" +
			page1 + `200 {"preview":false,"init_offset":0,"messages":[],"fields":[{"name":"host"},{"name":"count","type":"int"}],"results":[{"host":"a","count":"1"},{"host":["b","c"],"count":2}],"highlighted":{}}`,
		want: "host=a count=1\nhost=[b,c] count=2\n",
	},
	{
		name: "the older address",
		say: "POST /services/search/v2/jobs\n404 {\"messages\":[{\"type\":\"ERROR\",\"text\":\"Not Found\"}]}\nPOST /services/search/jobs search=search+index%3Dmain\n201 {\"sid\":\"1.1\"}\n" +
			"GET /services/search/jobs/1.1\ndone 1\nGET /services/search/jobs/1.1/results\n200 {\"results\":[{\"a\":\"1\"}]}",
		want: "a=1\n",
	},
	{
		name: "a namespace, times, now, an id with a slash",
		say: "POST /servicesNS/nobody/my%20app/search/v2/jobs search=%7C+makeresults earliest_time=-24h%40h latest_time=now now=1768479600.5 id=a%2Fb max_count=7 timeout=3600\n201 {\"sid\":\"a/b\"}\n" +
			"GET /servicesNS/nobody/my%20app/search/v2/jobs/a%2Fb\ndone 0\nGET /servicesNS/nobody/my%20app/search/v2/jobs/a%2Fb/results\n200 {\"results\":[]}",
		request: job.Request{Search: " | makeresults ", App: "my app", Earliest: "-24h@h", Latest: "now", Now: time.UnixMilli(1768479600500), SID: "a/b", Limits: job.Limits{ResultRows: 7}},
	},
	{
		name: "pages",
		say: start1 + look1 + "done 3\n" + strings.ReplaceAll(page1, "10000", "2") + `200 {"fields":["a"],"results":[{"a":"1"},{"a":"2"}]}` + "\n" +
			"GET /services/search/v2/jobs/1.1/results count=2 offset=2\n" + `200 {"fields":["a"],"results":[{"a":"3"}]}`,
		want: "a=1\na=2\na=3\n", change: func(o *Options) { o.PageRows = 2 },
	},
	{
		name: "a server that gives less than asked, and does not know how much there is",
		say: start1 + look1 + "done 0\n" + page1 + `200 {"results":[{"a":"1"}]}` + "\n" + "GET /services/search/v2/jobs/1.1/results offset=1\n" + `200 {"results":[{"a":"2"}]}` + "\n" +
			"GET /services/search/v2/jobs/1.1/results offset=2\n200 {\"results\":[]}",
		want: "a=1\na=2\n",
	},
	{
		name: "a page cut off is asked for from the missing row",
		say: start1 + look1 + "done 3\n" + page1 + `cut 200 {"results":[{"a":"1"},{"a":"2"},{"a":"` + "\n" + "GET /services/search/v2/jobs/1.1/results offset=2\n" + "drop\n" +
			"GET /services/search/v2/jobs/1.1/results offset=2\n" + `200 {"results":[{"a":"3"}]}`,
		want: "a=1\na=2\na=3\n",
	},
	{
		name: "an empty answer is no results",
		say:  start1 + look1 + "done 0\n" + page1 + "204 ",
	},
	{
		name: "_time becomes epoch seconds, null is absent, what is no text stands as it is",
		say:  start1 + look1 + "done 1\n" + page1 + `200 {"results":[{"_time":"2026-01-15T13:20:00.250+01:00","n":null,"b":true,"f":1.50,"o":{"x":[1]},"m":["a",null,2],"e":""}]}`,
		want: "_time=1768479600.25 n=- b=true f=1.50 o={\"x\":[1]} m=[a,2] e=\n",
	},
	{
		name: "messages",
		say: start1 + look1 + `200 {"entry":[{"content":{"dispatchState":"DONE","isDone":1,"messages":[{"type":"DEBUG","text":"base lispy"},{"type":"WARN","text":"Peer idx2 is slow"}]}}]}` + "\n" +
			page1 + `200 {"messages":[{"type":"WARN","text":"Peer idx2 is slow"},{"type":"ERROR","text":"Peer idx3 is down"},{"type":"INFO","text":"hi"}],"results":[]}`,
		want: "warning: Splunk: Peer idx2 is slow\nerror: Splunk: Peer idx3 is down\ninfo: Splunk: hi\n",
	},
	{
		name: "login, a session that ends and is opened again",
		say: "POST /services/auth/login username=ann password=pass-word output_mode=json auth=\n200 {\"sessionKey\":\"key-1\",\"message\":\"\",\"code\":\"\"}\n" +
			"POST /services/search/v2/jobs auth=Splunk+key-1\n201 {\"sid\":\"1.1\"}\n" + look1 + `401 {"messages":[{"type":"WARN","text":"call not properly authenticated"}]}` + "\n" +
			"POST /services/auth/login username=ann\n200 <response><sessionKey>key-2</sessionKey></response>\n" +
			strings.TrimSpace(look1) + " auth=Splunk+key-2\ndone 0\n" + page1 + "204 ",
		change: password,
	},
	{
		name:   "a wrong password",
		say:    "POST /services/auth/login\n401 <response><messages><msg type=\"WARN\">Login failed</msg></messages></response>",
		want:   "cannot run the search on \"URL\": Login failed (HTTP status 401)\n    hint: is SPLUNK_PASSWORD the password of \"ann\"?",
		change: password,
	},
	{
		name: "a wrong token is not tried again",
		say:  "POST /services/search/v2/jobs auth=Bearer+tok-en\n401 {\"messages\":[{\"type\":\"WARN\",\"text\":\"call not properly authenticated with tok-en\"}]}",
		want: "cannot run the search on \"URL\": call not properly authenticated with [hidden] (HTTP status 401)\n    hint: the token may have expired, been switched off, or be another Splunk's: set SPLUNK_TOKEN",
	},
	{
		name:   "no credentials",
		say:    "POST /services/search/v2/jobs auth=\n401 {\"messages\":[{\"type\":\"ERROR\",\"text\":\"Unauthorized\"}]}",
		want:   "cannot run the search on \"URL\": Unauthorized (HTTP status 401)\n    hint: set SPLUNK_TOKEN, or SPLUNK_USER and SPLUNK_PASSWORD",
		change: func(o *Options) { o.Credentials = Credentials{} },
	},
	{
		name: "forbidden",
		say:  "POST /services/search/v2/jobs\n403 {\"messages\":[{\"type\":\"WARN\",\"text\":\"insufficient permission to access this resource\"}]}",
		want: "cannot run the search on \"URL\": insufficient permission to access this resource (HTTP status 403)\n    hint: the user's roles lack the capability for this",
	},
	{
		name: "a search that cannot be parsed, with its place",
		say:  "POST /services/search/v2/jobs\n400 {\"messages\":[{\"type\":\"FATAL\",\"text\":\"Unknown search command 'evil'.\"}]}",
		want: "<search>:1:17: cannot run the search on \"URL\": Unknown search command 'evil' (HTTP status 400)\n    | makeresults | evil a=1\n                    ~~~~",

		request: job.Request{Search: "| makeresults | evil a=1"},
	},
	{
		name: "an app that is not there",
		say: "POST /servicesNS/nobody/gone/search/v2/jobs\n404 {\"messages\":[{\"type\":\"ERROR\",\"text\":\"Action forbidden.\"}]}\n" +
			"POST /servicesNS/nobody/gone/search/jobs\n404 {\"messages\":[{\"type\":\"ERROR\",\"text\":\"Action forbidden.\"}]}",
		want:    "cannot run the search on \"URL\": Action forbidden (HTTP status 404)\n    hint: is the app \"gone\" installed there, and may the user see it?",
		request: job.Request{Search: "x", App: "gone"},
	},
	{
		name: "a job that fails",
		say: start1 + look1 + status(`"dispatchState":"FAILED","isDone":true,"isFailed":true,"messages":[{"type":"INFO","text":"started"},{"type":"FATAL","text":"Error in 'where' command: 'x' is bad."},{"type":"ERROR","text":"more"}]`) +
			"POST /services/search/v2/jobs/1.1/control action=cancel\n200 {}",
		want: "cannot finish the search on \"URL\": Error in 'where' command: 'x' is bad.\nnote: Splunk: more\nnote: Splunk: started",
	},
	{
		name: "a job that somebody ended",
		say:  start1 + look1 + status(`"dispatchState":"USER_CANCEL"`),
		want: "cannot finish the search on \"URL\": its state is USER_CANCEL, and Splunk does not say why",
	},
	{
		name: "a job that is gone",
		say:  start1 + look1 + `404 {"messages":[{"type":"FATAL","text":"Unknown sid."}]}`,
		want: "cannot ask for the search job \"1.1\" on \"URL\": Unknown sid (HTTP status 404)\n    hint: somebody ended the job, or a load balancer asks another search head: give the address of one search head",
	},
	{
		name: "busy, then not: a search that had not begun is sent again",
		say: "POST /services/search/v2/jobs\n503 {\"messages\":[{\"type\":\"WARN\",\"text\":\"Search not executed: The maximum number of concurrent historical searches on this instance has been reached.\"}]}\n" +
			"POST /services/search/v2/jobs\n429 [Retry-After: 1] slow down\n" + start1 + look1 + "503 <html><title>Service Unavailable</title></html>\n" + look1 + "drop\n" + look1 + "done 0\n" + page1 + "204 ",
	},
	{
		name:   "busy for good",
		say:    "POST /services/search/v2/jobs\n503 {\"messages\":[{\"type\":\"WARN\",\"text\":\"Search not executed: no room.\"}]}",
		want:   "cannot run the search on \"URL\": Search not executed: no room (HTTP status 503)\n    hint: Splunk had no room for as long as was waited; try again later",
		change: func(o *Options) { o.GiveUp = -1 },
	},
	{
		name: "a search is not sent twice when it is not known what became of the first",
		say:  "POST /services/search/v2/jobs\ndrop",
		want: "cannot run the search on \"URL\": the connection was closed without an answer",
	},
	{
		name: "a proxy's page",
		say:  "POST /services/search/v2/jobs\n200 <html><head><title>Corporate\tlogin</title></head></html>",
		want: "cannot run the search on \"URL\": the answer holds no search id, but a web page: \"Corporate login\"\n    hint: " + hintPort,
	},
	{
		name: "a proxy's refusal",
		say:  "POST /services/search/v2/jobs\n400 <HTML><TITLE>Bad Request</TITLE></HTML>",
		want: "cannot run the search on \"URL\": the answer is not splunkd's, but a web page: \"Bad Request\" (HTTP status 400)\n    hint: " + hintPort,
	},
	{
		name: "a redirect is not followed",
		say:  "POST /services/search/v2/jobs\n303 [Location: https://u:p@other:1/en-US/?key=1] see other",
		want: "cannot run the search on \"URL\": the answer is a redirect to \"https://other:1/en-US/\" (HTTP status 303)\n    hint: " + hintPort,
	},
	{
		name: "a status that is none", say: start1 + look1 + `200 {"entry":[{"content":{}}]}`,
		want: "cannot ask for the search job \"1.1\" on \"URL\": the answer does not tell the job's state\n    hint: " + hintPort,
	},
	{
		name: "a status that is no JSON", say: start1 + look1 + `200 {"entry":[`,
		want: "cannot ask for the search job \"1.1\" on \"URL\": the answer is no list of entries in JSON\n    hint: " + hintPort,
	},
	{
		name: "rows that are no JSON", say: start1 + look1 + "done 2\n" + page1 + `200 {"results":[{"a":"1"},{a:2}]}`,
		want: "a=1\ncannot read the results on \"URL\": the answer holds no results in JSON\n    hint: does a proxy stand between?",
	},
	{
		name: "rows that are no objects", say: start1 + look1 + "done 2\n" + page1 + `200 {"results":[["a"]]}`,
		want: "cannot read the results on \"URL\": the answer holds no results in JSON\n    hint: does a proxy stand between?",
	},
	{
		name: "a reply above the limit", say: start1 + look1 + "200 " + strings.Repeat("x", 5000),
		want:   "cannot ask for the search job \"1.1\" on \"URL\": the reply is larger than the limit",
		change: func(o *Options) { o.MaxReply = 4096 },
	},
	{
		name: "a row above the limit", say: start1 + look1 + "done 1\n" + page1 + `200 {"results":[{"a":"` + strings.Repeat("a", 9000) + `"}]}`,
		want:   "cannot read the results on \"URL\": the reply is larger than the limit",
		change: func(o *Options) { o.MaxReply = 4096 },
	},
	{
		name: "oneshot",
		say:  "POST /services/search/v2/jobs search=search+index%3Dmain exec_mode=oneshot count=0\n" + `200 {"messages":[{"type":"INFO","text":"hi"}],"fields":[{"name":"b"},{"name":"a"}],"results":[{"a":"1"}]}`,
		want: "b=- a=1\ninfo: Splunk: hi\n", change: func(o *Options) { o.Mode = Oneshot },
	},
	{
		name:   "oneshot that fails",
		say:    "POST /services/search/v2/jobs exec_mode=oneshot\n" + `200 {"messages":[{"type":"FATAL","text":"Unknown search command 'evil'."}],"results":[]}`,
		want:   "cannot run the search on \"URL\": Unknown search command 'evil'.",
		change: func(o *Options) { o.Mode = Oneshot },
	},
	{
		name:   "oneshot that breaks off is not run again",
		say:    "POST /services/search/v2/jobs exec_mode=oneshot\n" + `cut 200 {"results":[{"a":"1"},`,
		want:   "a=1\ncannot read the results on \"URL\": the answer was cut off",
		change: func(o *Options) { o.Mode = Oneshot },
	},
	{
		name: "blocking",
		say: "POST /services/search/v2/jobs exec_mode=blocking\n201 <?xml version=\"1.0\"?><response><sid>1.1</sid></response>\n" +
			look1 + "done 0\n" + page1 + "204 ",
		change: func(o *Options) { o.Mode = Blocking },
	},
	{
		name: "a saved search",
		say: "POST /servicesNS/nobody/search/saved/searches/My%20rule%2F1/dispatch trigger_actions=0 dispatch.now=1768479600 dispatch.earliest_time=-1h\n201 {\"sid\":\"1.1\"}\n" +
			"GET /servicesNS/nobody/search/search/v2/jobs/1.1\ndone 0\nGET /servicesNS/nobody/search/search/v2/jobs/1.1/results\n204 ",
		request: job.Request{SavedSearch: "My rule/1", App: "search", Earliest: "-1h", Now: time.Unix(1768479600, 0)},
	},
}

func status(content string) string { return `200 {"entry":[{"content":{` + content + "}}]}\n" }

func TestConversations(t *testing.T) {
	for _, test := range conversations {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, test.say)
			c := s.client(func(o *Options) {
				if test.change != nil {
					test.change(o)
				}
			})
			if test.request.Search == "" && test.request.SavedSearch == "" {
				test.request.Search = "index=main"
			}
			got := strings.ReplaceAll(transcript(t, c, test.request), s.server.URL, "URL")
			require.Equal(t, test.want, got)
			s.finish()
			if strings.Contains(test.say, `{"sid":`) {
				require.Equal(t, 1, s.ends+strings.Count(test.say, "/control"), "the job is cancelled, once")
			}
			for _, secret := range []string{"tok-en", "pass-word", "key-1", "key-2"} {
				require.NotContains(t, got, secret)
			}
		})
	}
}

// transcript runs a search and writes down what came of it.
func transcript(t *testing.T, c *Client, r job.Request) string {
	t.Helper()
	result, err := c.Run(t.Context(), r)
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	for {
		b, err := result.Rows.Next(t.Context())
		if err == io.EOF {
			break
		}
		if err != nil {
			out.WriteString(err.Error())
			break
		}
		out.WriteString(b.String())
	}
	require.NoError(t, result.Rows.Close())
	for _, m := range result.Messages() {
		out.WriteString(m.Severity.String() + ": " + m.Error() + "\n")
	}
	return out.String()
}

func TestResultTellsWhatTheRowsAre(t *testing.T) {
	for content, want := range map[string][2]bool{ // events, ordered
		`"reportSearch":"table _raw"`: {false, true},
		`"reportSearch":""`:           {true, false},
		`"reportSearch":null`:         {true, false},
	} {
		s := newScript(t, start1+look1+status(`"isDone":true,"searchEarliestTime":1768479600.5,"searchLatestTime":0,`+content)+page1+`200 {"fields":[{"name":"_raw"}],"results":[{"_raw":"x"}]}`+
			"\nGET /services/search/v2/jobs/1.1/results offset=1\n204 ")
		result, err := s.client().Run(t.Context(), job.Request{Search: "index=main"})
		require.NoError(t, err)
		require.Equal(t, want, [2]bool{result.Events, result.Ordered}, content)
		require.Equal(t, "1.1", result.SID)
		require.Equal(t, time.UnixMilli(1768479600500).UTC(), result.Earliest)
		require.True(t, result.Latest.IsZero())
		require.Equal(t, []string{"_raw"}, result.Rows.Fields())
		all, err := results.ReadAll(t.Context(), result.Rows)
		require.NoError(t, err)
		require.Equal(t, 1, all.Len)
		s.finish()
	}
}

func TestSearchText(t *testing.T) {
	for in, want := range map[string]string{
		"index=main": "search index=main", " | tstats count": "| tstats count", "search x": "search x", "Search  x": "Search  x",
		"search": "search search", "search=1": "search search=1", "search = 1": "search search = 1", "searching x": "search searching x", "`m`": "search `m`",
	} {
		require.Equal(t, want, searchText(in), in)
	}
}

func TestErrorsHaveKinds(t *testing.T) {
	for answer, want := range map[string]Kind{
		"401 {\"messages\":[{\"type\":\"WARN\",\"text\":\"x\"}]}": Refused, "403 {\"messages\":[{\"type\":\"WARN\",\"text\":\"x\"}]}": Forbidden,
		"400 {\"messages\":[{\"type\":\"WARN\",\"text\":\"x\"}]}": Rejected, "404 {\"messages\":[{\"type\":\"WARN\",\"text\":\"x\"}]}": Missing,
		"500 {\"messages\":[{\"type\":\"WARN\",\"text\":\"x\"}]}": Other, "404 no": Foreign, "302 no": Foreign, "502 no": Broken, "503 no": Busy, "200 no": Foreign,
	} {
		s := newScript(t, "GET /services/data/indexes count=0\n"+answer)
		_, err := s.client(func(o *Options) { o.GiveUp = -1 }).Indexes(t.Context())
		require.Equal(t, want, KindOf(err), "%s: %v", answer, err)
		var m diag.Message
		require.ErrorAs(t, err, &m)
	}
}
