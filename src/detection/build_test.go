package detection

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
)

// root is the repository's root.
const root = "../.."

func shipped(t testing.TB) *Content {
	c, msgs := ReadFS(os.DirFS(root), "app")
	require.Empty(t, msgs)
	return c
}

func built(t testing.TB, c *Content) map[string][]byte {
	out, msgs := c.Build()
	require.Empty(t, msgs)
	return out
}

// stanzas cuts a conf file into stanzas and their lines, by no code of ours.
func stanzas(text string) map[string][]string {
	out := map[string][]string{}
	name := ""
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case strings.HasPrefix(line, "["):
			name = strings.Trim(line, "[]")
		case line != "" && !strings.HasPrefix(line, "#"):
			out[name] = append(out[name], line)
		}
	}
	return out
}

func TestCommittedConfIsWhatBuildWrites(t *testing.T) {
	for file, want := range built(t, shipped(t)) {
		got, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s is stale: run riskreplay build", file)
	}
}

func TestRulesSayWhatTheyMustLineByLine(t *testing.T) {
	c := shipped(t)
	got := stanzas(string(built(t, c)[SavedSearchesConf]))
	expected, err := os.ReadFile("testdata/expected_rules.conf")
	require.NoError(t, err)
	for _, d := range c.Detections {
		if d.Type != TTP {
			continue
		}
		name := d.Stanza(DefaultLabel)
		want := stanzas(strings.ReplaceAll(string(expected), "<description>", d.Description))[name]
		require.NotEmpty(t, want, name)
		require.Equal(t, want, got[name])
	}
	require.Len(t, stanzas(string(expected)), 2)
}

func TestSeedPagesAgree(t *testing.T) {
	pages, err := filepath.Glob(root + "/../shared/seeds/*.txt")
	require.NoError(t, err)
	if len(pages) == 0 {
		t.Skip("SKIPPED: the detections' published pages are not beside the repository; nothing compared with them")
	}
	c := shipped(t)
	for _, page := range pages {
		data, err := os.ReadFile(page)
		require.NoError(t, err)
		text := strings.Join(strings.Fields(string(data)), " ")
		for _, d := range c.Detections {
			if !strings.Contains(text, d.Name) {
				continue
			}
			require.Contains(t, pageSearch(string(data)), d.Search)
			for _, s := range []string{d.Message, d.KnownFalsePositives, strings.ReplaceAll(d.HowToImplement, "`", "")} {
				require.Contains(t, strings.ReplaceAll(text, "`", ""), s)
			}
			require.Equal(t, []float64{80, 80, 64}, []float64{d.Impact, d.Confidence, d.RiskScore})
			require.NotContains(t, text, d.Description, "the description is our own")
		}
	}
}

// pageSearch puts the lines of a page's search together as a conf file has them,
// without their numbers.
func pageSearch(page string) string {
	var lines []string
	for line := range strings.SplitSeq(page, "\n") {
		if _, rest, ok := strings.Cut(line, "|"); ok && strings.Trim(line[:len(line)-len(rest)-1], "0123456789") == "" {
			lines = append(lines, "|"+rest)
		}
	}
	return strings.Join(lines, " ")
}

func TestRiskSearchesWithoutES(t *testing.T) {
	got := stanzas(string(built(t, shipped(t))[SavedSearchesConf]))
	for _, name := range []string{"Detect Regsvcs Spawning a Process", "Windows Service Creation Using Registry Entry"} {
		lines := got["RiskReplay - "+name+" - Risk without ES"]
		rule := `"RiskReplay - ` + name + ` - Rule"`
		search := slices.IndexFunc(got["RiskReplay - "+name+" - Rule"], func(line string) bool { return strings.HasPrefix(line, "search = | tstats ") })
		require.GreaterOrEqual(t, search, 0)
		require.Contains(t, lines, got["RiskReplay - "+name+" - Rule"][search]+" | riskscore rule="+rule+" output=risk | collect index=risk addtime=false")
		require.Subset(t, lines, []string{
			"cron_schedule = 0 * * * *", "dispatch.earliest_time = -70m@m", "dispatch.latest_time = -10m@m", "schedule_window = auto",
			"disabled = true", "enableSched = 1",
		})
		require.NotContains(t, strings.Join(lines, "\n"), "correlationsearch")
	}
	require.Len(t, got, 6, "two rules, two without ES, two over the risk events")
}

func TestRulesOverRiskEvents(t *testing.T) {
	file, msgs := conf.Parse(SavedSearchesConf, built(t, shipped(t))[SavedSearchesConf])
	require.Empty(t, msgs)
	for name, want := range map[string]struct{ earliest, where, title string }{
		"Risk Threshold Exceeded For Object Over 24 Hour Period": {
			"-24h", "| where risk_score > risk_threshold", "RBA: 24 hour risk threshold exceeded for $risk_object_type$=$risk_object$",
		},
		"ATT&CK Tactic Threshold Exceeded For Object Over 7 Days": {
			"-7d", "| where mitre_tactic_id_count >= 3 AND source_count >= 4", "RBA: 7 day ATT&CK tactic threshold exceeded for $risk_object_type$=$risk_object$",
		},
	} {
		stanza, ok := file.Stanza("RiskReplay - " + name + " - Rule")
		require.True(t, ok, name)
		s, msgs := ReadSavedSearch(stanza)
		require.Empty(t, msgs)
		require.Equal(t, []string{"notable"}, s.Actions, "a notable and no risk")
		require.Equal(t, []string{"*/5 * * * *", want.earliest, "+5m@m"}, []string{s.Cron, s.Earliest, s.Latest})
		require.Contains(t, s.Search.Value, want.where)
		require.Contains(t, s.Search.Value, "sum(All_Risk.calculated_risk_score) as risk_score")
		require.Equal(t, want.title, s.Notable.RuleTitle)
		require.Equal(t, []string{"normalized_risk_object", "risk_object_type"}, s.Suppress.Fields)
		require.True(t, s.Correlation && s.Disabled && s.Scheduled)
		require.Equal(t, Correlation, s.Type)
	}
}

func TestMacros(t *testing.T) {
	file, msgs := conf.Parse(MacrosConf, built(t, shipped(t))[MacrosConf])
	require.Empty(t, msgs)
	for name, definition := range map[string]string{
		"security_content_ctime(1)":                                     `convert timeformat="%Y-%m-%dT%H:%M:%S" ctime($field$)`,
		"security_content_summariesonly":                                "summariesonly=`summariesonly_config` allow_old_summaries=`oldsummaries_config` fillnull_value=`fillnull_config`",
		"summariesonly_config":                                          "false",
		"oldsummaries_config":                                           "true",
		"fillnull_config":                                               "null",
		"drop_dm_object_name(1)":                                        `rename "$object$.*" as *`,
		"windows_service_creation_using_registry_entry_filter":          "search *",
		"detect_regsvcs_spawning_a_process_filter":                      "search *",
		"risk_threshold_exceeded_for_object_over_24_hour_period_filter": "search *",
		"attck_tactic_threshold_exceeded_for_object_over_7_days_filter": "search *",
	} {
		s, ok := file.Stanza(name)
		require.True(t, ok, name)
		require.Equal(t, definition, s.Get("definition"), name)
		require.NotEmpty(t, s.Get("description"), name)
	}
	require.Len(t, file.Stanzas, 10)
}

func TestOnlyOurOwnMacroIsKeptFromOtherApps(t *testing.T) {
	app := conf.App{ID: "DA-ESS-RiskReplay", FS: os.DirFS(root)}
	seen, msgs := conf.Load("macros.conf", []conf.App{app}, "search")
	require.Empty(t, msgs)
	_, ok := seen.Stanza("security_content_ctime(1)")
	require.True(t, ok, "exported")
	_, ok = seen.Stanza("drop_dm_object_name(1)")
	require.False(t, ok, "CIM exports its own")
}

func TestAnalyticStories(t *testing.T) {
	got := stanzas(string(built(t, shipped(t))[AnalyticStoriesConf]))
	require.Len(t, got, 4+8)
	require.Subset(t, got["analytic_story://Living Off The Land"], []string{
		"category = Adversary Tactics", "last_updated = 2022-03-16", "version = 2", `references = ["https://lolbas-project.github.io/"]`,
		`maintainers = [{"company": "Splunk", "email": "-", "name": "Lou Stella"}]`, "spec_version = 3",
		`searches = ["RiskReplay - Detect Regsvcs Spawning a Process - Rule"]`,
	})
	require.Subset(t, got["savedsearch://RiskReplay - Detect Regsvcs Spawning a Process - Rule"], []string{
		"type = detection", "asset_type = Endpoint", "confidence = medium",
		`annotations = {"cis20": ["CIS 10"], "kill_chain_phases": ["Exploitation"], "mitre_attack": ["T1218", "T1218.009"], "nist": ["DE.CM"]}`,
	})
}

func TestAppFilesAgreeOnNameAndVersion(t *testing.T) {
	file := func(name string) *conf.File {
		data, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		f, msgs := conf.Parse(name, data)
		require.Empty(t, msgs)
		return f
	}
	get := func(f *conf.File, stanza, key string) string {
		s, ok := f.Stanza(stanza)
		require.True(t, ok, stanza)
		return s.Get(key)
	}
	app := file("default/app.conf")
	require.Equal(t, DefaultLabel, get(app, "ui", "label"))
	require.Equal(t, get(app, "package", "id"), get(app, "id", "name"))
	require.Regexp(t, `^\d+\.\d+\.\d+$`, get(app, "launcher", "version")) // its home; a package has it in the other places
	require.Equal(t, "simple", get(app, "triggers", "reload.analyticstories"))
	lookup := get(file("default/transforms.conf"), "mitre_attack_techniques", "filename")
	require.FileExists(t, filepath.Join(root, "app/lookups", lookup))
}

func TestBuildIsStable(t *testing.T) {
	c := shipped(t)
	first := built(t, c)
	for range 20 {
		require.Equal(t, first, built(t, c))
	}
}

func TestWhatCannotShipCostsNothingElse(t *testing.T) {
	app := fstest.MapFS{
		"app/detections/good.yml":    {Data: []byte(yamlOf("Good One", TTP))},
		"app/detections/toolong.yml": {Data: []byte(yamlOf(strings.Repeat("Long ", 14)+"Name", Hunting))},
		"app/detections/title.yml":   {Data: []byte(yamlOf("Odd Title", Correlation) + "deployment: {scheduling: {cron_schedule: 1 * * * *, earliest_time: '-1h', latest_time: now, schedule_window: auto}, alert_action: {notable: {rule_title: '%nane%', rule_description: x, nes_fields: [dest]}}}\n")},
		"app/detections/slash.yml":   {Data: []byte(strings.Replace(yamlOf("Back Slash", Hunting), "known_false_positives: none", `known_false_positives: 'ends in \'`, 1))},
		"app/detections/filter.yml":  {Data: []byte(strings.Replace(yamlOf("No Filter", Hunting), "| `no_filter_filter`", "", 1))},
	}
	c, msgs := ReadFS(app, "app")
	require.Empty(t, msgs)
	out, msgs := c.Build()
	var texts []string
	for _, m := range msgs {
		texts = append(texts, m.Severity.String()+" "+m.Short())
	}
	long := "the name of detection \"" + strings.Repeat("Long ", 14) + "Name\" is 13 characters too long for Enterprise Security to edit the search"
	require.Equal(t, []string{
		"error app/detections/toolong.yml:1:7: " + long,
		"warning app/detections/filter.yml:8:9: the search of detection \"No Filter\" does not call its filter macro",
		"error app/detections/title.yml:23:131: nothing stands for %nane% in the actions of detection \"Odd Title\"",
		"error default/savedsearches.conf: cannot write setting \"action.escu.known_false_positives\" of [RiskReplay - Back Slash - Rule] to a .conf file: its value ends in a backslash, which would take in the next line",
		"error default/analyticstories.conf: cannot write setting \"known_false_positives\" of [savedsearch://RiskReplay - Back Slash - Rule] to a .conf file: its value ends in a backslash, which would take in the next line",
	}, sortedLike(texts, "toolong", "filter.yml", "title", "savedsearches.conf", "analyticstories"))
	got := stanzas(string(out[SavedSearchesConf]))
	require.Contains(t, got, "RiskReplay - Good One - Rule")
	require.Contains(t, got, "RiskReplay - Good One - Risk without ES")
	require.Contains(t, got, "RiskReplay - No Filter - Rule")
	require.Len(t, got, 3)
}

// sortedLike orders texts by which word they hold.
func sortedLike(texts []string, words ...string) []string {
	var out []string
	for _, w := range words {
		for _, s := range texts {
			if strings.Contains(s, w) {
				out = append(out, s)
			}
		}
	}
	return out
}

// yamlOf is a small detection in v4 form.
func yamlOf(name, kind string) string {
	return "name: " + name + `
id: ` + path.Base(FileName(name)) + `
version: 1
date: 2024-08-14
author: A, B
status: production
type: ` + kind + "\nsearch: '| tstats count from datamodel=Endpoint.Processes by Processes.dest | `" + FilterMacro(name) + "`'" + `
description: what it does
how_to_implement: somehow
known_false_positives: none
tags:
  analytic_story: []
  asset_type: Endpoint
  confidence: 70
  impact: 50
  message: something on $dest$
  observable:
  - {name: dest, type: Hostname, role: [Victim]}
  product: [Splunk Enterprise]
  required_fields: [_time]
  security_domain: endpoint
`
}
