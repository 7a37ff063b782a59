package detection

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// parse reads the one stanza of a conf text.
func parse(t testing.TB, text string) *conf.Stanza {
	f, _ := conf.Parse("savedsearches.conf", []byte(text))
	require.Len(t, f.Stanzas, 1)
	return f.Stanzas[0]
}

func TestReadsWhatBuildWrote(t *testing.T) {
	file, msgs := conf.Parse(SavedSearchesConf, built(t, shipped(t))[SavedSearchesConf])
	require.Empty(t, msgs)
	stanza, ok := file.Stanza("RiskReplay - Detect Regsvcs Spawning a Process - Rule")
	require.True(t, ok)
	s, msgs := ReadSavedSearch(stanza)
	require.Empty(t, msgs)
	require.Equal(t, []string{"risk", "notable"}, s.Actions)
	require.Equal(t, &RiskAction{
		Message:       "An instance of $parent_process_name$ spawning $process_name$ was identified on endpoint $dest$ by user $user$ typically not normal for this process.",
		Objects:       []RiskObject{{"user", "user", 64}, {"dest", "system", 64}},
		ThreatObjects: []ThreatObject{{"parent_process_name", "process"}, {"process_name", "process"}},
	}, s.Risk)
	require.Equal(t, []string{"user", "dest"}, s.Notable.Fields)
	require.Equal(t, []string{"Detect Regsvcs Spawning a Process", "endpoint", "high"},
		[]string{s.Notable.RuleTitle, s.Notable.SecurityDomain, s.Notable.Severity})
	require.Len(t, s.Notable.Drilldowns, 2)
	require.Equal(t, Drilldown{
		"View the detection results for $user$ and $dest$", s.Search.Value + " | search  user = $user$ dest = $dest$",
		"$info_min_time$", "$info_max_time$",
	}, s.Notable.Drilldowns[0])
	require.Equal(t, []string{"0 * * * *", "-70m@m", "-10m@m", "auto"}, []string{s.Cron, s.Earliest, s.Latest, s.ScheduleWindow})
	require.Equal(t, Trigger{CountType: "number of events", Relation: "greater than"}, s.Trigger)
	require.Nil(t, s.Suppress)
	require.True(t, s.Disabled && s.Scheduled && s.Correlation && s.Digest)
	require.Equal(t, []string{"bc477b57-5c21-4ab6-9c33-668772e7f114", TTP, "ebd"}, []string{s.DetectionID, s.Type, s.DetectionType})
	require.Equal(t, 4, s.Version)
	require.Equal(t, stanza.Name, s.Label)
	require.Equal(t, []Framework{
		{Name: "analytic_story", Values: []string{"Suspicious Regsvcs Regasm Activity", "Living Off The Land"}},
		{Name: "cis20", Values: []string{"CIS 10"}},
		{Name: "confidence", Values: []string{"80"}},
		{Name: "data_source", Values: []string{"Sysmon EventID 1", "Windows Event Log Security 4688", "CrowdStrike ProcessRollup2"}},
		{Name: "impact", Values: []string{"80"}},
		{Name: "kill_chain_phases", Values: []string{"Exploitation"}},
		{Name: "mitre_attack", Values: []string{"T1218", "T1218.009"}},
		{Name: "nist", Values: []string{"DE.CM"}},
		{Name: "type", Values: []string{"TTP"}},
		{Name: "type_list", Values: []string{"TTP"}},
	}, s.Annotations.Frameworks)
}

func TestReadsOlderForms(t *testing.T) {
	s, msgs := ReadSavedSearch(parse(t, `
[Old - Rule]
search = index=main
actions = email, risk
action.email = 0
action.notable = true
action.notable.param.nes_fields = ['user', 'dest']
action.notable.param.drilldown_name = See
action.notable.param.drilldown_search = index=main user=$user$
action.risk.param._risk_object = src
action.risk.param._risk_object_type = system
action.risk.param._risk_score = 20
action.webhook = 1
action.webhook.param.url = https://example.com
action.escu = 1
alert.suppress = 1
alert.suppress.fields = user, dest
alert.suppress.period = 90
disabled = F
counttype = number of hosts
relation = rises by
quantity = 2.5
alert_condition = search x
`))
	require.Empty(t, msgs)
	require.Equal(t, []string{"notable", "webhook", "risk"}, s.Actions)
	require.Equal(t, []RiskObject{{"src", "system", 20}}, s.Risk.Objects)
	require.Equal(t, []string{"user", "dest"}, s.Notable.Fields)
	require.Equal(t, []Drilldown{{Name: "See", Search: "index=main user=$user$"}}, s.Notable.Drilldowns)
	require.Equal(t, &Suppression{[]string{"user", "dest"}, 90 * time.Second}, s.Suppress)
	require.Equal(t, Trigger{"number of hosts", "rises by", 2.5, "search x"}, s.Trigger)
	require.False(t, s.Disabled)
	params := s.Params("webhook")
	require.Len(t, params, 1)
	require.Equal(t, []string{"param.url", "https://example.com"}, []string{params[0].Key, params[0].Value})
}

func TestBareSearchHasDefaults(t *testing.T) {
	s, msgs := ReadSavedSearch(parse(t, "[x]\nsearch = index=main | head 1\n"))
	require.Empty(t, msgs)
	require.Equal(t, "always", s.Trigger.CountType)
	require.True(t, s.Digest)
	require.Equal(t, "index=main | head 1", s.Search.Text.Body)
	require.False(t, s.Disabled || s.Scheduled || s.Correlation)
	require.Empty(t, s.Actions)
	require.Nil(t, s.Risk)
}

func TestStanzaMessages(t *testing.T) {
	const risk = "action.risk = 1\naction.risk.param."
	for text, want := range map[string]string{
		"disabled = maybe":                   `savedsearches.conf:2:12: cannot read "disabled": expected true or false, found "maybe"`,
		"quantity = many":                    `savedsearches.conf:2:12: cannot read "quantity": expected a number, found "many"`,
		"quantity = 1e999":                   `savedsearches.conf:2:12: cannot read "quantity": expected a number, found "1e999"`,
		"alert.suppress = 1":                 `cannot read "alert.suppress.period": expected a length of time, found ""`,
		risk + `_risk = [{"a": 1}, {]`:       `savedsearches.conf:3:39: cannot read the JSON of "action.risk.param._risk": invalid character ']' looking for beginning of object key string`,
		risk + `_risk = [{"a": 1}`:           `savedsearches.conf:3:35: cannot read the JSON of "action.risk.param._risk": unexpected end of JSON input`,
		risk + `_risk = [7]`:                 `savedsearches.conf:3:28: cannot read the JSON of "action.risk.param._risk": unexpected number`,
		risk + `_risk = {}`:                  `savedsearches.conf:3:27: cannot read the JSON of "action.risk.param._risk": unexpected object`,
		risk + `_risk = [{"score": 1}]`:      `savedsearches.conf:3:27: entry 1 of "action.risk.param._risk" names neither a risk object nor a threat object`,
		risk + `_risk_score = high`:          `savedsearches.conf:3:33: cannot read "action.risk.param._risk_score": expected a number, found "high"`,
		annotationsKey + ` = {"a": ["b"]} x`: `savedsearches.conf:2:53: cannot read the JSON of "action.correlationsearch.annotations": invalid character 'x' after top-level value`,
		`action.correlationsearch.metadata = {"detection_version": "new"}`:   `savedsearches.conf:2:60: cannot read the detection version "new"`,
		risk + `_risk = [{"risk_object_field": "d", "risk_score": "a lot"}]`: `savedsearches.conf:3:27: the score of risk object "d" is no number: "a lot"`,
	} {
		s, msgs := ReadSavedSearch(parse(t, "[x]\n"+text+"\nsearch = kept\n"))
		require.Len(t, msgs, 1, text)
		require.Equal(t, want, msgs[0].Short(), text)
		require.Equal(t, diag.Error, msgs[0].Severity)
		require.Equal(t, "kept", s.Search.Value, "the rest is read")
	}
}

func TestGoodRiskObjectsSurviveBadOnes(t *testing.T) {
	s, msgs := ReadSavedSearch(parse(t, `[x]
action.risk = 1
action.risk.param._risk_score = 5
action.risk.param._risk = [{"x": 1}, {"risk_object_field": "dest", "risk_object_type": "system", "risk_score": "12.5"}, {"risk_object_field": "user", "risk_object_type": "user"}]
`))
	require.Len(t, msgs, 1)
	require.Equal(t, []RiskObject{{"dest", "system", 12.5}, {"user", "user", 5}}, s.Risk.Objects)
}

func TestPeriods(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90": 90 * time.Second, "3600s": time.Hour, "60m": time.Hour, "24h": 24 * time.Hour, "7d": 7 * 24 * time.Hour, "0s": 0,
	} {
		got, ok := period(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "s", "1w", "-1s", "1.5h", "9999999999999d", "1 h"} {
		_, ok := period(text)
		require.False(t, ok, text)
	}
}

func TestAnnotationsKeepTheirOrderAndTakeAnyValue(t *testing.T) {
	s, msgs := ReadSavedSearch(parse(t, "[x]\n"+annotationsKey+` = {"z": ["1", 2, null, true], "a": "b", "n": null, "o": {"k": [1]}, "z": ["last"]}`))
	require.Empty(t, msgs)
	require.Equal(t, []Framework{{Name: "z", Values: []string{"last"}}, {Name: "a", Values: []string{"b"}}, {Name: "n", Values: nil}, {Name: "o", Values: []string{`{"k": [1]}`}}}, s.Annotations.Frameworks)
	require.Nil(t, s.Annotations.Values("unknown"))
}
