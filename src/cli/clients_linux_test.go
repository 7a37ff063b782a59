package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// client is a program that others wrote and that sends events.
type client struct {
	name    string
	program string // that runs it
	needs   []string
	index   string
}

var clients = []client{
	{"splunk-logging.js", "node", []string{"-e", "require('splunk-logging')"}, "main"},
	{"splunk-bunyan-logger.js", "node", []string{"-e", "require('splunk-bunyan-logger')"}, "main"},
	{"winston-splunk-httplogger.js", "node", []string{"-e", "require('winston-splunk-httplogger')"}, "winston-index"},
	{"curl.sh", "sh", []string{"-c", "curl --version"}, "main"},
	{"syslog-ng.conf", "syslog-ng", []string{"--module-registry"}, "main"},
}

// TestRealClients has each client send recorded events over http and https to a
// server, and compares what arrived byte for byte. Those that are not there are
// skipped, but not with RISKREPLAY_CLIENTS=required.
func TestRealClients(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	home := t.TempDir()
	token := output(t, nil, "serve", "token", "add", "clients", "--home", home)
	s := startServer(t, append([]string{"--home", home}, anywhere...)...)
	env := append(os.Environ(), "NODE_PATH="+filepath.Join(root, "build", "node", "node_modules"), "NODE_EXTRA_CA_CERTS="+filepath.Join(home, "auth", "server.crt"), "CURL_CA_BUNDLE="+filepath.Join(home, "auth", "server.crt"))
	file, lines := someEvents(t, root)
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			c.there(t, env)
			for i, address := range []string{s.HEC, secure(s.HEC)} {
				source := c.name + address[:strings.Index(address, ":")]
				script := filepath.Join(root, "testdata", "clients", c.name)
				if c.program == "syslog-ng" {
					syslogNG(t, s, home, script, address, token, file, source, len(lines))
				} else {
					args := []string{script, address, token, file, source}
					if c.index != "main" && i == 0 {
						said, err := c.run(env, args...)
						require.Error(t, err, "there is no such index yet")
						require.Contains(t, said, "Incorrect index")
						output(t, nil, "serve", "index", "add", c.index, "--home", home)
					}
					said, err := c.run(env, args...)
					require.NoError(t, err, said)
				}
				got := output(t, s.access(t, home), "search", "--format", "json", "--splunk", s.API, "index="+c.index+" source="+source+" sourcetype=client host=* | sort 0 _raw | table _raw")
				require.Equal(t, lines, raws(t, got), "%s to %s", c.name, address)
			}
		})
	}
	s.stop(t)
}

// there skips the test of a client that is missing.
func (c client) there(t *testing.T, env []string) {
	t.Helper()
	cmd := exec.Command(c.program, c.needs...)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		if os.Getenv("RISKREPLAY_CLIENTS") == "required" {
			t.Fatalf("%s is missing: %v: %s", c.name, err, out)
		}
		t.Skipf("%s is missing: it was not tried against the server (.ci/clients installs it)", c.name)
	}
}

func (c client) run(env []string, args ...string) (string, error) {
	var said bytes.Buffer
	cmd := exec.Command(c.program, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &said, &said
	err := cmd.Run()
	return said.String(), err
}

// someEvents is a file of recorded events, one a line, and its lines in order.
func someEvents(t *testing.T, root string) (file string, lines []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "testdata", "datasets", "T1218.009", "windows-sysmon.log"))
	require.NoError(t, err)
	file = filepath.Join(t.TempDir(), "events.log")
	for line := range strings.Lines(string(data)) {
		if len(lines) < 50 && !slices.Contains(lines, strings.TrimRight(line, "\n")) {
			lines = append(lines, strings.TrimRight(line, "\n"))
		}
	}
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	slices.Sort(lines)
	return file, lines
}

// raws are the texts of events that a search printed.
func raws(t *testing.T, printed string) (list []string) {
	t.Helper()
	for line := range strings.Lines(printed) {
		var row struct {
			Raw string `json:"_raw"`
		}
		require.NoError(t, json.Unmarshal([]byte(line), &row))
		list = append(list, row.Raw)
	}
	slices.Sort(list)
	return list
}

// syslogNG runs syslog-ng until all lines have arrived.
func syslogNG(t *testing.T, s *serving, home, conf, address, token, file, source string, lines int) {
	t.Helper()
	dir := t.TempDir()
	var said bytes.Buffer
	cmd := exec.Command("syslog-ng", "-F", "--no-caps", "-f", conf, "-R", filepath.Join(dir, "persist"), "-c", filepath.Join(dir, "control"), "--pidfile", filepath.Join(dir, "pid"))
	cmd.Env = append(os.Environ(), "CLIENT_FILE="+file, "CLIENT_URL="+address, "CLIENT_TOKEN="+token, "CLIENT_SOURCE="+source, "CLIENT_CA="+filepath.Join(home, "auth", "server.crt"))
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(t, cmd.Start())
	admin := s.admin(t, home)
	require.Eventually(t, func() bool {
		_, body := admin.do(t, "POST", s.API+"/services/search/jobs?output_mode=csv&exec_mode=oneshot", "search=search+index%3Dmain+source%3D"+source+"+|+stats+count")
		return strings.Contains(body, "\n"+strconv.Itoa(lines)+"\n")
	}, 2*time.Minute, 100*time.Millisecond, "%s", &said)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, cmd.Wait(), "%s", &said)
}
