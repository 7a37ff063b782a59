package risk

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/scp"
)

// tree makes files below a folder; each holds its own path.
func tree(t *testing.T, root string, files ...string) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join(root, f)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte("[x]\nfrom = "+f+"\n"), 0o644))
	}
}

func TestInstalledApps(t *testing.T) {
	root := t.TempDir()
	const saved = "default/savedsearches.conf"
	tree(t, root, "splunk/etc/apps/b/"+saved, "splunk/etc/apps/a/"+saved, "splunk/etc/users/joe/a/local/savedsearches.conf",
		"lone/"+saved, "lone/bin/riskscore", "lone/linux_x86_64/bin/riskscore", "other/apps/c/"+saved, "other/apps/d/"+saved, "more/"+saved)
	require.NoError(t, os.WriteFile(filepath.Join(root, "lone/default/app.conf"), []byte("[package]\nid = DA-X\n"), 0o644))
	at := func(path string) string { return filepath.Join(root, filepath.FromSlash(path)) }
	more := "m=" + at("more") + string(filepath.ListSeparator) + "gone=" + at("gone") + string(filepath.ListSeparator) + "x"
	for _, c := range []struct {
		name, home, apps, exe string
		info                  scp.Info
		want                  []string
		from                  string
	}{
		{name: "splunk", home: at("splunk"), want: []string{"a", "b"}, from: "splunk/etc/apps/b/" + saved},
		{name: "splunk's user", home: at("splunk"), info: scp.Info{App: "a", Owner: "joe"}, want: []string{"a", "b", "a"}, from: "splunk/etc/users/joe/a/local/savedsearches.conf"},
		{name: "a user without settings", home: at("splunk"), info: scp.Info{App: "b", Owner: "joe"}, want: []string{"a", "b"}, from: "splunk/etc/apps/b/" + saved},
		{name: "the program's app", home: at("nothing"), exe: at("lone/bin/riskscore"), want: []string{"DA-X"}, from: "lone/" + saved},
		{name: "by platform", exe: at("lone/linux_x86_64/bin/riskscore"), want: []string{"DA-X"}, from: "lone/" + saved},
		{name: "apps beside it", exe: at("other/apps/c/bin/riskscore"), want: []string{"c", "d"}, from: "other/apps/d/" + saved},
		{name: "a host's", apps: more, exe: at("lone/bin/riskscore"), want: []string{"DA-X", "m"}, from: "more/" + saved},
		{name: "nowhere", exe: at("elsewhere/riskscore")},
		{name: "no app", exe: at("more/riskscore")},
	} {
		getenv := func(name string) string { return map[string]string{"SPLUNK_HOME": c.home, AppsVariable: c.apps}[name] }
		apps := InstalledApps(getenv, c.exe, &c.info)
		var ids []string
		for _, a := range apps {
			ids = append(ids, a.ID)
		}
		require.Equal(t, c.want, ids, c.name)
		merged, problems := conf.Load("savedsearches.conf", apps, c.info.App)
		require.NoError(t, problems.Err())
		if c.from != "" {
			s, ok := merged.Stanza("x")
			require.True(t, ok, c.name)
			require.Equal(t, c.from, s.Get("from"), c.name)
		}
	}
}
