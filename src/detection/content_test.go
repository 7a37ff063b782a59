package detection

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

const table = "mitre_id,technique,tactics\nT1218,System Binary Proxy Execution,Defense Evasion\n"

const storyYAML = `
name: A Story
id: x
version: 1
date: '2024-01-01'
author: One Person, Two Persons, Company
description: d
narrative: >-
  first

  second
references: [https://example.com]
tags: {category: [Malware, Abuse], product: [Splunk Cloud], usecase: Other}
`

func shorts(msgs diag.List) []string {
	var out []string
	for _, m := range msgs {
		out = append(out, m.Severity.String()+" "+m.Short())
	}
	return out
}

func TestBadFilesNeverStopGoodOnes(t *testing.T) {
	c, msgs := ReadFS(fstest.MapFS{
		"app/detections/endpoint/good.yml":  {Data: []byte(yamlOf("Good", TTP))},
		"app/detections/broken.yml":         {Data: []byte("name: [")},
		"app/detections/wrong.yaml":         {Data: []byte(strings.Replace(yamlOf("Wrong", TTP), "impact: 50", "impact: high", 1))},
		"app/detections/good.test.yml":      {Data: []byte("not: a detection")},
		"app/detections/README.md":          {Data: []byte("text")},
		"app/detections/huge.yml":           {Data: []byte(strings.Repeat("# x\n", 5<<20))},
		"app/detections/lfs.yml":            {Data: []byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")},
		"app/stories/story.yml":             {Data: []byte(storyYAML)},
		"app/macros/m.yml":                  {Data: []byte("name: m\ndefinition: search *\ndescription: d\narguments: [a, b]\n")},
		"app/data_sources/s.yml":            {Data: []byte("name: S\n")},
		"app/lookups/mitre_attack.csv":      {Data: []byte(table)},
		"elsewhere/detections/not-ours.yml": {Data: []byte(yamlOf("Not Ours", TTP))},
	}, "app")
	require.Len(t, c.Detections, 1)
	require.Equal(t, "Good", c.Detections[0].Name)
	require.Equal(t, "app/detections/endpoint/good.yml", c.Detections[0].File)
	require.Len(t, c.Stories, 1)
	require.Equal(t, "m(2)", c.Macros[0].Stanza())
	require.Empty(t, c.DataSources)
	for _, want := range []string{
		"error app/detections/broken.yml:1:7: cannot read YAML: sequence end token ']' not found",
		"error app/detections/wrong.yaml:16:11: expected a number, found text",
		`error app/detections/huge.yml: cannot read "app/detections/huge.yml": the file is larger than 16 MB`,
		`error app/data_sources/s.yml:1:1: missing key "id" in a data source`,
	} {
		require.Contains(t, shorts(msgs), want)
	}
}

func TestNamesThatPointNowhereAreWarnings(t *testing.T) {
	text := strings.NewReplacer("analytic_story: []", "analytic_story: [A Stroy, Broken Story]",
		"tags:", "data_source: [Sysmon EventID 1 AND Sysmon EventID 99]\ntags:\n  mitre_attack_id: [T1218, T9999]").Replace(yamlOf("One", TTP))
	_, msgs := ReadFS(fstest.MapFS{
		"detections/one.yml":       {Data: []byte(text)},
		"stories/a.yml":            {Data: []byte(storyYAML)},
		"stories/b.yml":            {Data: []byte(strings.Replace(storyYAML, "name: A Story", "name: Broken Story\nodd: 1", 1))},
		"data_sources/s.yml":       {Data: []byte("name: Sysmon EventID 1\nid: x\nversion: 1\ndate: d\nauthor: a\ndescription: d\nsource: s\nsourcetype: t\nsupported_TA: [{name: n, url: u, version: 4.0}]\nseparator_value: 1\n")},
		"lookups/mitre_attack.csv": {Data: []byte(table)},
	}, ".")
	require.Equal(t, []string{
		`error stories/b.yml:3:1: unknown key "odd" in a story`,
		`warning detections/one.yml:15:20: unknown analytic story "A Stroy"`,
		`warning detections/one.yml:12:36: unknown data source "Sysmon EventID 99"`,
		`warning detections/one.yml:14:28: unknown ATT&CK technique "T9999"`,
	}, shorts(msgs))
	require.Equal(t, `did you mean "A Story"?`, msgs[1].Hint)
}

func TestDoublesAreLeftOut(t *testing.T) {
	c, msgs := ReadFS(fstest.MapFS{
		"detections/a.yml": {Data: []byte(yamlOf("Same", TTP))},
		"detections/b.yml": {Data: []byte(yamlOf("Same", TTP))},
		"detections/c.yml": {Data: []byte(strings.Replace(yamlOf("Other", TTP), "id: other", "id: same", 1))},
		"stories/a.yml":    {Data: []byte(storyYAML)},
		"stories/b.yml":    {Data: []byte(storyYAML)},
	}, ".")
	require.Equal(t, []string{
		`error detections/b.yml: detection "Same" is in detections/a.yml too; this one is left out`,
		`error detections/a.yml: detection id "same" is in detections/c.yml too; this one is left out`,
		`error stories/b.yml: story "A Story" is in stories/a.yml too; this one is left out`,
	}, shorts(msgs))
	require.Len(t, c.Detections, 1)
}

func TestMissingFoldersAreEmptyContent(t *testing.T) {
	c, msgs := ReadFS(fstest.MapFS{}, "app")
	require.Empty(t, msgs)
	require.Equal(t, &Content{}, c)
	out := built(t, c)
	require.Len(t, out, 4)
}

// brokenFS fails as a disk does.
type brokenFS struct{ fstest.MapFS }

func (b brokenFS) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, "bad.yml") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return b.MapFS.Open(name)
}

func (b brokenFS) Stat(name string) (fs.FileInfo, error) { return b.MapFS.Stat(name) }

func (b brokenFS) ReadFile(name string) ([]byte, error) {
	if _, err := b.Open(name); err != nil {
		return nil, err
	}
	return b.MapFS.ReadFile(name)
}

func TestUnreadableFileIsNamed(t *testing.T) {
	c, msgs := ReadFS(brokenFS{fstest.MapFS{
		"detections/bad.yml":  {Data: []byte("x")},
		"detections/good.yml": {Data: []byte(yamlOf("Good", TTP))},
	}}, ".")
	require.Equal(t, []string{`error detections/bad.yml: cannot read "detections/bad.yml": permission denied`}, shorts(msgs))
	require.ErrorIs(t, msgs.Err(), fs.ErrPermission)
	require.Len(t, c.Detections, 1)
}

func TestStoryShips(t *testing.T) {
	s, msgs := ReadStory("s.yml", []byte(storyYAML))
	require.Empty(t, msgs)
	d, msgs := ReadYAML("d.yml", []byte(strings.Replace(yamlOf("Good", TTP), "analytic_story: []", "analytic_story: [A Story]", 1)))
	require.Empty(t, msgs)
	c := Content{Label: "MyApp", Stories: []*Story{s}, Detections: []*Detection{d}}
	require.Contains(t, string(built(t, &c)[AnalyticStoriesConf]), `
[analytic_story://A Story]
category = Malware
last_updated = 2024-01-01
version = 1
references = ["https://example.com"]
maintainers = [{"company": "Company", "email": "-", "name": "One Person"}]
spec_version = 3
searches = ["MyApp - Good - Rule"]
description = d
narrative = first\
second
`)
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"Detect Regsvcs Spawning a Process": "detect_regsvcs_spawning_a_process_filter",
		"O365 - v1.2/x (new)":               "o365___v1_2_x_new_filter",
		"ATT&CK Tactic":                     "attck_tactic_filter",
	} {
		require.Equal(t, want, FilterMacro(name))
	}
	require.Equal(t, "L - N", (&Detection{Name: "N", Type: Baseline}).Stanza("L"))
}

func TestEveryFileHasTheNameOfItsContent(t *testing.T) {
	for _, d := range shipped(t).Detections {
		require.Equal(t, "app/detections/"+FileName(d.Name)+".yml", d.File)
	}
}
