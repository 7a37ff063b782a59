package cli

import (
	"bytes"
	"context"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

// view is what the tests want of a dashboard in Splunk's simple XML.
type view struct {
	XMLName xml.Name
	Version string `xml:"version,attr"`
	Label   string `xml:"label"`
	Rows    []struct {
		Panels []struct {
			Title    string       `xml:"title"`
			Tables   []viewSearch `xml:"table>search"`
			Charts   []viewSearch `xml:"chart>search"`
			HTML     []struct{}   `xml:"html"`
			Searches []viewSearch `xml:"search"`
		} `xml:"panel"`
	} `xml:"row"`
}

type viewSearch struct {
	Query    string `xml:"query"`
	Earliest string `xml:"earliest"`
	Latest   string `xml:"latest"`
}

// tokens are what the inputs of the dashboards put into searches at first.
var tokens = strings.NewReplacer("$object$", "*", "$index$", "main", "$when.earliest$", "-7d@h", "$when.latest$", "now")

func views(t *testing.T) map[string]view {
	paths, err := filepath.Glob("../../default/data/ui/views/*.xml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	out := map[string]view{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		var v view
		require.NoError(t, xml.Unmarshal(data, &v), path)
		out[strings.TrimSuffix(filepath.Base(path), ".xml")] = v
	}
	return out
}

// fired is an engine with the two datasets and what the detections made of them.
func fired(t *testing.T) *target {
	t.Helper()
	s := streams{out: &bytes.Buffer{}, err: &bytes.Buffer{}, clock: clock.Real{}}
	o := &runOptions{streams: s, time: "window"}
	o.target.now, o.target.zone = "2026-01-15T12:20:00Z", "UTC"
	to, err := o.target.open(s)
	require.NoError(t, err)
	searches, err := o.choose(to)
	require.NoError(t, err)
	datasets, bad, err := o.resolve([]string{"../../testdata/datasets/T1574.011", "../../testdata/datasets/T1218.009"})
	require.NoError(t, err)
	require.False(t, bad)
	loaded, _, err := o.load(context.Background(), to, datasets, o.move(searches))
	require.NoError(t, err)
	for _, one := range searches {
		require.NoError(t, o.fire(context.Background(), to, one, loaded).Failed)
	}
	return to
}

// TestViewsRun runs every search of the dashboards.
func TestViewsRun(t *testing.T) {
	to := fired(t)
	for name, v := range views(t) {
		require.Equal(t, "1.1", v.Version, name)
		require.NotEmpty(t, v.Label, name)
		for _, row := range v.Rows {
			for _, panel := range row.Panels {
				require.Empty(t, panel.Searches, name)
				for _, search := range append(panel.Tables, panel.Charts...) {
					at := name + ", " + panel.Title + ": " + search.Query
					r, err := to.engine.Run(context.Background(), job.Request{
						Search: tokens.Replace(search.Query), Earliest: tokens.Replace(search.Earliest), Latest: tokens.Replace(search.Latest), Now: to.now,
					})
					require.NoError(t, err, at)
					rows, err := results.ReadAll(context.Background(), r.Rows)
					require.NoError(t, err, at)
					for _, m := range r.Messages() {
						require.NotEqual(t, diag.Error, m.Severity, at)
					}
					if !strings.Contains(search.Query, "_internal") { // splunkd's own log
						require.NotZero(t, rows.Len, at)
					}
				}
			}
		}
	}
}

// TestNavigation: every view that the menu names is one of this app or Splunk's
// own, and every one of this app is in the menu.
func TestNavigation(t *testing.T) {
	data, err := os.ReadFile("../../default/data/ui/nav/default.xml")
	require.NoError(t, err)
	var nav struct {
		Views []struct {
			Name string `xml:"name,attr"`
		} `xml:"view"`
	}
	require.NoError(t, xml.Unmarshal(data, &nav))
	own := views(t)
	for _, v := range nav.Views {
		if v.Name != "search" && v.Name != "reports" {
			require.Contains(t, own, v.Name)
			delete(own, v.Name)
		}
	}
	require.Empty(t, own)
}
