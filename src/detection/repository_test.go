package detection

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
)

func TestRepository(t *testing.T) {
	files := fstest.MapFS{
		"macros/sysmon.yml":     {Data: []byte("name: sysmon\ndefinition: sourcetype=a\ndescription: d\n")},
		"macros/two.yml":        {Data: []byte("name: two\narguments: [a, b]\ndefinition: |\n  eval x=$a$\n  | eval y=$b$\ndescription: d\n")},
		"macros/broken.yml":     {Data: []byte("name: [\n")},
		"detections/web/a.yml":  {Data: []byte("name: A\nsearch: '`sysmon` | `a_filter`'\n")},
		"detections/b.yml":      {Data: []byte("name: B\nsearch: '`sysmon` | `own_filter`'\n")},
		"macros/own_filter.yml": {Data: []byte("name: own_filter\ndefinition: search x=1\ndescription: d\n")},
		"lookups/t.yml":         {Data: []byte("name: t\ndescription: d\nfilename: t.csv\nmatch_type: WILDCARD(a)\n")},
		"lookups/t.csv":         {Data: []byte("a,b\nx*,1\n")},
		"lookups/kv.yml":        {Data: []byte("name: kv\ndescription: d\ncollection: kv\nfields_list: _key, a\n")},
	}
	require.True(t, IsRepository(files))
	app, msgs := Repository(files)
	require.Len(t, msgs.Errors(), 1, "the broken file is told")
	load := func(name string) map[string]string {
		c, problems := conf.Load(name, []conf.App{{ID: "content", FS: app}}, "content")
		require.NoError(t, problems.Err())
		out := map[string]string{}
		for _, s := range c.Stanzas() {
			out[s.Name] = s.Get("definition") + s.Get("filename") + s.Get("collection")
		}
		return out
	}
	require.Equal(t, map[string]string{
		"sysmon": "sourcetype=a", "two(2)": "eval x=$a$\n| eval y=$b$", "a_filter": "search *", "own_filter": "search x=1",
	}, load("macros.conf"))
	require.Equal(t, map[string]string{"t": "t.csv", "kv": "kv"}, load("transforms.conf"))
	require.Equal(t, map[string]string{"kv": ""}, load("collections.conf"))
	data, err := fs.ReadFile(app, "lookups/t.csv")
	require.NoError(t, err)
	require.Equal(t, "a,b\nx*,1\n", string(data))

	files["default/app.conf"] = &fstest.MapFile{}
	require.False(t, IsRepository(files), "it is an app")
}
