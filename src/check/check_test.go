package check_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay"
	"riskreplay/src/check"
	"riskreplay/src/clock"
	"riskreplay/src/conf"
	"riskreplay/src/detection"
	"riskreplay/src/engine"
	"riskreplay/src/event"
)

const root = "../.."

var now = time.Date(2026, 1, 15, 12, 20, 0, 0, time.UTC)

func own(t testing.TB) (*engine.Engine, *detection.Content) {
	t.Helper()
	c, problems := detection.ReadFS(os.DirFS(root), "app")
	require.Empty(t, problems)
	e, problems := engine.New(engine.Options{Apps: []conf.App{{ID: "DA-ESS-RiskReplay", FS: riskreplay.App}}, App: "DA-ESS-RiskReplay", Techniques: c.Techniques})
	require.NoError(t, problems.Err())
	return e, c
}

func options(e *engine.Engine, c *detection.Content) check.Options {
	return check.Options{
		Target: check.Embedded(e), Label: detection.DefaultLabel, Now: now, Zone: time.UTC, Clock: clock.Fixed(now),
		Data: &check.Library{Engine: e, Sources: c.DataSources, Now: event.At(now)},
	}
}

// told is what became of a case, in a line.
func told(r check.Result) string {
	rows := func(s check.Step) int {
		if s.Rows == nil {
			return -1
		}
		return s.Rows.Len
	}
	return fmt.Sprintf("%s %d, %s %d: risk %d, notables %d, suppressed %d, of %d events", r.Unit.Status, rows(r.Unit), r.Integration.Status, rows(r.Integration),
		len(r.Integration.Risk), len(r.Integration.Notables), r.Integration.Suppressed, r.Data.Events)
}

func problems(r check.Result) []string {
	var out []string
	for _, m := range append(slices.Clone(r.Unit.Problems), r.Integration.Problems...) {
		out = append(out, m.Text)
	}
	return out
}

// TestOwnDetections: all tests beside the app's detections, in their order.
func TestOwnDetections(t *testing.T) {
	e, c := own(t)
	got := map[string]string{}
	for r := range check.Run(t.Context(), check.Cases(root, c.Detections), options(e, c)) {
		name := r.Detection.Name + ": " + r.Test.Name
		got[name] = told(r)
		if r.Unit.Status != check.Skipped {
			require.Empty(t, problems(r), name)
		}
	}
	const (
		regsvcs  = "Detect Regsvcs Spawning a Process: "
		services = "Windows Service Creation Using Registry Entry: "
	)
	require.Equal(t, map[string]string{
		"ATT&CK Tactic Threshold Exceeded For Object Over 7 Days: three tactics from one source are not enough": "passed 0, passed 0: risk 0, notables 0, suppressed 0, of 952 events",
		regsvcs + "True Positive Test":                     "skipped -1, skipped -1: risk 0, notables 0, suppressed 0, of 0 events",
		regsvcs + "children of regsvcs, from every source": "passed 14, passed 14: risk 28, notables 14, suppressed 0, of 806 events",
		regsvcs + "Sysmon":                                 "passed 5, passed 5: risk 10, notables 5, suppressed 0, of 550 events",
		regsvcs + "process creation of the security log":   "passed 6, passed 6: risk 12, notables 6, suppressed 0, of 167 events",
		regsvcs + "CrowdStrike":                            "passed 3, passed 3: risk 6, notables 3, suppressed 0, of 89 events",
		"Risk Threshold Exceeded For Object Over 24 Hour Period: both detections on the same hosts": "passed 5, passed 5: risk 0, notables 5, suppressed 0, of 1758 events",
		services + "True Positive Test":                                     "skipped -1, skipped -1: risk 0, notables 0, suppressed 0, of 0 events",
		services + "services written by reg.exe and by the service manager": "passed 7, passed 7: risk 7, notables 7, suppressed 0, of 738 events",
		services + "events that came just before the window":                "passed 0, passed 0: risk 0, notables 0, suppressed 0, of 952 events",
		services + "a process that starts others writes no service":         "passed 0, passed 0: risk 0, notables 0, suppressed 0, of 806 events",
	}, got)
}

// TestWhatFails: a test of the regsvcs detection that expects something else, and
// what it is told.
func TestWhatFails(t *testing.T) {
	e, c := own(t)
	i := slices.IndexFunc(c.Detections, func(d *detection.Detection) bool { return d.Name == "Detect Regsvcs Spawning a Process" })
	for _, one := range []struct{ yaml, unit, integration string }{
		{"expect: {count: 13}", "it finds 14 results, and 13 were expected", ""},
		{"expect: {count: '<= 3'}", "it finds 14 results, and <= 3 were expected", ""},
		{"expect_none: true", "it finds 14 results, and must find none", "it writes 28 risk events and 14 notables, and must not fire"},
		{"expect: {fields: [dest, parent_process_guid]}", "14 of 14 results have no parent_process_guid", ""},
		{"expect: {rows: [{parent_process_name: regsvcs.exe, user: nobody}]}", `no result is parent_process_name="regsvcs.exe" user="nobody"`, ""},
		{"expect: {risk_events: 1, notables: 2..3, suppressed: '>= 1'}", "", "there are 28 risk events, and 1 was expected; there are 14 notables, and 2..3 were expected; there are 0 suppressed results, and >= 1 were expected"},
		{"risk: [{object: '*', type: user, score: 64}]", "", `.corp.example" with score 64, which the test does not list`},
		{"risk: [{object: '*', type: user, score: 64}, {object: '*', type: system, score: 63}]", "", `there are 0 risk events for system "*" with score 63, and 1 was expected`},
		{"before: [No Such Detection]", `cannot find "No Such Detection", which the test "x" runs before`, ""},
		{"source: nosuch", `no data source is called "nosuch"`, ""},
		{"now: noon", `cannot read now: "noon"`, ""},
		{"offset: soon", `cannot read offset: "soon"`, ""},
	} {
		d := *c.Detections[i]
		tests, problemsOf := detection.ReadTests("x.test.yml", []byte("tests:\n- name: x\n  attack_data: [testdata/datasets/T1218.009]\n  "+one.yaml+"\n"))
		require.Empty(t, problemsOf)
		d.Tests = tests
		for r := range check.Run(t.Context(), check.Cases(root, []*detection.Detection{&d}), options(e, c)) {
			for want, step := range map[string]check.Step{one.unit: r.Unit, one.integration: r.Integration} {
				if want == "" {
					require.NotEqual(t, check.Failed, step.Status, "%s: %s", one.yaml, problems(r))
					continue
				}
				require.Equal(t, check.Failed, step.Status, one.yaml)
				texts := strings.Join(problems(check.Result{Unit: step}), "; ")
				require.Contains(t, texts, want, one.yaml)
			}
			require.True(t, r.Failed())
		}
	}
}

// TestDataThatIsNotThere is told with what to do, and the others run.
func TestDataThatIsNotThere(t *testing.T) {
	e, c := own(t)
	i := slices.IndexFunc(c.Detections, func(d *detection.Detection) bool { return d.Name == "Detect Regsvcs Spawning a Process" })
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	pointer := write("pointer.log", "version https://git-lfs.github.com/spec/v1\noid sha256:0123456789012345678901234567890123456789012345678901234567890123\nsize 12345\n")
	empty := write("empty.log", "")
	write("checkout/datasets/here/x.log", "<Event/>\n")
	const url = "https://media.githubusercontent.com/media/splunk/attack_data/master/datasets/"
	for _, one := range []struct {
		data, dataDir, want string
		status              check.Status
	}{
		{"nosuch.log", "", `cannot find the data "nosuch.log"`, check.Failed},
		{pointer, "", "it is a Git LFS pointer", check.Failed},
		{empty, "", "empty", check.Failed},
		{url + "x/y.log", "", `is not here`, check.Skipped},
		{url + "x/y.log", filepath.Join(dir, "checkout"), `is not here`, check.Failed},
		{url + "../../../etc/passwd", filepath.Join(dir, "checkout"), `is not here`, check.Failed},
		{url + "here/x.log", filepath.Join(dir, "checkout"), "it finds nothing", check.Failed},
	} {
		d := *c.Detections[i]
		d.Tests = []detection.Test{{Name: "a", Data: []detection.TestData{{Data: one.data}}}, {Name: "b", Data: []detection.TestData{{Data: "testdata/datasets/T1218.009"}}}}
		o := options(e, c)
		o.Data.DataDir = one.dataDir
		var list []check.Result
		for r := range check.Run(t.Context(), check.Cases(root, []*detection.Detection{&d}), o) {
			list = append(list, r)
		}
		require.Len(t, list, 2)
		require.Equal(t, one.status, list[0].Unit.Status, problems(list[0]))
		require.Contains(t, strings.Join(problems(list[0]), "; "), one.want)
		require.Equal(t, check.Passed, list[1].Unit.Status)
	}
}
