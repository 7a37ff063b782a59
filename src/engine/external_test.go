package engine

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay"
	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/risk"
	"riskreplay/src/schedule"
	"riskreplay/src/scp"
)

// TestMain lets the engine start real programs: this test's own binary, under
// the names of the commands below.
func TestMain(m *testing.M) {
	embedded := func(*scp.Info) []conf.App { return []conf.App{{ID: "DA-ESS-RiskReplay", FS: riskreplay.App}} }
	commands := map[string]scp.Command{
		"riskscore": risk.Command(risk.Host{Now: time.Now, Apps: embedded}),
		"shout":     {Name: "shout", Setup: func(*scp.Info, *scp.Args) (scp.Plan, diag.List) { return scp.Plan{Streaming: shout{}}, nil }},
		"counter":   {Name: "counter", Setup: func(*scp.Info, *scp.Args) (scp.Plan, diag.List) { return scp.Plan{Generating: &counter{}}, nil }},
		"refuse": {Name: "refuse", Setup: func(*scp.Info, *scp.Args) (scp.Plan, diag.List) {
			return scp.Plan{}, diag.List{{Text: "Nothing suits me."}}
		}},
		"crash": {Name: "crash", Setup: func(*scp.Info, *scp.Args) (scp.Plan, diag.List) { return scp.Plan{Streaming: crash{}}, nil }},
	}
	if c, ok := commands[filepath.Base(os.Args[0])]; ok {
		os.Exit(scp.Main(c, time.Now))
	}
	os.Exit(m.Run())
}

// shout writes the field u in capitals, and keeps what it does not know.
type shout struct{}

func (shout) Process(in *scp.Rows, out *scp.Writer) error {
	u, loud := in.Column("u"), out.Field("loud")
	for in.Next() {
		out.Copy(in)
		if v := in.Value(u); v != nil {
			out.SetBytes(loud, bytes.ToUpper(v))
		}
	}
	return nil
}

// counter makes three rows.
type counter struct{ n int }

func (c *counter) Generate(out *scp.Writer) error {
	for n := out.Field("n"); c.n < 3; c.n++ {
		out.New()
		out.SetInt(n, int64(c.n))
	}
	return scp.ErrDone
}

// crash leaves in the middle.
type crash struct{}

func (crash) Process(*scp.Rows, *scp.Writer) error { os.Exit(7); return nil }

func withPrograms(t *testing.T) *Engine {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	declared := ""
	for _, name := range []string{"shout", "counter", "refuse", "crash", "gone"} {
		declared += fmt.Sprintf("[%s]\nchunked = true\nfilename = %s\n", name, name)
	}
	app := fstest.MapFS{"default/commands.conf": &fstest.MapFile{Data: []byte(declared)}}
	e, problems := New(Options{
		Apps: []conf.App{{ID: "DA-ESS-RiskReplay", FS: riskreplay.App}, {ID: "mine", FS: app}}, App: "mine",
		Programs: func(name string) (string, string, bool) { return self, name, name != "gone" },
	})
	require.NoError(t, problems.Err())
	return e
}

func TestDeclaredCommandsRunAsPrograms(t *testing.T) {
	e := withPrograms(t)
	for search, want := range map[string]string{
		`| makeresults count=2 | eval u="ab", m=mvappend("x","y") | shout | table u loud m`: "u=ab loud=AB m=[x,y]\nu=ab loud=AB m=[x,y]\n",
		`| makeresults | shout | table u loud`:                                              "u=- loud=-\n",
		`| counter | eval n=n+1 | table n`:                                                  "n=1\nn=2\nn=3\n",
		`| makeresults count=0 | shout | stats count`:                                       "count=0\n",
		`| makeresults count=9 | eval u="x" | shout | head 1 | table loud`:                  "loud=X\n",
	} {
		result, err := e.Run(t.Context(), job.Request{Search: search, Now: time.Unix(1768479600, 0)})
		require.NoError(t, err, search)
		rows, err := results.ReadAll(t.Context(), result.Rows)
		require.NoError(t, err, search)
		require.Equal(t, want, rows.String(), search)
	}
}

func TestProgramsThatFail(t *testing.T) {
	e := withPrograms(t)
	for search, want := range map[string]string{
		`| makeresults | refuse`:                      "Error in 'refuse' command: Nothing suits me.",
		`| makeresults | crash`:                       "exited unexpectedly with non-zero error code 7",
		`| makeresults | gone`:                        `cannot find its program "gone" in bin of the app "mine"`,
		`| shout`:                                     "it takes rows: it cannot be the first command",
		`| makeresults | counter`:                     "it makes rows: it must be the first command",
		`| makeresults | riskscore impact=8 FOR dest`: "Error in 'riskscore' command:",
	} {
		result, err := e.Run(t.Context(), job.Request{Search: search, Now: time.Unix(1768479600, 0)})
		require.NoError(t, err, search)
		_, err = results.ReadAll(t.Context(), result.Rows)
		require.ErrorContains(t, err, want, search)
		var m diag.Message
		require.True(t, errors.As(err, &m))
		require.NotEmpty(t, m.Place.String())
	}
}

// TestRiskWithoutES compares what the searches for Splunk without Enterprise
// Security write to index=risk with what the risk action writes.
func TestRiskWithoutES(t *testing.T) {
	var datasets []ingest.Dataset
	for _, dir := range []string{"T1574.011", "T1218.009"} {
		d, problems := ingest.Resolve(ingest.Input{Path: filepath.Join("../../testdata/datasets", dir)})
		require.NoError(t, problems.Err())
		datasets = append(datasets, d...)
	}
	riskOf := func(suffix string) []string {
		self, err := os.Executable()
		require.NoError(t, err)
		e, problems := New(Options{
			Apps: []conf.App{{ID: "DA-ESS-RiskReplay", FS: riskreplay.App}}, App: "DA-ESS-RiskReplay", Techniques: techniques(t),
			Programs: func(name string) (string, string, bool) { return self, name, true },
		})
		require.NoError(t, problems.Err())
		_, problems, err = e.Load(t.Context(), datasets, 0, nil)
		require.NoError(t, err)
		require.NoError(t, problems.Err())
		for _, name := range []string{"Detect Regsvcs Spawning a Process", "Windows Service Creation Using Registry Entry"} {
			s, err := e.SavedSearch("RiskReplay - " + name + " - " + suffix)
			require.NoError(t, err)
			_, err = e.Fire(t.Context(), s, schedule.Run{At: time.Unix(1768478400, 0), Earliest: 1, Latest: event.Time(1768477800e9)})
			require.NoError(t, err)
		}
		result, err := e.Run(t.Context(), job.Request{Search: `index=risk | eval _raw=replace(_raw, "scheduler__[^\"]*", "SID") | table _time sourcetype _raw`, Now: time.Unix(1768479600, 0)})
		require.NoError(t, err)
		rows, err := results.ReadAll(t.Context(), result.Rows)
		require.NoError(t, err)
		var out []string
		for r := range rows.Len {
			out = append(out, rows.Slice(r, r+1).String())
		}
		sort.Strings(out)
		return out
	}
	want := riskOf("Rule")
	require.Len(t, want, 35)
	require.Equal(t, want, riskOf("Risk without ES"))
}

func TestProgramsAreFoundInTheirApp(t *testing.T) {
	dir := t.TempDir()
	e, problems := New(Options{
		Apps: []conf.App{{ID: "mine", FS: os.DirFS(dir)}}, App: "mine", Folders: map[string]string{"mine": dir},
		Programs: func(string) (string, string, bool) { return "elsewhere", "name", true },
	})
	require.NoError(t, problems.Err())
	p := program{name: "x", app: "mine", file: "x.py"}
	path, arg0, err := e.find(p)
	require.NoError(t, err)
	require.Equal(t, []string{"elsewhere", "name"}, []string{path, arg0}, "in no folder: where the options say")
	for _, bin := range []string{"bin", filepath.Join(platform, "bin")} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, bin), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, bin, "x.py"), nil, 0o755))
		path, _, err = e.find(p)
		require.NoError(t, err)
		require.Equal(t, filepath.Join(dir, bin, "x.py"), path, "the platform's folder comes first")
	}
	p.file = "../../x.py"
	path, _, err = e.find(p)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, platform, "bin", "x.py"), path, "no path leads out of bin")
}
