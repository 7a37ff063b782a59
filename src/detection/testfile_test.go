package detection_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/detection"
)

func TestReadTests(t *testing.T) {
	tests, problems := detection.ReadTests("x.test.yml", []byte(`
tests:
- name: services by reg.exe
  attack_data:
  - testdata/datasets/T1574.011
  - {data: other.log, source: S, sourcetype: st, host: h}
  now: 2026-01-15T12:20:00Z
  offset: -61m
  time: keep
  runs: 2
  before: [Other Detection]
  source: 4688
  expect:
    count: 7
    rows:
    - {dest: WIN-1, count: 3, ok: true, many: [a, b]}
    fields: [dest, user]
    risk_events: '>= 3'
    notables: 2..4
    suppressed: <= 1
  risk:
  - {object: win-1, type: system, score: 64, count: 2}
- name: nothing
  attack_data: [quiet.log]
  expect_none: true
`))
	require.Empty(t, problems)
	require.Len(t, tests, 2)
	first := tests[0]
	require.Contains(t, first.At.Text.Body[first.At.Start:], "name: services by reg.exe")
	first.At = tests[1].At
	score := 64.0
	require.Equal(t, detection.Test{
		Name: "services by reg.exe", Now: "2026-01-15T12:20:00Z", Offset: "-61m", Time: detection.TimeKeep, Runs: 2, Before: []string{"Other Detection"}, Source: "4688",
		Data: []detection.TestData{{Data: "testdata/datasets/T1574.011"}, {Data: "other.log", Source: "S", Sourcetype: "st", Host: "h"}},
		Expect: detection.Expect{
			Count: &detection.Count{Min: 7, Max: 7}, RiskEvents: &detection.Count{Min: 3, Max: 1<<31 - 1}, Notables: &detection.Count{Min: 2, Max: 4}, Suppressed: &detection.Count{Max: 1},
			Rows: []detection.Row{{"dest": {"WIN-1"}, "count": {"3"}, "ok": {"true"}, "many": {"a", "b"}}}, Fields: []string{"dest", "user"},
		},
		Risk: []detection.ExpectedRisk{{Object: "win-1", Type: "system", Score: &score, Count: &detection.Count{Min: 2, Max: 2}}},
		At:   tests[1].At,
	}, first)
	require.True(t, tests[1].None)
	for want, c := range map[string]*detection.Count{"7": first.Expect.Count, ">= 3": first.Expect.RiskEvents, "2..4": first.Expect.Notables, "<= 1": first.Expect.Suppressed} {
		require.Equal(t, want, c.String())
		require.True(t, c.Holds(c.Min) && c.Holds(c.Max))
		require.False(t, c.Holds(c.Min-1))
	}
}

// TestWrongTests: each is a message with its place.
func TestWrongTests(t *testing.T) {
	for _, c := range []struct{ yaml, want string }{
		{"tests:\n- name: a\n", `the test "a" has no data`},
		{"tests:\n- name: a\n  attack_data: [x]\n  expect: {count: many}\n", `cannot read the count "many"`},
		{"tests:\n- name: a\n  attack_data: [x]\n  expect: {count: 5..3}\n", `cannot read the count "5..3"`},
		{"tests:\n- name: a\n  attack_data: [x]\n  expect: {cuont: 5}\n", `unknown key "cuont" in expect`},
		{"tests:\n- name: a\n  attack_data: [x]\n  expect_none: true\n  expect: {count: 5}\n", `the test "a" says both expect_none and what is expected`},
		{"tests:\n- name: a\n  attack_data: [x]\n  time: now\n", `unknown value "now"`},
		{"tests:\n- name: a\n  attack_data: [x]\n  risk: [{type: user}]\n", `missing key "object" in risk`},
		{"test: []\n", `unknown key "test" in a file of tests`},
	} {
		_, problems := detection.ReadTests("x.test.yml", []byte(c.yaml))
		require.NotEmpty(t, problems, c.yaml)
		require.Equal(t, c.want, problems[0].Text)
		require.NotNil(t, problems[0].Place.Text)
	}
}

func TestTestFile(t *testing.T) {
	require.Equal(t, "app/detections/a.test.yml", detection.TestFile("app/detections/a.yml"))
	require.Equal(t, "a.test.yml", detection.TestFile("a.yaml"))
}
