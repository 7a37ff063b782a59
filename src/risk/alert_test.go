package risk_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/alert"
	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/detection"
	"riskreplay/src/event"
	"riskreplay/src/risk"
	"riskreplay/src/scp"
)

const sid = "scheduler__nobody_app__RMD5x_at_1768478400_1"

// TestOutputRiskIsTheAlertActions compares `| riskscore rule=... output=risk`
// with what the risk action of the same saved search writes, byte by byte, over
// the app's own detections.
func TestOutputRiskIsTheAlertActions(t *testing.T) {
	apps := []conf.App{{ID: "app", FS: os.DirFS("../..")}}
	saved, problems := conf.Load("savedsearches.conf", apps, "app")
	require.NoError(t, problems.Err())
	table, err := os.ReadFile("../../app/lookups/mitre_attack.csv")
	require.NoError(t, err)
	techniques, problems := detection.ReadTechniques("mitre_attack.csv", table)
	require.NoError(t, problems.Err())
	known := alert.Techniques{}
	for _, tech := range techniques {
		known[tech.ID] = tech
	}
	command := risk.Command(risk.Host{
		Now:  func() time.Time { return time.Unix(0, 0) },
		Apps: func(*scp.Info) []conf.App { return apps },
	})
	info := scp.Info{SID: sid, SessionKey: "k", App: "app", Earliest: "1768474200", Latest: "1768477800"}
	run := alert.Run{SID: sid, At: 1768478400e9, Earliest: 1768474200e9, Latest: 1768477800e9}

	value := rapid.SampledFrom([]string{"WS-01", `"C:\reg.exe" add "x"`, "null", "svc user", "1768474800.5", "ü, \n$", "", "61.6"})
	fields := []string{"_time", "dest", "user", "parent_process_name", "process_name", "count", "source", "host", "tag", "risk_score", "severity", "_internal"}
	compared := 0
	for _, stanza := range saved.Stanzas() {
		s, _ := detection.ReadSavedSearch(stanza)
		if s.Risk == nil {
			continue
		}
		rapid.Check(t, func(t *rapid.T) {
			rows := &scp.Table{Fields: fields, Rows: rapid.IntRange(1, 4).Draw(t, "rows"), Cells: make([][][]string, len(fields))}
			b := batch.New(rows.Rows)
			for f, name := range fields {
				for range rows.Rows {
					rows.Cells[f] = append(rows.Cells[f], rapid.SliceOfN(value, 0, 2).Draw(t, name))
				}
				b.Set(name, column(rows.Cells[f]))
			}
			out := alert.Fire(&s, run, b, known, alert.Conditions{})
			got, err := (&scp.Mock{Command: command, Arguments: fmt.Sprintf("rule=%q output=risk", s.Name), Info: info, Sizes: []int{2}}).Run(rows)
			require.NoError(t, err)
			var raws, times, sources []string
			for r := range got.Rows.Rows {
				raws = append(raws, got.Rows.Column("_raw")[r][0])
				times = append(times, got.Rows.Column("_time")[r][0])
				sources = append(sources, got.Rows.Column("source")[r][0])
			}
			var want, at, from []string
			for _, e := range out.Events() {
				if e.Index == "risk" {
					want, at, from = append(want, string(e.Raw)), append(at, e.Time.String()), append(from, e.Source)
				}
			}
			require.Equal(t, want, raws)
			require.Equal(t, at, times)
			require.Equal(t, from, sources)
		})
		compared++
	}
	require.GreaterOrEqual(t, compared, 2)
	require.Equal(t, run.At, risk.Moment(sid, time.Time{}))
	require.Equal(t, event.Time(1768478400e9), run.At)
}

func column(cells [][]string) *batch.Column {
	c := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, len(cells))}
	for r, values := range cells {
		if len(values) > 0 {
			c.Codes[r] = c.Dict.AddValues(values)
		}
	}
	return c
}
