package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/modinput"
)

// The built program, in bin of an app.
var app, program string

// startVariable names a moment: with it this test is the program, by a clock that
// shows it when the program starts.
const startVariable = "RISKREPLAY_TEST_START"

func TestMain(m *testing.M) {
	if text := os.Getenv(startVariable); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			panic(err)
		}
		c := clock.From(clock.Real{}, at)
		os.Exit(modinput.Main(input(c), c))
	}
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	var err error
	if app, err = os.MkdirTemp("", "replay"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(app)
	program = filepath.Join(app, "bin", "replay")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("cannot build the program: %v\n%s", err, out))
	}
	if err := os.CopyFS(filepath.Join(app, "samples"), os.DirFS("../../../testdata/datasets")); err != nil {
		panic(err)
	}
	return m.Run()
}

// stanza is the configuration of a run.
func stanza(checkpoints string, settings ...string) *modinput.Config {
	st := modinput.Stanza{Name: "replay://x", App: "app"}
	st.Set("host", "tiny")
	st.Set("index", "default")
	for i := 0; i < len(settings); i += 2 {
		st.Set(settings[i], settings[i+1])
	}
	return &modinput.Config{ServerHost: "tiny", SessionKey: "secret", CheckpointDir: checkpoints, Stanzas: []modinput.Stanza{st}}
}

// process is the program, started.
type process struct {
	*exec.Cmd
	out    io.ReadCloser
	stderr bytes.Buffer
}

func start(t testing.TB, in []byte, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(program, args...)}
	p.Stdin, p.Stderr = bytes.NewReader(in), &p.stderr
	out, err := p.StdoutPipe()
	require.NoError(t, err)
	p.out = out
	require.NoError(t, p.Start())
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

// finish reads to the end and gives what came.
func (p *process) finish(t testing.TB) (out []byte, exit int) {
	t.Helper()
	out, err := io.ReadAll(p.out)
	require.NoError(t, err)
	err = p.Wait()
	var failed *exec.ExitError
	if err != nil {
		require.ErrorAs(t, err, &failed)
	}
	return out, p.ProcessState.ExitCode()
}

// once is a whole run.
func once(t testing.TB, c *modinput.Config) (events []modinput.Event, log string) {
	t.Helper()
	p := start(t, c.AppendXML(nil))
	out, exit := p.finish(t)
	require.Zero(t, exit, p.stderr.String())
	require.NotContains(t, p.stderr.String(), "secret")
	return parse(t, out), p.stderr.String()
}

func parse(t testing.TB, out []byte) (events []modinput.Event) {
	t.Helper()
	r := modinput.NewReader(bytes.NewReader(out))
	r.Problem = func(err *modinput.StreamError) {
		require.Greater(t, err.Offset, int64(len(out)-4096), "%v: only its end may be cut off", err)
	}
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return events
		}
		require.NoError(t, err)
		events = append(events, e)
	}
}

// numbered is a log of n lines of some size, in a folder of its own.
func numbered(t testing.TB, n, size int) string {
	t.Helper()
	var b bytes.Buffer
	for i := range n {
		at := time.Date(2026, 1, 15, 11, 0, 0, 0, time.UTC).Add(time.Duration(i) * 10 * time.Millisecond)
		fmt.Fprintf(&b, "%s %08d %s\n", at.Format("2006-01-02T15:04:05.000Z"), i, strings.Repeat("<&>", (size-35)/3))
	}
	path := filepath.Join(t.TempDir(), "numbered.log")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

func number(t testing.TB, e modinput.Event) (n int) {
	t.Helper()
	_, err := fmt.Sscanf(strings.Fields(string(e.Raw))[1], "%d", &n)
	require.NoError(t, err)
	return n
}

func TestSentOnce(t *testing.T) {
	dir := t.TempDir()
	c := stanza(dir, "dataset", "samples/T1574.011")
	events, log := once(t, c)
	require.Len(t, events, 952)
	require.Contains(t, log, "INFO run ")
	whole, err := os.ReadFile(filepath.Join(app, "samples", "T1574.011", "windows-sysmon.log"))
	require.NoError(t, err)
	hosts := map[string]int{}
	for _, e := range events {
		hosts[e.Host]++
		require.Empty(t, e.Index)
		require.Equal(t, "XmlWinEventLog", e.Sourcetype)
		if strings.HasSuffix(e.Source, "Sysmon/Operational") {
			require.True(t, bytes.Contains(whole, e.Raw), "times are kept, and so is every byte")
		}
	}
	require.Len(t, hosts, 2, "the server's host is not the events'")
	again, log := once(t, c)
	require.Empty(t, again)
	require.Contains(t, log, "nothing is sent again")
	events, _ = once(t, stanza(dir, "dataset", "samples/T1574.011", "loop", "start"))
	require.Len(t, events, 952, "at every start")
	events, log = once(t, stanza(dir, "dataset", "samples/T1574.011", "loop", "2", "time", "now"))
	require.Len(t, events, 2*952)
	require.Contains(t, log, "asks for something else")
}

func TestSettingsOfAllEvents(t *testing.T) {
	events, _ := once(t, stanza(t.TempDir(), "dataset", "samples/T1218.009", "index", "attack", "host", "pc1", "source", "s&1", "sourcetype", "st"))
	for _, e := range events {
		require.Equal(t, []string{"attack", "pc1", "s&1", "st"}, []string{e.Index, e.Host, e.Source, e.Sourcetype})
	}
}

// TestHostOfTheStanza: a host that is splunkd's own counts when somebody wrote it.
func TestHostOfTheStanza(t *testing.T) {
	local := filepath.Join(app, "local", "inputs.conf")
	require.NoError(t, os.MkdirAll(filepath.Dir(local), 0o700))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(filepath.Dir(local))) })
	hosts := func(want int, conf string) {
		t.Helper()
		require.NoError(t, os.WriteFile(local, []byte(conf), 0o600))
		events, _ := once(t, stanza(t.TempDir(), "dataset", "samples/T1218.009")) // its host is "tiny", as the server's
		found := map[string]bool{}
		for _, e := range events {
			found[e.Host] = true
		}
		require.Len(t, found, want)
	}
	hosts(4, "[replay://x]\nindex = main\n")
	hosts(4, "[replay://x]\nhost = other\n[replay://y]\nhost = tiny\n")
	hosts(1, "[replay://x]\nhost = tiny\n")
	hosts(1, "[replay]\nhost = tiny\n")
}

func TestChangedDataset(t *testing.T) {
	path, dir := numbered(t, 20, 100), t.TempDir()
	c := stanza(dir, "dataset", path, "dataset_roots", filepath.Dir(path))
	events, _ := once(t, c)
	require.Len(t, events, 20)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text[:len(text)/2], 0o600))
	events, log := once(t, c)
	require.Len(t, events, 10)
	require.Contains(t, log, "WARN the dataset has changed since run ")
}

func TestToldToEnd(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED on Windows: it has no such signal")
	}
	path := numbered(t, 8_000, 500)
	c := stanza(t.TempDir(), "dataset", path, "dataset_roots", filepath.Dir(path), "time", "now")
	p := start(t, c.AppendXML(nil))
	head := make([]byte, 200_000)
	_, err := io.ReadFull(p.out, head)
	require.NoError(t, err)
	require.NoError(t, p.Process.Signal(syscall.SIGTERM))
	rest, exit := p.finish(t)
	require.Zero(t, exit, p.stderr.String())
	require.Contains(t, p.stderr.String(), "goes on at the next start")
	out := append(head, rest...)
	require.True(t, bytes.HasSuffix(out, []byte("</stream>\n")))
	before := parse(t, out)
	after, log := once(t, c)
	require.Contains(t, log, ": resumed, ")
	require.Equal(t, 8_000, len(before)+len(after), "nothing twice when it was told")
	require.Equal(t, len(before), number(t, after[0]))
}

func TestReaderGone(t *testing.T) {
	path := numbered(t, 8_000, 500)
	c := stanza(t.TempDir(), "dataset", path, "dataset_roots", filepath.Dir(path))
	p := start(t, c.AppendXML(nil))
	_, err := io.ReadFull(p.out, make([]byte, 100_000))
	require.NoError(t, err)
	require.NoError(t, p.out.Close())
	require.NoError(t, p.Wait())
	after, _ := once(t, c)
	require.Less(t, number(t, after[0]), 250, "what nobody read is sent again")
	require.Equal(t, 7_999, number(t, after[len(after)-1]))
}

func TestUTF16(t *testing.T) {
	text := strings.Replace(string(stanza(t.TempDir(), "dataset", "samples/T1218.009").AppendXML(nil)), "UTF-8", "utf-16", 1)
	in := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(text)) {
		in = binary.LittleEndian.AppendUint16(in, u)
	}
	p := start(t, in)
	out, exit := p.finish(t)
	require.Zero(t, exit, p.stderr.String())
	require.Len(t, parse(t, out), 806)
}

// TestNoPlaceForCheckpoints: without a memory nothing is sent.
func TestNoPlaceForCheckpoints(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	p := start(t, stanza(file, "dataset", "samples/T1218.009").AppendXML(nil))
	out, exit := p.finish(t)
	require.Equal(t, 1, exit)
	require.Empty(t, parse(t, out))
	require.Contains(t, p.stderr.String(), "ERROR ")
	require.Contains(t, p.stderr.String(), "not a directory")
}

func TestValidation(t *testing.T) {
	outside := numbered(t, 2, 100)
	refuse := func(want string, settings ...string) {
		t.Helper()
		c := stanza(t.TempDir(), settings...)
		c.Stanzas[0].Name = "x"
		p := start(t, c.AppendItems(nil), "--validate-arguments")
		out, exit := p.finish(t)
		if want == "" {
			require.Empty(t, string(out))
			require.Zero(t, exit)
			return
		}
		require.Equal(t, 1, exit)
		require.True(t, strings.HasPrefix(string(out), "<error><message>"), string(out))
		require.Contains(t, string(out), want)
	}
	refuse("", "dataset", "samples/T1218.009")
	refuse("", "dataset", "samples", "select", "T1218, services_*")
	refuse("expected a dataset")
	refuse("no such file or directory", "dataset", "samples/none")
	refuse(`".." is not allowed`, "dataset", "samples/../bin")
	refuse(`".." is not allowed`, "dataset", `samples\..\bin`)
	refuse("lies outside of dataset_roots", "dataset", "bin")
	refuse("lies outside of dataset_roots", "dataset", outside)
	refuse("", "dataset", outside, "dataset_roots", "samples, "+filepath.Dir(outside))
	refuse("there is no such mode", "dataset", "samples/T1218.009", "time", "later")
	refuse("max_gap", "dataset", "samples/T1218.009", "max_gap", "-1")
	refuse("loop", "dataset", "samples/T1218.009", "loop", "often")
	refuse("speed", "dataset", "samples/T1218.009", "speed", "fast")
	refuse("eps", "dataset", "samples/T1218.009", "eps", "many")
	refuse("rekey", "dataset", "samples/T1218.009", "rekey", "perhaps")
	refuse(`cannot select "T1219"`, "dataset", "samples", "select", "T1219")
}

func TestLinksOutAreRefused(t *testing.T) {
	outside := numbered(t, 2, 100)
	roots := t.TempDir()
	require.NoError(t, os.Symlink(outside, filepath.Join(roots, "link.log")))
	_, err := read(&stanza("", "dataset", filepath.Join(roots, "link.log"), "dataset_roots", roots).Stanzas[0], "", "")
	require.ErrorContains(t, err, "lies outside of dataset_roots")
	folder := filepath.Join(roots, "folder")
	require.NoError(t, os.Mkdir(folder, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "good.log"), []byte("a\n"), 0o600))
	_, err = read(&stanza("", "dataset", folder, "dataset_roots", roots).Stanzas[0], "", "")
	require.NoError(t, err)
	// A catalogue names what is below its folder; a link may lie there.
	refuse := func(path, want string) {
		t.Helper()
		require.NoError(t, os.WriteFile(filepath.Join(folder, "c.yml"), []byte("datasets:\n- path: "+path+"\n  sourcetype: a\n  source: a\n"), 0o600))
		r, err := read(&stanza("", "dataset", folder, "dataset_roots", roots).Stanzas[0], "", "")
		if err == nil {
			for _, d := range r.datasets {
				for _, f := range d.Files {
					require.NotContains(t, f.Path, "link.log")
				}
			}
			err = r.warnings.Errors().Err()
		}
		require.ErrorContains(t, err, want)
	}
	refuse("../link.log", "link.log")
	require.NoError(t, os.Symlink(outside, filepath.Join(folder, "link.log")))
	refuse("link.log", "is a link that leads out of ")
}

func TestAppFolder(t *testing.T) {
	for exe, want := range map[string]string{
		"/s/etc/apps/a/bin/replay": "/s/etc/apps/a", "/s/etc/apps/a/linux_x86_64/bin/replay": "/s/etc/apps/a", "/usr/local/replay": "",
	} {
		require.Equal(t, want, filepath.ToSlash(appFolder(filepath.FromSlash(exe))))
	}
}

func TestProgramIsSmall(t *testing.T) {
	info, err := os.Stat(program)
	require.NoError(t, err)
	require.LessOrEqual(t, info.Size(), int64(8<<20))
}
