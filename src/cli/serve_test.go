package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// program is riskreplay as a process of its own, with a home of its own.
func program(t testing.TB, env []string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("riskreplay") // TestMain puts it there
	require.NoError(t, err)
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), env...)
	return cmd
}

// serving is a server as a process.
type serving struct {
	cmd      *exec.Cmd
	HEC, API string
	errors   *bytes.Buffer
}

func startServer(t testing.TB, args ...string) *serving {
	t.Helper()
	s := &serving{cmd: program(t, nil, append([]string{"serve", "--json"}, args...)...), errors: &bytes.Buffer{}}
	s.cmd.Stderr = s.errors
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	t.Cleanup(func() { _ = s.cmd.Process.Kill() }) // unless it has ended
	line, err := bufio.NewReader(out).ReadBytes('\n')
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(line, s))
	return s
}

// access is what a client needs to know of a server's admin.
func (s *serving) access(t testing.TB, home string) []string {
	t.Helper()
	password, err := os.ReadFile(filepath.Join(home, "conf", "admin-password"))
	require.NoError(t, err)
	return []string{"SPLUNK_USER=admin", "SPLUNK_PASSWORD=" + strings.TrimSpace(string(password))}
}

// stop ends it as an init system does.
func (s *serving) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.cmd.Wait(), s.errors)
	require.Empty(t, s.errors.String())
}

func output(t testing.TB, env []string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := program(t, env, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%v: %s", args, stderr.String())
	return strings.TrimSpace(string(out))
}

// TestServerKilledInTheMiddleOfAReplay kills server and replay while both
// datasets are sent, and goes on with both: every event is there once, what the
// server had and its answer told nobody included, as the replay asks over REST.
func TestServerKilledInTheMiddleOfAReplay(t *testing.T) {
	home, state := t.TempDir(), t.TempDir()
	env := []string{"SPLUNK_HEC_TOKEN=" + output(t, nil, "serve", "token", "add", "replay", "--home", home)}
	s := startServer(t, "--home", home, "--hec", "127.0.0.1:0", "--api", "127.0.0.1:0")
	env = append(env, s.access(t, home)...)
	datasets := filepath.Join("..", "..", "testdata", "datasets")
	replay := []string{
		"replay", "--to", "hec:" + s.HEC, "--splunk", s.API, "--state", state, "--time", "window=-70m..-10m", "--now", "2026-01-15T12:20:00Z", "--eps", "600", "--progress", "json",
		filepath.Join(datasets, "T1218.009"), filepath.Join(datasets, "T1574.011"),
	}
	first := program(t, env, replay...)
	progress, err := first.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, first.Start())
	line, err := bufio.NewReader(progress).ReadBytes('\n')
	require.NoError(t, err)
	require.Contains(t, string(line), `"accepted"`)
	require.NoError(t, s.cmd.Process.Kill())
	require.NoError(t, first.Process.Kill())
	_, _ = io.Copy(io.Discard, progress)
	require.Error(t, first.Wait())
	require.Error(t, s.cmd.Wait())

	s = startServer(t, "--home", home, "--hec", strings.TrimPrefix(s.HEC, "http://"), "--api", strings.TrimPrefix(s.API, "http://"))
	said := output(t, env, append(replay, "--resume")...)
	require.Contains(t, said, "1758 of 1758 events accepted")
	run, _, ok := strings.Cut(strings.TrimPrefix(said, "run "), ":")
	require.True(t, ok)
	output(t, env, "replay", "verify", run, "--state", state, "--splunk", s.API)
	const count = "index=* | stats count dc(replay_seq) as distinct"
	const all = `{"count":"1758","distinct":"1758"}`
	require.Equal(t, all, output(t, env, "search", "--format", "json", "--splunk", s.API, count))
	s.stop(t)
	require.Equal(t, all, output(t, nil, "search", "--format", "json", "--data", filepath.Join(home, "index"), count))
}

func TestServeRefusesWhatItCannotDo(t *testing.T) {
	home := t.TempDir()
	s := startServer(t, "--home", home, "--hec", "127.0.0.1:0", "--api", "127.0.0.1:0")
	for _, c := range []struct {
		code  int
		fault string
		args  []string
	}{
		{ExitUsage, "no folder was given", []string{"serve"}},
		{ExitUsage, "no folder was given", []string{"serve", "token", "add", "x"}},
		{ExitEnvironment, "no loopback address", []string{"serve", "--home", t.TempDir(), "--hec", "0.0.0.0:0"}},
		{ExitEnvironment, "cannot write to the index", []string{"serve", "--home", home, "--hec", "127.0.0.1:0"}},
		{ExitEnvironment, "cannot listen", []string{"serve", "--home", t.TempDir(), "--hec", strings.TrimPrefix(s.HEC, "http://")}},
		{ExitNo, "there is a token", []string{"serve", "token", "add", "default", "--home", home}},
	} {
		var stderr bytes.Buffer
		cmd := program(t, nil, c.args...)
		cmd.Stderr = &stderr
		require.Error(t, cmd.Run(), "%v", c.args)
		require.Equal(t, c.code, cmd.ProcessState.ExitCode(), "%v: %s", c.args, stderr.String())
		require.Contains(t, stderr.String(), c.fault)
	}
	s.stop(t)
}
