package cli

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	serveNoon   = "2026-01-15T12:00:00Z"
	serveBefore = "2026-01-15T11:51:00Z"
)

// detecting is a home with both datasets in their window, and a server whose clock
// shows a moment.
type detecting struct {
	home string
	env  []string
}

// startDetecting sends both datasets to a server that shows nine minutes to noon,
// and ends it.
func startDetecting(t *testing.T) *detecting {
	t.Helper()
	d := &detecting{home: t.TempDir()}
	d.env = []string{"SPLUNK_HEC_TOKEN=" + output(t, nil, "serve", "token", "add", "replay", "--home", d.home)}
	s := d.serve(t, serveBefore)
	d.env = append(d.env, s.access(t, d.home)...)
	datasets := filepath.Join("..", "..", "testdata", "datasets")
	output(t, d.env, "replay", "--to", "hec:"+s.HEC, "--state", t.TempDir(), "--time", "window=-70m..-10m", "--now", serveNoon,
		filepath.Join(datasets, "T1574.011"), filepath.Join(datasets, "T1218.009"))
	s.stop(t)
	return d
}

func (d *detecting) serve(t *testing.T, now string) *serving {
	t.Helper()
	return startServer(t, "--home", d.home, "--hec", "127.0.0.1:0", "--api", "127.0.0.1:0", "--enable-detections", "--now", now)
}

// rows are what a search finds on a server, every value as text.
func (d *detecting) rows(t *testing.T, s *serving, search string) []map[string]any {
	t.Helper()
	return objects(t, output(t, d.env, "search", "--format", "json", "--splunk", s.API, search))
}

func objects(t *testing.T, text string) []map[string]any {
	t.Helper()
	var out []map[string]any
	for line := range strings.Lines(text) {
		var row map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &row))
		out = append(out, row)
	}
	return out
}

// settled waits until every scheduled search has run its tick of noon.
func (d *detecting) settled(t *testing.T, s *serving) {
	t.Helper()
	const search = `index=_internal sourcetype=scheduler status=success scheduled_time=1768478400 | stats dc(savedsearch_name) as n`
	require.Eventually(t, func() bool {
		rows := d.rows(t, s, search)
		return len(rows) == 1 && rows[0]["n"] == "4"
	}, 2*time.Minute, 250*time.Millisecond)
}

// disabled is which kinds of the app's saved searches REST shows as disabled; those
// that are not have a next tick.
func (d *detecting) disabled(t *testing.T, s *serving) map[string]bool {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, s.API+"/servicesNS/nobody/DA-ESS-RiskReplay/saved/searches?output_mode=json&count=0", nil)
	require.NoError(t, err)
	for _, e := range d.env {
		if password, ok := strings.CutPrefix(e, "SPLUNK_PASSWORD="); ok {
			request.SetBasicAuth("admin", password)
		}
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	var list struct {
		Entry []struct {
			Name    string
			Content struct {
				Disabled bool   `json:"disabled"`
				Next     string `json:"next_scheduled_time"`
			}
		}
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&list))
	out := map[string]bool{}
	for _, e := range list.Entry {
		out[e.Name[strings.LastIndex(e.Name, " - ")+3:]] = e.Content.Disabled
		require.Equal(t, e.Content.Disabled, e.Content.Next == "", e.Name)
	}
	return out
}

// runRecords are the risk events and notables that `riskreplay run` computes.
func runRecords(t *testing.T) []map[string]any {
	t.Helper()
	datasets := filepath.Join("..", "..", "testdata", "datasets")
	all := objects(t, output(t, nil, "run", "--now", serveNoon, "--format", "json", filepath.Join(datasets, "T1574.011"), filepath.Join(datasets, "T1218.009")))
	return slices.DeleteFunc(all, func(row map[string]any) bool { return row["record"] != "risk" && row["record"] != "notable" })
}

// identity is a record without what differs between two runs: the number at the end
// of the search id.
func identity(row map[string]any, fields []string) string {
	var out []string
	for _, f := range fields {
		value := row[f]
		if sid, ok := value.(string); ok && f == "orig_sid" {
			value = sid[:strings.LastIndex(sid, "_")]
		}
		text, _ := json.Marshal(value) // of texts and lists of texts
		out = append(out, f+"="+string(text))
	}
	return strings.Join(out, "\n")
}

// requireSameAsRun compares each field of each risk event and notable.
func (d *detecting) requireSameAsRun(t *testing.T, s *serving) {
	t.Helper()
	want := runRecords(t)
	require.NotEmpty(t, want)
	for _, kind := range []string{"risk", "notable"} {
		found := d.rows(t, s, "index="+kind+" | table _time *")
		mine := slices.DeleteFunc(slices.Clone(want), func(row map[string]any) bool { return row["record"] != kind })
		require.Len(t, found, len(mine), kind)
		for _, row := range mine {
			var fields []string
			for f := range row {
				if f != "record" {
					fields = append(fields, f)
				}
			}
			slices.Sort(fields)
			one := identity(row, fields)
			i := slices.IndexFunc(found, func(row map[string]any) bool { return identity(row, fields) == one })
			if i < 0 {
				near := slices.IndexFunc(found, func(f map[string]any) bool {
					return f["orig_rid"] == row["orig_rid"] && f["search_name"] == row["search_name"]
				})
				require.GreaterOrEqual(t, near, 0, one)
				require.Equal(t, one, identity(found[near], fields))
			}
			found = slices.Delete(found, i, i+1)
		}
		require.Empty(t, found)
	}
}

// TestSchedulerKilled replays both datasets into a server over HEC; then the scheduler
// alone, from the moment that the server's clock shows noon, ends with the same risk
// events, notables and finding of the 24-hour rule as `riskreplay run`. Killed again
// and again while it catches up, it fires nothing twice, and leaves nothing out.
func TestSchedulerKilled(t *testing.T) {
	d := startDetecting(t)
	kills := 2
	if os.Getenv("RISKREPLAY_SOAK") != "" {
		kills = 200
	}
	for i := range kills {
		s := d.serve(t, serveNoon)
		timer := time.AfterFunc(time.Duration(5+i%12*4)*time.Millisecond, func() { _ = s.cmd.Process.Kill() })
		_ = s.cmd.Wait() // it was killed
		timer.Stop()
	}
	s := d.serve(t, serveNoon)
	d.settled(t, s)
	d.requireSameAsRun(t, s)
	finding := d.rows(t, s, `index=notable search_name="*24 Hour*" risk_object="wks-114.corp.example" | table rule_title risk_score`)
	require.Equal(t, []map[string]any{{"rule_title": "RBA: 24 hour risk threshold exceeded for system=wks-114.corp.example", "risk_score": "640"}}, finding)
	require.Equal(t, map[string]bool{"Rule": false, "Risk without ES": true}, d.disabled(t, s), "what runs is shown as enabled, whatever its stanza says")
	s.stop(t)
}
