package engine

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

// TestTagsOfFields: tag::field= looks at the tags of one field, tag= at those of
// all, eventtype= at event types; all three in the first command and behind it
// (rule S7).
func TestTagsOfFields(t *testing.T) {
	app := fstest.MapFS{
		"default/tags.conf":       {Data: []byte("[host=web1]\nfront = enabled\n[user=anna]\nfront = enabled\nadmin = enabled\n[eventtype=logon]\nentry = enabled\n")},
		"default/eventtypes.conf": {Data: []byte("[logon]\nsearch = action=in\n")},
	}
	e, problems := New(Options{Apps: []conf.App{{ID: "a", FS: app}}, App: "a"})
	require.NoError(t, problems.Err())
	row := func(at event.Time, host, user, action string) event.Event {
		return event.Event{Time: at * 1e9, Host: host, Index: "main", Raw: []byte("user=" + user + " action=" + action)}
	}
	require.NoError(t, e.Append(t.Context(), []event.Event{row(1, "web1", "bert", "in"), row(2, "pc", "anna", "out"), row(3, "pc", "carl", "in")}))
	for search, want := range map[string][]string{
		"tag::host=front":                             {"bert"},
		"tag::user=front":                             {"anna"},
		"tag=front":                                   {"anna", "bert"},
		"tag::user=adm*":                              {"anna"},
		"NOT tag::host=front action=in":               {"carl"},
		"tag::eventtype=entry":                        {"carl", "bert"},
		"eventtype=logon":                             {"carl", "bert"},
		"* | search tag::user=admin":                  {"anna"},
		"* | search eventtype=logon tag=front":        {"bert"},
		"* | tags user | where 'tag::user'=\"admin\"": {"anna"},
	} {
		r, err := e.Run(t.Context(), job.Request{Search: search + " | table user", Now: time.Unix(100, 0)})
		require.NoError(t, err, search)
		rows, err := results.ReadAll(t.Context(), r.Rows)
		require.NoError(t, err, search)
		var got []string
		for i := range rows.Len {
			got = append(got, rows.Column("user").Text(i))
		}
		require.Equal(t, want, got, search)
	}
}
