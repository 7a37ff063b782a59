package detection_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/detection"
)

func TestLookupsAreBuilt(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	c, problems := detection.ReadFS(fstest.MapFS{
		"lookups/a.yml":     file("name: tools\ndescription: d\nfilename: attacker.csv\nmatch_type: WILDCARD(tool)\nmin_matches: 1\ndefault_match: 'false'\ncase_sensitive_match: 'false'\n"),
		"lookups/b.yml":     file("name: seen\ndescription: d\ncollection: seen_users\nfields_list: _key, user, firstTime\n"),
		"lookups/new.yml":   file("name: new\ndescription: d\nlookup_type: csv\nmatch_type: [WILDCARD(x), CIDR(y)]\n"),
		"lookups/kv.yml":    file("name: kv\ndescription: d\nlookup_type: kvstore\nfields: [_key, x]\n"),
		"lookups/none.yml":  file("name: none\ndescription: d\n"),
		"lookups/away.yml":  file("name: away\ndescription: d\nfilename: ../x.csv\n"),
		"baselines/one.yml": file("name: Users Seen\nid: 1f5d5b4a-7a5c-4c6e-9f33-0d6f1c0b9a11\nversion: 1\ndate: '2026-01-01'\nauthor: a\ntype: Baseline\ndescription: d\nsearch: '| outputlookup seen'\ntags:\n  detections: [New User]\n"),
	}, ".")
	require.Len(t, problems, 2)
	require.Equal(t, `the lookup "away" has its table in another folder: "../x.csv"`, problems[0].Text)
	require.Equal(t, `the lookup "none" has no table`, problems[1].Text)
	require.Equal(t, []string{"lookups/new.csv", "lookups/attacker.csv"}, c.Tables())
	require.Len(t, c.Baselines, 1)
	require.Equal(t, []string{"New User"}, c.Baselines[0].For)
	files, problems := c.Build()
	require.Empty(t, problems)
	const head = "# Written by `riskreplay build` from lookups.\n# Edit those and build again; put your own settings into local/.\n"
	require.Equal(t, head+`
[kv]
external_type = kvstore
collection = kv
fields_list = _key, x

[new]
filename = new.csv
match_type = WILDCARD(x), CIDR(y)

[seen]
external_type = kvstore
collection = seen_users
fields_list = _key, user, firstTime

[tools]
filename = attacker.csv
match_type = WILDCARD(tool)
default_match = false
min_matches = 1
case_sensitive_match = false
`, string(files[detection.TransformsConf]))
	require.Equal(t, head+"\n[kv]\nfield.x = string\n\n[seen_users]\nfield.user = string\nfield.firstTime = string\n", string(files[detection.CollectionsConf]))
	require.Contains(t, string(files[detection.SavedSearchesConf]), "[RiskReplay - Users Seen]")
}
