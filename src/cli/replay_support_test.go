package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/hec"
	"riskreplay/src/replay"
)

const collectorToken = "11111111-2222-3333-4444-555555555555"

// collector is a Splunk for tests: a collector that keeps events in memory, and the
// REST API that finds them by their numbers.
type collector struct {
	web *httptest.Server
	// tick, when not nil, is called at each step of each request.
	tick func()
	// forget keeps no events.
	forget bool

	mu     sync.Mutex
	events []event.Event
	asked  int
	open   map[net.Conn]bool
	quiet  *sync.Cond
}

func newCollector(t testing.TB, token hec.Token, o hec.HandlerOptions) *collector {
	token.Name, token.Value = "t", collectorToken
	o.Clock = clock.Real{}
	c := &collector{open: map[net.Conn]bool{}}
	c.quiet = sync.NewCond(&c.mu)
	h := hec.Handler(c, hec.TokenList{token}, o)
	c.web = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.step()
		if strings.HasPrefix(r.URL.Path, "/services/collector") {
			h.ServeHTTP(w, r)
		} else {
			c.search(w, r)
		}
		c.step()
	}))
	c.web.Config.ConnState = func(conn net.Conn, s http.ConnState) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.open[conn] = true; s == http.StateClosed || s == http.StateHijacked {
			delete(c.open, conn)
			c.quiet.Broadcast()
		}
	}
	c.web.Start()
	t.Cleanup(c.web.Close)
	return c
}

func (c *collector) step() {
	c.mu.Lock()
	tick := c.tick
	c.mu.Unlock()
	if tick != nil {
		tick()
	}
}

// onStep has a function called at each step of each request.
func (c *collector) onStep(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tick = f
}

// settle waits until what a client that was killed had sent is worked off.
func (c *collector) settle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.open) > 0 {
		c.quiet.Wait()
	}
}

// Append keeps events.
func (c *collector) Append(_ context.Context, events []event.Event) (hec.Ticket, error) {
	c.step()
	c.mu.Lock()
	if !c.forget {
		c.events = append(c.events, events...)
	}
	c.mu.Unlock()
	c.step()
	return nothing{}, nil
}

type nothing struct{}

func (nothing) Wait(context.Context) error { return nil }

// numbers are how often each of a run's events is there.
func (c *collector) numbers(run string) map[int64]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[int64]int{}
	for _, e := range c.events {
		if of, n := runAndNumber(e); of == run {
			out[n]++
		}
	}
	return out
}

func runAndNumber(e event.Event) (run string, n int64) {
	for _, f := range e.Fields {
		switch f.Name {
		case "replay_run":
			run = f.Value
		case "replay_seq":
			n, _ = strconv.ParseInt(f.Value, 10, 64)
		}
	}
	return run, n
}

// reconciling is the one search that the collector knows.
var reconciling = regexp.MustCompile(`^\| tstats count where \(index="[a-z*]+"\) replay_run="([^"]+)" by replay_seq$`)

// search answers the REST API: the search is its own job's id.
func (c *collector) search(w http.ResponseWriter, r *http.Request) {
	const jobs = "/services/search/v2/jobs"
	job, what, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, jobs), "/"), "/")
	say := func(v any) { _ = json.NewEncoder(w).Encode(v) }
	switch {
	case r.Header.Get("Authorization") != "Bearer rest-token":
		w.WriteHeader(http.StatusUnauthorized)
	case r.Method == http.MethodPost && job == "":
		m := reconciling.FindStringSubmatch(r.FormValue("search"))
		if m == nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		c.asked++
		c.mu.Unlock()
		say(map[string]any{"sid": m[1]})
	case what == "":
		say(map[string]any{"entry": []any{map[string]any{"name": "job", "content": map[string]any{"dispatchState": "DONE", "isDone": true, "resultCount": len(c.numbers(job)), "reportSearch": "tstats"}}}})
	default:
		rows := []any{}
		for n, count := range c.numbers(job) {
			rows = append(rows, map[string]any{"replay_seq": fmt.Sprint(n), "count": fmt.Sprint(count)})
		}
		if skip, _ := strconv.Atoi(r.FormValue("offset")); skip > 0 {
			rows = rows[min(skip, len(rows)):]
		}
		say(map[string]any{"fields": []any{map[string]any{"name": "replay_seq"}, map[string]any{"name": "count"}}, "results": rows})
	}
}

// user is somebody at a command line, with folders of their own.
type user struct {
	t   testing.TB
	dir string
	env []string
}

func newUser(t testing.TB) *user {
	dir := t.TempDir()
	return &user{t: t, dir: dir, env: append(os.Environ(),
		"HOME="+dir, "XDG_CONFIG_HOME="+filepath.Join(dir, "config"), "XDG_STATE_HOME="+filepath.Join(dir, "state"),
		"SPLUNK_HEC_TOKEN="+collectorToken, "SPLUNK_TOKEN=rest-token",
	)}
}

// command is the program, not started.
func (u *user) command(args ...string) *exec.Cmd {
	c := exec.Command("riskreplay", args...)
	c.Dir, c.Env = u.dir, u.env
	return c
}

// run runs the program to its end.
func (u *user) run(args ...string) (code int, stdout, stderr string) {
	var out, errOut bytes.Buffer
	c := u.command(args...)
	c.Stdout, c.Stderr = &out, &errOut
	err := c.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		require.NoError(u.t, err)
	}
	return c.ProcessState.ExitCode(), out.String(), errOut.String()
}

// ok runs the program, which must say 0.
func (u *user) ok(args ...string) (stdout string) {
	u.t.Helper()
	code, out, errOut := u.run(args...)
	require.Equal(u.t, 0, code, "%v\n%s%s", args, out, errOut)
	return out
}

// runs are the runs on record, the latest first.
func (u *user) runs() (out []replay.Manifest) {
	u.t.Helper()
	for line := range strings.Lines(u.ok("replay", "runs", "--format", "json")) {
		var m replay.Manifest
		require.NoError(u.t, json.Unmarshal([]byte(line), &m))
		out = append(out, m)
	}
	return out
}

// write writes a file into the user's folder.
func (u *user) write(name, text string) string {
	u.t.Helper()
	path := filepath.Join(u.dir, name)
	require.NoError(u.t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(u.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// read reads a file of the user's folder.
func (u *user) read(name string) string {
	u.t.Helper()
	text, err := os.ReadFile(filepath.Join(u.dir, name))
	require.NoError(u.t, err)
	return string(text)
}

// tree is every file below a folder, with its text.
func (u *user) tree(name string) map[string]string {
	u.t.Helper()
	out := map[string]string{}
	root := filepath.Join(u.dir, name)
	require.NoError(u.t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(root, path)
		out[rel] = string(text)
		return err
	}))
	return out
}

// dataset writes files of n events each, one a second, all different.
func (u *user) dataset(files, n int) (name string) {
	from := time.Date(2026, 1, 15, 8, 0, 0, 0, time.UTC)
	for f := range files {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%s host-%d action=login user=u%d event %d of file %d\n", from.Add(time.Duration(i)*time.Second).Format(time.RFC3339), i%3, i%17, i, f)
		}
		u.write(fmt.Sprintf("data/%d.log", f), b.String())
	}
	return "data"
}

// lines are the events of the user's dataset.
func (u *user) lines() (out []string) {
	for _, text := range u.tree("data") {
		out = append(out, strings.Split(strings.TrimSuffix(text, "\n"), "\n")...)
	}
	slices.Sort(out)
	return out
}

// drain reads a pipe to its end.
func drain(r io.Reader) []byte {
	text, _ := io.ReadAll(r)
	return text
}
