package alert

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/detection"
	"riskreplay/src/event"
)

const stanza = `[RiskReplay - X - Rule]
search = | makeresults
description = why it matters
counttype = number of events
relation = greater than
quantity = 0
action.correlationsearch.enabled = 1
action.correlationsearch.label = RiskReplay - X - Rule
action.correlationsearch.annotations = {"analytic_story": ["A", "B"], "cis20": ["CIS 10"], "confidence": 80, "impact": 80, "mitre_attack": ["T1574.011"], "nist": ["DE.CM"], "type": "TTP"}
action.risk = 1
action.risk.param._risk_message = $parent$ on $dest$ by $user$
action.risk.param._risk = [{"risk_object_field": "user", "risk_object_type": "user", "risk_score": 64}, {"risk_object_field": "dest", "risk_object_type": "system", "risk_score": 64}, {"threat_object_field": "parent", "threat_object_type": "process"}]
action.notable = 1
action.notable.param.nes_fields = user,dest
action.notable.param.rule_title = X on $dest$
action.notable.param.rule_description = why
action.notable.param.security_domain = endpoint
action.notable.param.severity = high
`

func saved(t *testing.T, text string) *detection.SavedSearch {
	t.Helper()
	file, problems := conf.Parse("savedsearches.conf", []byte(text))
	require.NoError(t, problems.Err())
	s, problems := detection.ReadSavedSearch(file.Stanzas[0])
	require.NoError(t, problems.Err())
	return &s
}

var (
	run   = Run{SID: "scheduler__nobody_app__RMD5x_at_1768478400_1", At: 1768478400e9, Earliest: 1768474200e9, Latest: 1768477800e9}
	known = Techniques{"T1574.011": {ID: "T1574.011", Name: "Services Registry Permissions Weakness", Tactics: []string{"Persistence", "Privilege Escalation"}}}
)

func table(columns ...string) *batch.Batch {
	b := batch.New(len(strings.Split(columns[1], ",")))
	for i := 0; i < len(columns); i += 2 {
		b.Set(columns[i], batch.Texts(strings.Split(columns[i+1], ",")...))
	}
	return b
}

func TestRiskEventsAreWhatESWrites(t *testing.T) {
	out := Fire(saved(t, stanza), run, table("_time", "1768474800", "user", "svc", "dest", "WS-01", "parent", "regsvcs.exe", "count", "1", "source", "s"), known, Conditions{})
	require.True(t, out.Triggered)
	require.Empty(t, out.Messages)
	require.Len(t, out.Risk, 2)
	require.Len(t, out.Notables, 1)
	dest := out.Risk[1]
	for field, want := range map[string][]string{
		"search_name": {"RiskReplay - X - Rule"}, "orig_sid": {run.SID}, "orig_rid": {"0"}, "orig_time": {"1768474800"},
		"info_min_time": {"1768474200.000"}, "info_max_time": {"1768477800.000"}, "info_search_time": {"1768478400.000"},
		"risk_object": {"WS-01"}, "risk_object_type": {"system"}, "risk_score": {"64"}, "normalized_risk_object": {"ws-01"},
		"risk_message": {"regsvcs.exe on WS-01 by svc"}, "threat_object": {"regsvcs.exe"}, "threat_object_type": {"process"},
		"contributing_events_search":                  {`| savedsearch "RiskReplay - X - Rule" | search dest=WS-01`},
		"annotations.mitre_attack":                    {"T1574.011"},
		"annotations.mitre_attack.mitre_technique_id": {"T1574.011"},
		"annotations.mitre_attack.mitre_tactic":       {"persistence", "privilege-escalation"},
		"annotations.mitre_attack.mitre_tactic_id":    {"TA0003", "TA0004"},
		"annotations.mitre_attack.mitre_technique":    {"Services Registry Permissions Weakness"},
		"annotations._all":                            {"CIS 10", "T1574.011", "DE.CM"},
		"annotations._frameworks":                     {"cis20", "mitre_attack", "nist"},
		"analyticstories":                             {"A", "B"},
		"savedsearch_description":                     {"why it matters"},
		"count":                                       {"1"},
		"orig_source":                                 {"s"},
	} {
		require.Equal(t, want, dest.Values(field), field)
	}
	events := out.Events()
	require.Equal(t, []string{"risk", "risk", "notable"}, []string{events[0].Index, events[1].Index, events[2].Index})
	require.Equal(t, event.Time(1768478400e9), events[0].Time)
	require.Equal(t, "RiskReplay - X - Rule", events[0].Source)
	require.True(t, strings.HasPrefix(string(events[0].Raw), `1768478400, search_name="RiskReplay - X - Rule", orig_time="1768474800"`))
	require.Contains(t, string(events[0].Raw), `annotations="{\"analytic_story\": [\"A\"`)
}

func TestNotables(t *testing.T) {
	n := Fire(saved(t, stanza), run, table("user", "svc", "dest", "WS-01", "parent", "p"), known, Conditions{}).Notables[0]
	for field, want := range map[string]string{
		"rule_name": "RiskReplay - X - Rule", "rule_title": "X on WS-01", "rule_description": "why", "severity": "high",
		"security_domain": "endpoint", "nes_fields": "user,dest", "orig_action_name": "notable", "dest": "WS-01",
	} {
		require.Equal(t, want, n.Value(field), field)
	}
	n = Fire(saved(t, stanza), run, table("severity", "critical", "dest", "h", "user", "u", "parent", "p"), known, Conditions{}).Notables[0]
	require.Equal(t, "critical", n.Value("severity"), "the row's own severity wins")
	n = Fire(saved(t, stanza), run, table("severity", "very", "dest", "h", "user", "u", "parent", "p"), known, Conditions{}).Notables[0]
	require.Equal(t, "high", n.Value("severity"), "unless it is none")
}

func TestWhatESDropsInSilenceIsSaid(t *testing.T) {
	out := Fire(saved(t, stanza), run, table("user", "null,svc,null", "dest", "a,b,c"), known, Conditions{})
	require.Len(t, out.Risk, 4, "one user, three hosts")
	require.Len(t, out.Messages, 2)
	require.Contains(t, out.Messages[0].Text, "token $parent$")
	require.Contains(t, out.Messages[0].Text, "(3 results)")
	require.Contains(t, out.Messages[1].Text, `risk object field "user" holds the text "null"`)
	require.Contains(t, out.Messages[1].Text, "(2 results)")
	require.Equal(t, "unknown on a by null", out.Risk[0].Value("risk_message"))
}

func TestTrigger(t *testing.T) {
	for _, c := range []struct {
		counttype, relation string
		quantity            float64
		rows                int
		want                bool
	}{
		{"number of events", "greater than", 0, 0, false},
		{"number of events", "greater than", 0, 1, true},
		{"number of events", "greater than", 2, 2, false},
		{"number of events", "less than", 2, 1, true},
		{"number of events", "equal to", 0, 0, true},
		{"number of events", "not equal to", 1, 1, false},
		{"always", "", 0, 1, true},
		{"always", "", 0, 0, true},
		{"number of hosts", "equal to", 2, 3, true}, // the rows are of h1, h2, h1, ...
		{"number of hosts", "greater than", 2, 3, false},
		{"number of sources", "less than", 1, 3, true},
	} {
		rows := batch.New(c.rows)
		rows.Set("host", batch.Texts([]string{"h1", "h2", "h1"}[:c.rows]...))
		fires, _, problems := triggered(&detection.SavedSearch{Trigger: detection.Trigger{CountType: c.counttype, Relation: c.relation, Quantity: c.quantity}}, rows, Conditions{})
		require.Equal(t, c.want, fires, c)
		require.Empty(t, problems, c)
	}
	for _, odd := range []detection.Trigger{{CountType: "custom"}, {CountType: "number of moons"}, {CountType: "number of events", Relation: "like"}} {
		fires, _, problems := triggered(&detection.SavedSearch{Trigger: odd}, batch.New(1), Conditions{})
		require.True(t, fires)
		require.Len(t, problems, 1)
	}
}

func TestSuppressedRowsDoNotFire(t *testing.T) {
	seen := map[string]bool{}
	out := Fire(saved(t, stanza), run, table("user", "u,u,u", "dest", "a,b,a", "parent", "p,p,p"), known, Conditions{Fires: func(values func(string) []string) bool {
		key := values("dest")[0]
		defer func() { seen[key] = true }()
		return !seen[key]
	}})
	require.Equal(t, 1, out.Suppressed)
	require.Len(t, out.Notables, 2)
	require.Equal(t, "1", out.Notables[1].Value("orig_rid"))
}

func TestUnbalancedTokenIsAnError(t *testing.T) {
	out := Fire(saved(t, strings.Replace(stanza, "$parent$ on", "$parent on", 1)), run, table("dest", "h", "user", "u"), known, Conditions{})
	require.True(t, out.Messages.HasErrors())
	require.Contains(t, out.Messages[0].Text, "unbalanced $")
}
