package splunkd

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
)

func TestLists(t *testing.T) {
	s := newScript(t, `
		GET /services/data/indexes count=0 output_mode=json
		200 {"links":{},"entry":[{"name":"main","content":{"disabled":false,"datatype":"event","totalEventCount":"12"}},{"name":"m","content":{"disabled":"1","datatype":"metric","totalEventCount":3.0}},7]}
		GET /servicesNS/-/-/data/inputs/http
		200 {"entry":[{"name":"http://replay","content":{"token":"t-1","index":"main","indexes":["main","risk"],"useACK":"1","disabled":0}},{"name":"http://x","content":{"token":"t-2","indexes":"main"}}]}
		GET /services/apps/local
		200 {"entry":[{"name":"search","content":{"label":"Search & Reporting","version":"10","disabled":false}}]}
		GET /servicesNS/-/-/saved/searches
		200 {"entry":[{"name":"R","acl":{"app":"a","owner":"nobody","sharing":"app"},"content":{"search":"index=main","is_scheduled":1,"cron_schedule":"* * * * *","dispatch.earliest_time":"-1h","dispatch.latest_time":"now","action.correlationsearch.enabled":"1","disabled":false}}]}
		GET /servicesNS/nobody/a/saved/searches/R%2F%3F
		200 {"entry":[{"name":"R/?","content":{"search":"x"}}]}
		GET /servicesNS/nobody/a/saved/searches/%2E%2E
		404 {"messages":[{"type":"ERROR","text":"Could not find object id=.."}]}
		GET /services/configs/conf-savedsearches count=5 search=name%3Dx
		200 {"entry":[]}
		GET /servicesNS/-/a/properties/x
		200 {"entry":[{"id":"i","author":"ann","updated":"2026","content":{"l":["a",1,true],"t":"x","n":1.5,"o":{}}}]}
		GET /services/server/info
		200 {"entry":[]}`)
	c := s.client()
	ctx := t.Context()
	indexes, err := c.Indexes(ctx)
	require.NoError(t, err)
	require.Equal(t, []Index{{Name: "main", Events: 12}, {Name: "m", Disabled: true, Metric: true, Events: 3}}, indexes)
	collectors, err := c.Collectors(ctx)
	require.NoError(t, err)
	require.Equal(t, []Collector{{Name: "replay", Token: "t-1", Index: "main", Indexes: []string{"main", "risk"}, UseACK: true}, {Name: "x", Token: "t-2", Indexes: []string{"main"}}}, collectors)
	apps, err := c.Apps(ctx)
	require.NoError(t, err)
	require.Equal(t, []App{{ID: "search", Label: "Search & Reporting", Version: "10"}}, apps)
	saved, err := c.SavedSearches(ctx, "")
	require.NoError(t, err)
	saved[0].Content = nil
	require.Equal(t, []SavedSearch{{Name: "R", App: "a", Owner: "nobody", Search: "index=main", Earliest: "-1h", Latest: "now", Cron: "* * * * *", Scheduled: true, CorrelationSearch: true}}, saved)
	one, err := c.SavedSearch(ctx, "a", "R/?")
	require.NoError(t, err)
	require.Equal(t, "x", one.Search)
	_, err = c.SavedSearch(ctx, "a", "..")
	require.Equal(t, Missing, KindOf(err))
	none, err := c.Get(ctx, Path("configs", "conf-savedsearches"), map[string][]string{"count": {"5"}, "search": {"name=x"}})
	require.NoError(t, err)
	require.Empty(t, none)
	entries, err := c.Get(ctx, "/servicesNS/-/a/properties/x", nil)
	require.NoError(t, err)
	v := entries[0].Content
	require.Equal(t, []string{"a", "1", "true"}, v.List("l"))
	require.Equal(t, []string{"x"}, v.List("t"))
	require.Empty(t, v.List("none"))
	require.Equal(t, "1.5", v.Text("n"))
	require.Zero(t, v.Int("n"))
	require.Empty(t, v.Text("o"))
	_, err = c.Info(ctx)
	require.ErrorContains(t, err, "the answer holds no entry")
	s.finish()
}

func TestPassword(t *testing.T) {
	const reply = `200 {"entry":[{"name":"re\\:alm:hec:","content":{"realm":"re:alm","username":"hec","clear_password":"s3cret","password":"***"}}]}`
	s := newScript(t, "GET /servicesNS/nobody/my_app/storage/passwords/re%5C:alm:hec: auth=Splunk+session-key\n"+reply+
		"\nGET /servicesNS/nobody/my_app/storage/passwords/re%5C:alm:other:\n"+reply)
	c := s.client(func(o *Options) { o.Credentials, o.App = Credentials{SessionKey: "session-key"}, "my_app" })
	secret, err := c.Password(t.Context(), "", "re:alm", "hec")
	require.NoError(t, err)
	require.Equal(t, "s3cret", secret.Reveal())
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s %q", secret, secret, secret, secret, secret), "s3cret")
	_, err = c.Password(t.Context(), "", "re:alm", "other")
	require.ErrorContains(t, err, "the answer holds no such password")
	s.finish()
}

func TestSecretsAreNotPrinted(t *testing.T) {
	o := Options{Credentials: Credentials{SessionKey: "s3cret", Token: "s3cret", Password: "s3cret"}}
	text := fmt.Sprintf("%v %+v %#v", o, o, o)
	data, err := json.Marshal(o.Credentials)
	require.NoError(t, err)
	require.NotContains(t, text+string(data), "s3cret")
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"splunk": "https://splunk:8089", "splunk:9000": "https://splunk:9000", "https://splunk": "https://splunk:8089", "http://[::1]": "http://[::1]:8089",
		"https://h:1/": "https://h:1", "https://proxy/splunk/": "https://proxy/splunk", "https://h:8089/services/search": "https://h:8089",
		"https://h:8089/p/servicesNS/a": "https://h:8089/p", "h:": "https://h:8089",
	} {
		u, err := Address(in)
		require.NoError(t, err, in)
		require.Equal(t, want, u.String(), in)
	}
	for in, want := range map[string]string{
		"": "expected http://HOST:PORT", "ftp://h": "expected http://HOST:PORT", "https://u:s3cret@h": "more than scheme", "https://h?token=s3cret": "more than scheme",
		"https://h:s3cret": "it is no URL", "https://": "expected http://HOST:PORT", "h\x00": "it is no URL",
	} {
		_, err := Address(in)
		require.ErrorContains(t, err, want, in)
		require.NotContains(t, err.Error(), "s3cret", in)
	}
	_, err := New(Options{URL: "h"})
	require.ErrorContains(t, err, "without a clock")
	c, err := New(Options{URL: "h", Clock: clock.Real{}})
	require.NoError(t, err)
	require.Equal(t, "https://h:8089", c.URL())
}
