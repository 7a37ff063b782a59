package engine

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay"
	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/detection"
	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/schedule"
)

// expected is the answers for one file, or for ALL of a folder.
type expected struct {
	Events    int              `json:"events"`
	ByChannel map[string]int   `json:"by_channel_eventid"`
	Registry  []map[string]any `json:"windows_service_creation_using_registry_entry"`
	Regsvcs   []map[string]any `json:"detect_regsvcs_spawning_a_process"`
}

func own(t testing.TB) *Engine {
	t.Helper()
	e, problems := New(Options{Apps: []conf.App{{ID: "DA-ESS-RiskReplay", FS: riskreplay.App}}, App: "DA-ESS-RiskReplay"})
	require.NoError(t, problems.Err())
	return e
}

func techniques(t testing.TB) []detection.Technique {
	t.Helper()
	data, err := fs.ReadFile(riskreplay.App, "app/lookups/mitre_attack.csv")
	require.NoError(t, err)
	out, problems := detection.ReadTechniques("mitre_attack.csv", data)
	require.NoError(t, problems.Err())
	return out
}

// TestRealLogs runs both detections over logs that others recorded, each file
// and all of them together, and compares with answers that a program of others
// computed.
func TestRealLogs(t *testing.T) {
	answers, err := os.ReadFile(filepath.Join(realLogs, "..", "expected.json"))
	if os.IsNotExist(err) {
		t.Skipf("%s is missing: recorded logs are no part of the project, and this test is SKIPPED without them", realLogs)
	}
	require.NoError(t, err)
	var want map[string]expected
	require.NoError(t, json.Unmarshal(answers, &want))
	paths, err := filepath.Glob(filepath.Join(realLogs, "*.log"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) { requireAnswers(t, want[filepath.Base(path)], windowsFile(path)) })
	}
	t.Run("ALL", func(t *testing.T) {
		var all []ingest.File
		for _, path := range paths {
			all = append(all, windowsFile(path))
		}
		requireAnswers(t, want["ALL"], all...)
	})
}

// windowsFile is a log with the source that its name stands for.
func windowsFile(path string) ingest.File {
	source := map[string]string{
		"sysmon": "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", "security": "XmlWinEventLog:Security", "system": "XmlWinEventLog:System",
	}[strings.Split(strings.TrimSuffix(filepath.Base(path), ".log"), ".")[strings.Count(filepath.Base(path), ".")-1]]
	return ingest.File{Path: path, Name: filepath.Base(path), Metadata: ingest.Metadata{Sourcetype: "xmlwineventlog", Source: source}}
}

func requireAnswers(t *testing.T, want expected, files ...ingest.File) {
	t.Helper()
	e := own(t)
	loaded, problems, err := e.Load(t.Context(), []ingest.Dataset{{Name: "logs", Files: files}}, 0, nil)
	require.NoError(t, err)
	require.NoError(t, problems.Err())
	require.Equal(t, want.Events, loaded[0].Events)
	for name, rows := range map[string][]map[string]any{
		"RiskReplay - Windows Service Creation Using Registry Entry - Rule": want.Registry,
		"RiskReplay - Detect Regsvcs Spawning a Process - Rule":             want.Regsvcs,
	} {
		saved, err := e.SavedSearch(name)
		require.NoError(t, err)
		fired, err := e.Fire(t.Context(), saved, schedule.Run{At: time.Unix(1768478400, 0)})
		require.NoError(t, err)
		require.Equal(t, rowTexts(rows), batchTexts(fired.Rows))
	}
	if want.ByChannel == nil {
		return
	}
	result, err := e.Run(t.Context(), job.Request{Search: `index=* | eval key=Channel."/".EventCode | stats count by key`})
	require.NoError(t, err)
	counts, err := results.ReadAll(t.Context(), result.Rows)
	require.NoError(t, err)
	got := map[string]int{}
	for r := range counts.Len {
		n, ok := counts.Column("count").Num(r)
		require.True(t, ok)
		got[counts.Column("key").Text(r)] = int(n)
	}
	require.Equal(t, want.ByChannel, got)
}

// rowTexts is each row as sorted name=value lines.
func rowTexts(rows []map[string]any) []string {
	out := []string{}
	for _, row := range rows {
		var cells []string
		for name, value := range row {
			text, ok := value.(string)
			if n, number := value.(float64); number {
				text, ok = event.Time(n*1e9).String(), true
			}
			if !ok {
				panic("a value that is neither text nor number")
			}
			cells = append(cells, name+"="+text)
		}
		sort.Strings(cells)
		out = append(out, strings.Join(cells, "\n"))
	}
	sort.Strings(out)
	return out
}

func batchTexts(b *batch.Batch) []string {
	rows := make([]map[string]any, b.Len)
	for r := range rows {
		rows[r] = map[string]any{}
		for i, name := range b.Names {
			if !b.Columns[i].IsNull(r) {
				rows[r][name] = b.Columns[i].Text(r)
			}
		}
	}
	return rowTexts(rows)
}

// TestOwnDatasets does the same for the project's datasets and the answers that
// stand beside them.
func TestOwnDatasets(t *testing.T) {
	for _, dir := range []string{"T1574.011", "T1218.009"} {
		t.Run(dir, func(t *testing.T) {
			answers, err := os.ReadFile(filepath.Join("../../testdata/datasets", dir, "expected.json"))
			require.NoError(t, err)
			var want map[string]expected
			require.NoError(t, json.Unmarshal(answers, &want))
			datasets, problems := ingest.Resolve(ingest.Input{Path: filepath.Join("../../testdata/datasets", dir)})
			require.NoError(t, problems.Err())
			require.Len(t, datasets, 1)
			all := want["ALL"]
			all.ByChannel = nil // CrowdStrike's events have no channel
			requireAnswers(t, all, datasets[0].Files...)
		})
	}
}
