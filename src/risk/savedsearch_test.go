package risk

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
)

func savedConf(t *testing.T, text string) *conf.Conf {
	t.Helper()
	out, problems := conf.Load("savedsearches.conf", []conf.App{{ID: "a", FS: fstest.MapFS{"default/savedsearches.conf": {Data: []byte(text)}}}}, "")
	require.NoError(t, problems.Err())
	return out
}

func TestFindSavedRule(t *testing.T) {
	saved := savedConf(t, `
[list]
action.risk = 1
description = why
action.risk.param._risk_message = on $dest$
action.risk.param._risk_score = 7
action.risk.param._risk = [{"risk_object_field": "user", "risk_object_type": "user", "risk_score": 64.50}, {"risk_object_field": "dest", "risk_object_type": "system"}, {"threat_object_field": "p", "threat_object_type": "process"}]
action.correlationsearch.annotations = {"mitre_attack": ["T1218"], "impact": 80, "nist": null}

[single]
actions = email, risk
action.risk.param._risk_object = src
action.risk.param._risk_object_type = system
action.risk.param._risk_score = 15

[off]
action.risk = 0
actions = risk

[none]
search = x

[bad]
action.risk = true
action.risk.param._risk = [{"risk_object_field": "a", "risk_score": "high"}, {"x": 1}]
action.risk.param._risk_score = 3
action.correlationsearch.annotations = {"mitre

[worse]
action.risk = yes
action.risk.param._risk = {
`)
	r, warnings, err := FindSavedRule(saved, "list")
	require.NoError(t, err)
	require.Empty(t, warnings)
	require.Equal(t, SavedRule{
		Name: "list", Description: "why", Message: "on $dest$",
		Objects:     []SavedObject{{"user", "user", number(t, "64.5")}, {"dest", "system", Whole(7)}},
		Threats:     []Threat{{"p", "process"}},
		Annotations: Annotations{Raw: `{"mitre_attack": ["T1218"], "impact": 80, "nist": null}`, Frameworks: []Framework{{"mitre_attack", []string{"T1218"}}, {"impact", []string{"80"}}, {"nist", nil}}},
	}, r)

	r, _, err = FindSavedRule(saved, "single")
	require.NoError(t, err)
	require.Equal(t, []SavedObject{{"src", "system", Whole(15)}}, r.Objects)

	for name, want := range map[string]string{
		"off":    "Saved search 'off' has no risk action.",
		"none":   "Saved search 'none' has no risk action.",
		"singel": "Saved search 'singel' not found or not readable. Did you mean 'single'?",
		"xyzzy":  "Saved search 'xyzzy' not found or not readable.",
	} {
		_, _, err = FindSavedRule(saved, name)
		require.EqualError(t, err, want)
	}

	r, warnings, err = FindSavedRule(saved, "bad")
	require.NoError(t, err)
	require.Equal(t, []SavedObject{{"a", "", Whole(3)}}, r.Objects)
	require.Len(t, warnings, 3)
	require.Equal(t, "Saved search 'bad': risk_score of a is no number: high.", warnings[0])
	r, warnings, err = FindSavedRule(saved, "worse")
	require.NoError(t, err)
	require.Empty(t, r.Objects)
	require.Len(t, warnings, 1)
}

func TestTechniques(t *testing.T) {
	known, err := ReadTechniques(strings.NewReader("mitre_id,technique,tactics\nT1,One,Defense Evasion|Impact\nbad\nT2,\"Two, 2\",Stealth\n"))
	require.NoError(t, err)
	require.Equal(t, Techniques{"T1": {"T1", "One", []string{"Defense Evasion", "Impact"}}, "T2": {"T2", "Two, 2", []string{"Stealth"}}}, known)
	names, tactics, ids := known.describe([]string{"T1", "T9", "T2"})
	require.Equal(t, []string{"One", "Two, 2"}, names)
	require.Equal(t, []string{"defense-evasion", "impact", "stealth"}, tactics)
	require.Equal(t, []string{"TA0005", "TA0040", ""}, ids)
	for _, bad := range []string{"", "id,name\n", "mitre_id,technique\n"} {
		_, err = ReadTechniques(strings.NewReader(bad))
		require.Error(t, err)
	}
	f, err := os.Open("../../app/lookups/mitre_attack.csv")
	require.NoError(t, err)
	defer f.Close()
	known, err = ReadTechniques(f)
	require.NoError(t, err)
	require.Equal(t, "Regsvcs/Regasm", known["T1218.009"].Name)
}

func FuzzAnnotations(f *testing.F) {
	for _, s := range []string{`{"a": ["b", 1, null], "c": "d"}`, `{"a": {"b": 1}}`, `[]`, `{`, `{"a":1,"a":2}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ReadAnnotations(s)
		require.Equal(t, s, a.Raw)
		if err != nil {
			require.Empty(t, a.Frameworks)
		}
		seen := map[string]bool{}
		for _, f := range a.Frameworks {
			require.False(t, seen[f.Name], f.Name)
			seen[f.Name] = true
		}
	})
}
