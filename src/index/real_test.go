package index_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/knowledge"
	"riskreplay/src/spl"
	"riskreplay/src/winevent"
)

// realLogs is a folder of real logs beside the project, with the rows that both
// detections must give.
const realLogs = "../../../shared/data"

var sources = map[string]string{
	".sysmon.log":   "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational",
	".security.log": "XmlWinEventLog:Security",
	".system.log":   "XmlWinEventLog:System",
}

func needRealLogs(t testing.TB) []string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(realLogs, "logs", "*.log"))
	if len(files) == 0 {
		t.Skipf("SKIPPED: there are no real logs in %s to compare with", realLogs)
	}
	return files
}

func readLog(t testing.TB, file string) []event.Event {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var out []event.Event
	for line := range bytes.Lines(data) {
		e := event.Event{Raw: bytes.TrimRight(line, "\n"), Sourcetype: "xmlwineventlog", Index: "main"}
		for suffix, source := range sources {
			if strings.HasSuffix(file, suffix) {
				e.Source = source
			}
		}
		e.Time, _ = winevent.SystemTime(e.Raw)
		e.Host = string(winevent.Computer(e.Raw))
		out = append(out, e)
	}
	return out
}

func newBase(t testing.TB) *knowledge.Base {
	t.Helper()
	base, problems := knowledge.Load(nil, "", eval.Env{})
	require.Empty(t, problems)
	return base
}

func where(t testing.TB, text string) *eval.Predicate {
	t.Helper()
	src := spl.Plain(&diag.Text{Name: "where", Body: text})
	p, problems := spl.ParsePredicate(src)
	require.Empty(t, problems)
	out, problems := eval.CompilePredicate(p, &spl.Stage{Source: src, Name: "search"}, eval.Env{})
	require.Empty(t, problems)
	return out
}

func scan(t testing.TB, x *index.Index, base *knowledge.Base, q index.Query) *batch.Batch {
	t.Helper()
	var all []*batch.Batch
	for b, err := range x.Scan(context.Background(), base, q) {
		require.NoError(t, err)
		all = append(all, b)
	}
	if len(all) == 0 {
		return batch.New(0)
	}
	return batch.Concat(all)
}

func prefixed(prefix string, names ...string) []string {
	out := []string{"_time"}
	for _, n := range names {
		out = append(out, prefix+n)
	}
	return out
}

var (
	registryFields = []string{"dest", "user", "registry_path", "registry_key_name", "registry_value_name", "registry_value_data", "process_guid"}
	processFields  = []string{"parent_process_name", "dest", "user", "parent_process", "process_name", "process", "process_id", "parent_process_id"}
)

func registryQuery(t testing.TB) index.Query {
	return index.Query{
		Model: "Endpoint", Dataset: "Registry", Fields: prefixed("Registry.", registryFields...),
		Where: where(t, `(Registry.registry_path="*\\SYSTEM\\CurrentControlSet\\Services*" Registry.registry_value_name = ImagePath)`),
	}
}

func processQuery(t testing.TB) index.Query {
	return index.Query{
		Model: "Endpoint", Dataset: "Processes", Fields: prefixed("Processes.", processFields...),
		Where: where(t, `Processes.parent_process_name=regsvcs.exe`),
	}
}

// grouped counts rows by hour and fields, as the detections do; null is "null".
func grouped(b *batch.Batch, prefix string, fields []string) []string {
	count := map[string]int{}
	for r := range b.Len {
		at, _ := b.Column("_time").Time(r)
		key := fmt.Sprint(int64(at) / 3600e9 * 3600)
		for _, f := range fields {
			v := "null"
			if c := b.Column(prefix + f); c != nil && !c.IsNull(r) {
				v = c.Text(r)
			}
			key += "|" + v
		}
		count[key]++
	}
	var out []string
	for k, n := range count {
		out = append(out, fmt.Sprintf("%s|%d", k, n))
	}
	slices.Sort(out)
	return out
}

func expectedRows(t testing.TB, name, detection string, fields []string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(realLogs, "expected.json"))
	require.NoError(t, err)
	var all map[string]map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(data, &all))
	var rows []map[string]any
	require.NoError(t, json.Unmarshal(all[name][detection], &rows))
	var out []string
	for _, r := range rows {
		key := fmt.Sprintf("%.0f", r["_time"])
		for _, f := range fields {
			key += "|" + fmt.Sprint(r[f])
		}
		out = append(out, fmt.Sprintf("%s|%v", key, r["count"]))
	}
	slices.Sort(out)
	return out
}

func TestRealLogsGiveTheRowsOfBothDetections(t *testing.T) {
	files := needRealLogs(t)
	base := newBase(t)
	ctx := context.Background()
	all := index.New(index.Options{Events: 1000})
	check := func(name string, x *index.Index) {
		want := expectedRows(t, name, "windows_service_creation_using_registry_entry", registryFields)
		require.Equal(t, want, grouped(scan(t, x, base, registryQuery(t)), "Registry.", registryFields), name)
		require.Empty(t, expectedRows(t, name, "detect_regsvcs_spawning_a_process", processFields))
		require.Zero(t, scan(t, x, base, processQuery(t)).Len, name)
	}
	for _, file := range files {
		x := index.New(index.Options{})
		evs := readLog(t, file)
		_, err := x.Append(ctx, evs)
		require.NoError(t, err)
		_, err = all.Append(ctx, evs)
		require.NoError(t, err)
		check(filepath.Base(file), x)
	}
	check("ALL", all)
}
