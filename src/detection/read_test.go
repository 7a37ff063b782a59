package detection

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadsEveryKeyOfTheV4Form(t *testing.T) {
	d, msgs := ReadYAML("v4.yml", read(t, "testdata/v4.yml"))
	require.Empty(t, msgs)
	d.places, d.SearchText = nil, nil
	require.Equal(t, &Detection{
		Name: "All Keys", ID: "0c0a6a29-3ae8-4b0f-9d8c-1b6f3a2d4e5f", Version: 7, Date: "2024-02-29", Author: "A Person, Company",
		Status: "experimental", Type: TTP, Description: "What it finds, in two lines.", ELI5: "In short.",
		Search:         "| tstats count from datamodel=Endpoint.Processes by Processes.dest\n| `all_keys_filter`",
		HowToImplement: "Install it.", KnownFalsePositives: "Few.",
		References: []string{"https://example.com/a"}, DataSources: []string{"Sysmon EventID 1 AND Sysmon EventID 13"},
		AnalyticStories: []string{"Living Off The Land"}, MitreAttackIDs: []string{"T1218"},
		Products: []string{"Splunk Cloud"}, RequiredFields: []string{"_time", "Processes.dest"},
		CVE: []string{"CVE-2024-0001"}, NIST: []string{"DE.AE"}, CIS20: []string{"CIS 3"}, KillChainPhases: []string{"Delivery"},
		AtomicGUIDs: []string{"8a6d2c1e-0f61-4c0b-8d0e-2b1c9f5a7e3d"},
		AssetType:   "Endpoint", SecurityDomain: "network", ManualTest: "needs a domain", EnabledByDefault: true,
		Graded: true, Impact: 77, Confidence: 80, RiskScore: 61.6, Message: "$user$ did it on $dest$",
		RiskObjects: []RiskObject{{"user", "user", 61.6}, {"dest", "system", 61.6}, {"bucket", "other", 61.6}},
		ThreatObjects: []ThreatObject{
			{"process_name", "process"}, {"file_name", "file_name"}, {"url", "url"}, {"src", "ip_address"},
		},
		Drilldowns: []Drilldown{{"View it", "%original_detection_search% | search dest = $dest$", "$info_min_time$", ""}},
		Throttle:   &Throttle{[]string{"dest", "user"}, "3600s"},
		Deployment: Deployment{
			Schedule: Schedule{"*/5 * * * *", "-1h@h", "@h", "5"}, Risk: true, Notable: true,
			NotableFields: []string{"dest"}, RuleTitle: "%name% on $dest$", RuleDescription: "%description%",
			Params: []Param{
				{"action.email", "1"},
				{"action.email.useNSSubject", "1"},
				{"action.email.message.alert", "m"},
				{"action.email.subject.alert", "s"},
				{"action.email.to", "soc@example.com"},
				{"action.slack", "1"},
				{"action.slack.param.channel", "#soc"},
				{"action.slack.param.message", "%name%"},
			},
		},
		Tests: []Test{{
			Name: "True Positive Test", Data: []TestData{{"https://example.com/x.log", "XmlWinEventLog:Security", "XmlWinEventLog", "test", "h"}},
			Earliest: "-24h", Latest: "now", At: d.Tests[0].At,
		}},
		File: "v4.yml",
	}, d)
}

func TestReadsTheV5Form(t *testing.T) {
	d, msgs := ReadYAML("v5.yml", read(t, "testdata/v5.yml"))
	require.Empty(t, msgs)
	require.Equal(t, "risk on $user$", d.Message)
	require.False(t, d.Graded)
	require.Equal(t, 64.0, d.RiskScore, "the highest of its objects")
	require.Equal(t, []RiskObject{{"dest", "system", 25}, {"user", "user", 64}}, d.RiskObjects, "sorted, as contentctl does")
	require.Equal(t, []ThreatObject{{"parent_process_name", "parent_process_name"}, {"process_name", "process_name"}}, d.ThreatObjects)

	c := Content{Detections: []*Detection{d}}
	got := stanzas(string(built(t, &c)[SavedSearchesConf]))["RiskReplay - Version Five - Rule"]
	require.Subset(t, got, []string{
		`action.risk.param._risk = [{"risk_object_field": "dest", "risk_object_type": "system", "risk_score": 25}, {"risk_object_field": "user", "risk_object_type": "user", "risk_score": 64}, {"threat_object_field": "parent_process_name", "threat_object_type": "parent_process_name"}, {"threat_object_field": "process_name", "threat_object_type": "process_name"}]`,
		`action.correlationsearch.annotations = {"analytic_story": ["Living Off The Land"], "cis20": ["CIS 10"], "data_source": ["Sysmon EventID 1"], "mitre_attack": ["T1218.009"], "nist": ["DE.CM"], "type": "TTP", "type_list": ["TTP"]}`,
		"action.notable.param.severity = high",
	})
}

// TestMessages reads a detection with one thing changed, and wants one message
// and all the rest of the detection.
func TestMessages(t *testing.T) {
	base := yamlOf("Small One", TTP)
	for _, c := range []struct{ old, new, want string }{
		{"version: 1", "version: one", `x.yml:3:10: expected a number, found text`},
		{"version: 1", "version: 1.5", `x.yml:3:10: expected a whole number, found 1.5`},
		{"version: 1", "version: -1", `x.yml:3:10: expected a whole number, found -1`},
		{"version: 1", "version: [1]", `x.yml:3:10: expected a number, found a list`},
		{"author: A, B", "author: {a: b}", `x.yml:5:9: expected text, found keys and values`},
		{"author: A, B", "author: 7", `x.yml:5:9: expected text, found a number`},
		{"author: A, B", "author: true", `x.yml:5:9: expected text, found true or false`},
		{"author: A, B", "auhtor: A, B\nauthor: C", `x.yml:5:1: unknown key "auhtor" in a detection`},
		{"author: A, B", "author: A\nauthor: B", `x.yml:6:1: key "author" given twice in a detection`},
		{"name: Small One", "name: Small [One]", `x.yml:1:7: the name "Small [One]" cannot be that of a saved search`},
		{"search: '| tstats count from datamodel=Endpoint.Processes by Processes.dest | `small_one_filter`'", "search: ''", `x.yml:8:9: the search is empty`},
		{"author: A, B\n", "", `x.yml:1:1: missing key "author" in a detection`},
		{"type: TTP", "type: ttp", `x.yml:7:7: unknown value "ttp"`},
		{"date: 2024-08-14", "date: 14.8.2024", `x.yml:4:7: cannot read the date "14.8.2024"`},
		{"date: 2024-08-14", "date: 2023-02-29", `x.yml:4:7: cannot read the date "2023-02-29"`},
		{"status: production", "status: [production]", `x.yml:6:9: expected text, found a list`},
		{"  impact: 50", "  impact: 500", `x.yml:16:11: expected a number from 0 to 100, found 500`},
		{"  impact: 50", "  impact: .nan", `x.yml:16:11: expected a number, found no finite number`},
		{"  impact: 50", "  imapct: 50", `x.yml:16:3: unknown key "imapct" in tags`},
		{"  impact: 50", "  impact: 50\n  risk_score: 25", `x.yml:17:15: risk_score 25 is not impact * confidence / 100 = 35; 25 is used`},
		{"role: [Victim]", "roll: [Victim]", `x.yml:19:34: unknown key "roll" in an observable`},
		{"role: [Victim]", "role: [Attacker], type: Process", `x.yml:19:52: key "type" given twice in an observable`},
		{"  message: something on $dest$\n", "", `x.yml:13:3: a detection of type TTP needs a risk message`},
		{"  security_domain: endpoint", "  security_domain: endpoints", `x.yml:22:20: unknown value "endpoints"`},
		{"  product: [Splunk Enterprise]", "  product: {a: b}", `x.yml:20:12: expected a list, found keys and values`},
		{"  product: [Splunk Enterprise]", "  product: [[Splunk]]", `x.yml:20:13: expected text, found a list`},
		{"tags:", "tests: [{name: T, attack_data: [{data: d, source: s, sorcetype: t}]}]\ntags:", `x.yml:12:54: unknown key "sorcetype" in attack data`},
		{"tags:", "rba: {message: m, risk_objects: [{field: dest, type: system, score: 1}]}\ntags:", `x.yml:12:6: the detection says its risk twice, in rba and in tags`},
		{"tags:", "enabled_by_default: maybe\ntags:", `x.yml:12:21: expected true or false, found text`},
		{"tags:", "tags:\n  throttling: {fields: [dest], period: 1 day}", `x.yml:13:15: cannot read the throttling period "1 day"`},
		{"tags:", "deployment: {scheduling: {cron_schedule: 1 * * * *}}\ntags:", `x.yml:12:26: missing key "earliest_time" in scheduling`},
	} {
		require.Contains(t, base, c.old)
		d, msgs := ReadYAML("x.yml", []byte(strings.Replace(base, c.old, c.new, 1)))
		require.NotEmpty(t, msgs, c.new)
		require.Equal(t, c.want, msgs[0].Short(), c.new)
		require.NotNil(t, d, "what can be read is read")
		require.True(t, strings.HasPrefix(d.Name, "Small"))
		require.Equal(t, "Endpoint", d.AssetType)
	}
}

func TestMessageShowsTheLineAndWhatWasMeant(t *testing.T) {
	text := strings.Replace(yamlOf("Small One", TTP), "status: production", "statsu: production", 1)
	_, msgs := ReadYAML("app/detections/small.yml", []byte(text))
	require.Len(t, msgs, 1)
	require.Equal(t, strings.Join([]string{
		`app/detections/small.yml:6:1: unknown key "statsu" in a detection`,
		`    statsu: production`,
		`    ~~~~~~`,
		`    hint: did you mean "status"?`,
	}, "\n"), msgs[0].Error())
}

func TestWhatIsNoContentFile(t *testing.T) {
	deep := strings.Repeat("[", 5000)
	for text, want := range map[string]string{
		"":                                       "x.yml: the file is empty",
		"# only a comment\n":                     "x.yml: the file is empty",
		"just text":                              "x.yml:1:1: expected keys and values for a detection, found text",
		"- a\n- b\n":                             "x.yml:1:1: expected keys and values for a detection, found a list",
		"a: b\n---\nc: d\n":                      "x.yml:3:1: more than one YAML document in the file",
		"a: [b\n":                                "x.yml:1:4: cannot read YAML: sequence end token ']' not found",
		"name: x\n\tid: y\n":                     "x.yml:2:1: cannot read YAML: found character '\t' that cannot start any token",
		"name: \xff\n":                           "x.yml:1:7: byte 0xff is not UTF-8",
		"name: a\x00b\n":                         "x.yml:1:8: control character 0x00 in YAML",
		deep:                                     "x.yml:1:101: YAML nested more than 100 deep",
		strings.Repeat("- ", 5000):               "x.yml:1:201: YAML nested more than 100 deep",
		strings.Repeat("k: v\n", 10_000):         "x.yml: cannot read YAML of 30000 tokens: more than 20000",
		"name: " + strings.Repeat("x", 2<<20):    "x.yml: cannot read YAML of 2097158 bytes: more than 1048576",
		"version https://git-lfs.github.com/x\n": "x.yml:1:1: expected keys and values for a detection, found text",
	} {
		d, msgs := ReadYAML("x.yml", []byte(text))
		require.Nil(t, d)
		require.Len(t, msgs, 1)
		require.Equal(t, want, msgs[0].Short())
	}
}

func TestByteOrderMarkCRLFAndAnchors(t *testing.T) {
	text := "\ufeff" + strings.ReplaceAll(yamlOf("Small One", TTP), "\n", "\r\n")
	text = strings.Replace(text, "author: A, B", "author: &a A, B", 1)
	text = strings.Replace(text, "how_to_implement: somehow", "how_to_implement: *a", 1)
	d, msgs := ReadYAML("x.yml", []byte(text))
	require.Empty(t, msgs)
	require.Equal(t, "A, B", d.HowToImplement)
	require.Equal(t, "| tstats count from datamodel=Endpoint.Processes by Processes.dest | `small_one_filter`", d.Search)
}

// TestSearchHasItsPlace marks the search's first character in each way of writing
// it; an error inside the search is then shown where it stands.
func TestSearchHasItsPlace(t *testing.T) {
	for _, c := range []struct {
		written      string
		line, column int
	}{
		{"search: sourcetype=x", 1, 9},
		{"search: 'sourcetype=x'", 1, 10},
		{`search: "sourcetype=x"`, 1, 10},
		{"search: |\n  sourcetype=x\n", 2, 3},
		{"search: >-\n    sourcetype=x\n", 2, 5},
		{"é: 1\nsearch:   sourcetype=x", 2, 11},
		{"search:\n  sourcetype=x", 2, 3},
	} {
		d, _ := ReadYAML("x.yml", []byte(c.written))
		require.NotNil(t, d, c.written)
		require.Equal(t, "sourcetype=x", d.Search)
		line, column := d.SearchText.At(0, 1).LineColumn()
		require.Equal(t, []int{c.line, c.column}, []int{line, column}, c.written)
	}
}

func read(t testing.TB, name string) []byte {
	data, err := os.ReadFile(filepath.FromSlash(name))
	require.NoError(t, err)
	return data
}
