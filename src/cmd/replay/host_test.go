package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// tools is a folder with riskreplay, and with this input beside it.
var tools = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(app, "tools")
	build := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "../riskreplay")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return string(out), err
	}
	return dir, put(program, dir)
})

// put puts a program into a folder under the input's name.
func put(path, dir string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, filepath.Base(program)), text, 0o700)
}

// person is somebody with the programs and a project: the repository as it is
// checked out, without what only a package has.
type person struct {
	t            *testing.T
	tools        string
	project, dir string
	env          []string
}

func newPerson(t *testing.T) *person {
	t.Helper()
	if testing.Short() {
		t.Skip("NOT TESTED with -short: it builds the whole riskreplay")
	}
	dir, err := tools()
	require.NoError(t, err, dir)
	p := &person{t: t, tools: dir, dir: t.TempDir()}
	p.project = filepath.Join(p.dir, "project")
	for _, from := range []string{"default", "metadata", "app/README", "testdata/datasets/T1574.011", "testdata/datasets/T1218.009"} {
		require.NoError(t, os.CopyFS(filepath.Join(p.project, from), os.DirFS(filepath.Join("../../..", from))))
	}
	p.env = append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Join(p.dir, "config"), "XDG_STATE_HOME="+filepath.Join(p.dir, "state"))
	return p
}

// build puts a program into the project as its input.
func (p *person) build(path string) {
	p.t.Helper()
	bin := filepath.Join(p.project, "bin")
	require.NoError(p.t, os.MkdirAll(bin, 0o700))
	require.NoError(p.t, put(path, bin))
}

// command is riskreplay, not started.
func (p *person) command(args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.tools, "riskreplay"), args...)
	cmd.Env, cmd.Dir = p.env, p.dir
	return cmd
}

// ask runs riskreplay, which must say 0.
func (p *person) ask(args ...string) string {
	p.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := p.command(args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(p.t, cmd.Run(), "%v\n%s%s", args, stdout.String(), stderr.String())
	require.NotContains(p.t, stderr.String(), "ERROR")
	return stdout.String()
}

// replay runs a stanza of the project, with checkpoints of its own.
func (p *person) replay(stanza string, more ...string) string {
	p.t.Helper()
	return p.ask(append([]string{"modinput", "run", "--app", p.project, "--stanza", stanza, "--checkpoints", p.t.TempDir()}, more...)...)
}

// TestShippedStanzasFireTheirDetections: the stanzas of default/inputs.conf, run by
// our host from a project that is not packed, put into an index exactly what each
// detection is to find in the window of its schedule: at its next tick when that is
// near, and at any time when the window is the next tick's.
func TestShippedStanzasFireTheirDetections(t *testing.T) {
	for _, c := range []struct {
		at, tick, window string
		set              []string
	}{
		{"2026-01-15T11:59:55Z", "2026-01-15T12:00:30Z", "2026-01-15 12:00:00 over 10:50:00 .. 11:50:00", nil},
		{"2026-01-15T11:07:31Z", "2026-01-15T12:00:30Z", "2026-01-15 12:00:00 over 10:50:00 .. 11:50:00", []string{"--set", "time=window=@h-10m..+1h@h-10m"}},
	} {
		p := newPerson(t)
		self, err := os.Executable()
		require.NoError(t, err)
		p.build(self)
		p.env = append(p.env, startVariable+"="+c.at)
		for stanza, want := range map[string]struct {
			detection string
			rows      int
		}{
			"t1574_011": {"Windows Service Creation Using Registry Entry", 7},
			"t1218_009": {"Detect Regsvcs Spawning a Process", 14},
		} {
			index := filepath.Join(t.TempDir(), "index")
			p.replay(stanza, append([]string{"--to", "index:" + index}, c.set...)...)
			found := 0
			out := p.ask("run", "--now", c.tick, "--time", "keep", "--earliest", "-70m@m", "--latest", "-10m@m", "--detection", want.detection, "--format", "json", index)
			for line := range strings.Lines(out) {
				var row struct{ Record, Detection, Run string }
				require.NoError(t, json.Unmarshal([]byte(line), &row))
				if row.Detection != want.detection {
					continue
				}
				switch row.Record {
				case "detection":
					require.Equal(t, c.window, row.Run)
				case "result":
					found++
				}
			}
			require.Equal(t, want.rows, found, "%s at %s", stanza, c.at)
		}
	}
}

// TestHostSendsOn: what an input gives comes to every sink, each a process or a
// server of its own, whole and with the bytes that it was recorded in.
func TestHostSendsOn(t *testing.T) {
	const stanza, events = "t1218_009", 806
	p := newPerson(t)
	var recorded []string
	for _, name := range []string{"windows-sysmon.log", "windows-security.log", "crowdstrike.log"} {
		recorded = append(recorded, linesOf(t, filepath.Join(p.project, "testdata/datasets/T1218.009", name))...)
	}
	slices.Sort(recorded)
	same := func(t *testing.T, got []string) {
		t.Helper()
		require.True(t, slices.Equal(recorded, got), "%d lines, want %d", len(got), len(recorded))
	}
	keep := []string{"--set", "time=keep", "--to"}
	t.Run("stdout", func(t *testing.T) {
		same(t, sorted(p.replay(stanza, append(keep, "stdout")...)))
	})
	t.Run("index", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "index")
		p.replay(stanza, append(keep, "index:"+dir)...)
		got, n := p.found("--data", dir)
		same(t, got)
		require.Equal(t, events, n)
	})
	t.Run("hec", func(t *testing.T) {
		p := newPerson(t)
		s := serve(p)
		p.replay(stanza, append(keep, "hec:"+s.HEC)...)
		got, n := p.found("--splunk", s.API)
		same(t, got)
		require.Equal(t, events, n)
	})
	t.Run("splunk", func(t *testing.T) {
		p := newPerson(t)
		var mu sync.Mutex
		var got strings.Builder
		hosts := map[string]bool{}
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			text, err := io.ReadAll(r.Body)
			if err != nil || r.URL.Path != "/services/receivers/stream" || r.Header.Get("Authorization") != "Bearer rest-token" {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			got.Write(text)
			hosts[r.URL.Query().Get("host")] = true
			w.WriteHeader(http.StatusNoContent)
		}))
		t.Cleanup(web.Close)
		p.env = append(p.env, "SPLUNK_TOKEN=rest-token")
		p.replay(stanza, append(keep, "splunk:"+web.URL)...)
		same(t, sorted(got.String()))
		require.Len(t, hosts, 4)
	})
	t.Run("a collector that is not there", func(t *testing.T) {
		web := httptest.NewServer(http.NotFoundHandler())
		web.Close()
		p.env = append(p.env, "SPLUNK_TOKEN=rest-token", "SPLUNK_HEC_TOKEN=11111111-2222-3333-4444-555555555555")
		cmd := p.command("modinput", "run", "--app", p.project, "--stanza", stanza, "--checkpoints", t.TempDir(), "--to", "hec:"+web.URL)
		out, err := cmd.CombinedOutput()
		require.Error(t, err)
		require.Equal(t, 3, cmd.ProcessState.ExitCode(), string(out))
	})
}

// serving is riskreplay serve.
type serving struct{ HEC, API string }

// serve starts a server, whose tokens are the person's.
func serve(p *person) (s serving) {
	p.t.Helper()
	home := filepath.Join(p.dir, "home")
	p.env = append(p.env, "SPLUNK_HEC_TOKEN="+strings.TrimSpace(p.ask("serve", "token", "add", "replay", "--home", home)))
	cmd := p.command("serve", "--json", "--home", home, "--hec", "127.0.0.1:0", "--api", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	require.NoError(p.t, err)
	require.NoError(p.t, cmd.Start())
	p.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	require.NoError(p.t, err)
	require.NoError(p.t, json.Unmarshal(line, &s))
	password, err := os.ReadFile(filepath.Join(home, "conf", "admin-password"))
	require.NoError(p.t, err)
	p.env = append(p.env, "SPLUNK_USER=admin", "SPLUNK_PASSWORD="+strings.TrimSpace(string(password)))
	return s
}

// found are the lines of all events of an index, sorted, and how many events there
// are.
func (p *person) found(where ...string) (lines []string, events int) {
	p.t.Helper()
	var all strings.Builder
	for line := range strings.Lines(p.ask(append([]string{"search", "--format", "json", "index=* | table _raw"}, where...)...)) {
		var row struct {
			Raw string `json:"_raw"`
		}
		require.NoError(p.t, json.Unmarshal([]byte(line), &row))
		all.WriteString(row.Raw + "\n")
		events++
	}
	return sorted(all.String()), events
}

func linesOf(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return sorted(string(text))
}

// sorted are the lines of a text, in order.
func sorted(text string) (all []string) {
	for line := range strings.Lines(text) {
		all = append(all, strings.TrimRight(line, "\r\n"))
	}
	slices.Sort(all)
	return all
}

// TestProgramOfTheApp: the input's program is the app's own, else the one beside
// riskreplay, and then the app's paths still count from the app's folder.
func TestProgramOfTheApp(t *testing.T) {
	p := newPerson(t)
	require.Len(t, sorted(p.replay("t1574_011", "--set", "time=keep", "--to", "stdout,format=hec")), 952, "beside riskreplay")
	p.build(program)
	require.Len(t, sorted(p.replay("t1574_011", "--set", "time=keep", "--to", "stdout,format=hec")), 952, "the app's own")

	// An app as it is packed, without a program.
	packed := filepath.Join(p.dir, "packed")
	require.NoError(t, os.CopyFS(filepath.Join(packed, "default"), os.DirFS(filepath.Join(p.project, "default"))))
	require.NoError(t, os.CopyFS(filepath.Join(packed, "samples", "T1574.011"), os.DirFS(filepath.Join(p.project, "testdata/datasets/T1218.009"))))
	p.project = packed
	require.Len(t, sorted(p.replay("t1574_011", "--set", "time=keep", "--to", "stdout,format=hec")), 806)
	cmd := p.command("modinput", "run", "--app", packed, "--stanza", "t1574_011", "--checkpoints", t.TempDir(), "--set", "dataset=samples/../../project")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), `".." is not allowed`)
	require.Equal(t, 1, cmd.ProcessState.ExitCode())
}
