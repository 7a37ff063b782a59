package ingest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/winevent"
)

const recordedLogs = "../../../shared/data"

// recorded skips a test where the logs that others recorded are missing.
func recorded(t *testing.T) {
	if !exists(recordedLogs) {
		t.Skip("the logs recorded by others (shared/data beside the checkout) are missing: nothing real is read")
	}
}

func TestRecordedLogsGiveTheirCounts(t *testing.T) {
	recorded(t)
	text, err := os.ReadFile(recordedLogs + "/expected.json")
	require.NoError(t, err)
	var expected map[string]struct {
		Events int            `json:"events"`
		ByCode map[string]int `json:"by_channel_eventid"`
	}
	require.NoError(t, json.Unmarshal(text, &expected))
	in, err := ParseInput(recordedLogs + "/logs,sourcetype=xmlwineventlog")
	require.NoError(t, err)
	datasets, problems := Resolve(in)
	require.Empty(t, problems)
	require.Len(t, datasets, 1)
	all := map[string]int{}
	for _, f := range datasets[0].Files {
		events, problems := readPath(t, f.Path, f.Metadata, Options{})
		require.Empty(t, problems, f.Name)
		require.Len(t, events, expected[f.Name].Events, f.Name)
		require.Equal(t, expected[f.Name].ByCode, byCode(events, all), f.Name)
	}
	require.Equal(t, expected["ALL"].ByCode, all)
}

// byCode counts events by channel and EventID, as sources and fields tell them.
func byCode(events []event.Event, all map[string]int) map[string]int {
	out := map[string]int{}
	code := winevent.NewFields("EventCode")
	for _, e := range events {
		key := strings.TrimPrefix(e.Source, "XmlWinEventLog:") + "/"
		code.Extract(e.Raw, func(_ int, value []byte) { key += string(value) })
		out[key]++
		all[key]++
	}
	return out
}

func TestNativeLogsGiveTheirCounts(t *testing.T) {
	recorded(t)
	for name, want := range map[string][2]int{ // XML, classic
		"T1003.002_sysmon.log": {10, 0}, "T1003.003_copy_data.log": {17, 0}, "T1003.003_symlink_data.log": {16, 0}, "T1003_test5_sysmon.log": {10, 0},
		"T1202_windows-sysmon.log": {24, 0}, "T1547.001_runonce.log": {22, 23}, "T1558.004_sec-xml.log": {25, 0}, "remcos_c2_install_process.log": {6, 0},
		"certutil_exe_certificate_extraction.raw": {40, 19},
	} {
		path := filepath.Join(recordedLogs, "native", name)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, block := range []int{0, 1000} {
			events, problems := readPath(t, path, Metadata{}, Options{BlockSize: block})
			require.Empty(t, problems, name)
			got := [2]int{}
			rest := string(content)
			for _, e := range events {
				before, after, found := strings.Cut(rest, string(e.Raw))
				require.True(t, found, name)
				require.Empty(t, strings.TrimSpace(before), "%s: between events", name)
				rest = after
				switch e.Sourcetype {
				case "XmlWinEventLog":
					got[0]++
				case "WinEventLog":
					got[1]++
					require.Contains(t, string(e.Raw), "Message=")
					require.Contains(t, string(e.Raw), "\r\n")
				}
				require.NotEqual(t, "localhost", e.Host)
			}
			require.Empty(t, strings.TrimSpace(rest), "%s: behind the last event", name)
			require.Equal(t, want, got, name)
		}
	}
}

// The project's own datasets, as `riskreplay run testdata/datasets` takes them.
func TestTheProjectsDatasets(t *testing.T) {
	datasets, problems := Resolve(Input{Path: "../../testdata/datasets"})
	require.Empty(t, problems)
	names := map[string]bool{}
	for _, d := range datasets {
		names[d.Name] = true
		require.NotEmpty(t, d.Technique)
		for _, f := range d.Files {
			require.NotEmpty(t, f.Source)
			require.Equal(t, d.Path, f.Catalogue)
			events, problems := readPath(t, f.Path, f.Metadata, Options{})
			require.Empty(t, problems, f.Path)
			require.NotEmpty(t, events)
			for _, e := range events {
				require.NotEqual(t, now, e.Time)
				if f.Source != falconSource { // some of its events name no computer
					require.NotEqual(t, "localhost", e.Host)
				}
			}
		}
	}
	require.True(t, names["services_registry"] && names["regsvcs_children"], "%v", names)
}
