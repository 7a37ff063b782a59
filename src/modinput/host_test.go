//go:build unix

package modinput

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/conf"
)

// shell writes somebody else's input: a script that knows its scheme.
func shell(t *testing.T, scheme, run string) Executable {
	t.Helper()
	path := filepath.Join(t.TempDir(), "input.sh")
	require.NoError(t, os.WriteFile(path, []byte(`
case "$1" in
--scheme) cat <<'END'
`+scheme+`
END
exit 0;;
--validate-arguments) cat >/dev/null; echo "<error><message>not &lt;today&gt;</message></error>"; exit 1;;
esac
`+run), 0o600))
	return Executable{Path: "/bin/sh", Args: []string{path}}
}

const (
	xmlScheme    = `<scheme><streaming_mode>xml</streaming_mode></scheme>`
	simpleScheme = `<scheme><title>S</title></scheme>`
)

// hosted collects what a host tells.
type hosted struct {
	mu     sync.Mutex
	events []Event
	log    []string
	exits  []Exit
	told   chan struct{} // of each event and exit
}

func (h *hosted) options() HostOptions {
	h.told = make(chan struct{}, 100_000)
	return HostOptions{
		Clock: clock.Real{}, Once: true, Grace: 5 * time.Second,
		Event: func(e Event) error {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.events = append(h.events, e)
			h.told <- struct{}{}
			return nil
		},
		Log: func(l LogLine) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.log = append(h.log, fmt.Sprintf("%s %s", l.Level, l.Text))
		},
		Exit: func(e Exit) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.exits = append(h.exits, e)
			h.told <- struct{}{}
		},
	}
}

func (h *hosted) raws() (all []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.events {
		all = append(all, string(e.Raw))
	}
	return all
}

// hostOnce runs an input once.
func hostOnce(t *testing.T, x Executable, c *Config) (*hosted, error) {
	t.Helper()
	var h hosted
	scheme, _, _ := strings.Cut(c.Stanzas[0].Name, ":")
	r, err := Start(t.Context(), x, scheme, c, h.options())
	require.NoError(t, err)
	return &h, r.Wait()
}

func TestHostRunsOurInput(t *testing.T) {
	h, err := hostOnce(t, program("tick"), oneStanza("tick", t.TempDir(), "count", "1000", "index", "default", "sourcetype", "st"))
	require.NoError(t, err)
	require.Len(t, h.events, 1000)
	e := h.events[999]
	require.Equal(t, "tick 999 <&>", string(e.Raw))
	require.Equal(t, []string{"h&<", "a&b", "st", "main", "tick://x"}, []string{e.Host, e.Source, e.Sourcetype, e.Index, e.Stanza})
	require.Empty(t, h.log)
	require.Len(t, h.exits, 1)
	require.Equal(t, uint64(1000), h.exits[0].Events)
}

func TestHostAsksFirst(t *testing.T) {
	start := func(x Executable, want string, settings ...string) {
		t.Helper()
		_, err := Start(t.Context(), x, "tick", oneStanza("tick", "", settings...), HostOptions{Clock: clock.Real{}})
		require.EqualError(t, err, want)
	}
	start(program("tick"), `[tick://x] the parameter "count" is required`)
	start(program("tick"), `[tick://x] is refused by the input: count is "-1": expected a number & more than <0>`, "count", "-1")
	start(program("tick"), `[tick://x] cannot read the interval "soon"`+"\n    hint: seconds, a cron schedule, 0 for again as soon as it ends, or -1 for once", "count", "1", "interval", "soon")
	start(shell(t, `<scheme><use_external_validation>1</use_external_validation></scheme>`, ""), "[tick://x] is refused by the input: not <today>")
	start(shell(t, "nothing", ""), `cannot read the scheme of "tick": the answer is empty`)
	start(Executable{Path: "/bin/sh", Args: []string{"-c", "echo ERROR no licence >&2; exit 3"}}, `cannot introspect the scheme "tick": exit status 3: ERROR no licence`)
	start(Executable{Path: "/no/such/program"}, `cannot introspect the scheme "tick": fork/exec /no/such/program: no such file or directory`)
	start(Executable{Path: "/bin/sh", Args: []string{"-c", "head -c 5000000 /dev/zero"}}, `cannot introspect the scheme "tick": it answered more than 4 MiB`)
	r, err := Start(t.Context(), program("tick"), "tick", oneStanza("tick", "", "disabled", "1"), HostOptions{Clock: clock.Real{}})
	require.NoError(t, err)
	require.NoError(t, r.Wait(), "a disabled stanza is neither checked nor run")
}

func TestHostDoesNotWaitForAnAnswer(t *testing.T) {
	c := clock.NewManual(noon)
	go func() {
		_ = c.WaitForSleepers(context.Background(), 1)
		c.Advance(answerTime)
	}()
	_, err := Introspect(t.Context(), Executable{Path: "/bin/sh", Args: []string{"-c", "sleep 1000 & sleep 1000"}}, "x", HostOptions{Clock: c})
	require.EqualError(t, err, `cannot introspect the scheme "x": it did not answer in 30s`)
}

func TestHostRunsPlainText(t *testing.T) {
	x := shell(t, simpleScheme, `cat >/dev/null; echo "INFO hello" >&2; echo oops >&2; printf 'one\r\n\ntwo\nthree'`)
	h, err := hostOnce(t, x, oneStanza("s", "", "host", "$decideOnStartup"))
	require.NoError(t, err)
	require.Equal(t, []string{"one", "two", "three"}, h.raws())
	require.Equal(t, []string{"tiny", "s://x", "s", "main"}, []string{h.events[0].Host, h.events[0].Source, h.events[0].Sourcetype, h.events[0].Index})
	require.Equal(t, []string{"INFO hello", "ERROR oops"}, h.log)
	var text strings.Builder
	var ends int
	o := HostOptions{Clock: clock.Real{}, Once: true, Text: func(s *Stanza, piece []byte, done bool) error {
		text.Write(piece)
		if done {
			ends++
		}
		return nil
	}}
	r, err := Start(t.Context(), x, "s", oneStanza("s", ""), o)
	require.NoError(t, err)
	require.NoError(t, r.Wait())
	require.Equal(t, "one\r\n\ntwo\nthree", text.String())
	require.Equal(t, 1, ends)
}

func TestHostPutsPiecesTogether(t *testing.T) {
	h, err := hostOnce(t, shell(t, xmlScheme, `echo '<stream>
<event unbroken="1"><time>5</time><data>a</data></event><event><data>whole</data></event>
<event unbroken="1"><data>b</data></event><event unbroken="1"><data>c</data><done/></event>
<event unbroken="1"><source>o</source><data>open</data></event><event unbroken="1"><data>single</data><done/></event></stream>'`), oneStanza("p", ""))
	require.NoError(t, err)
	require.Equal(t, []string{"whole", "abc", "single", "open"}, h.raws())
	require.Equal(t, "5", h.events[1].Time.String())
}

func TestHostSurvivesABadStream(t *testing.T) {
	h, err := hostOnce(t, shell(t, xmlScheme, `echo '<stream><event><source>a&b</source><data>bad</data></event><event><data>good</data></event>'; exit 7`), oneStanza("p", ""))
	require.EqualError(t, err, "the input ended with exit status 7")
	require.Equal(t, []string{"good"}, h.raws())
	require.Len(t, h.log, 3)
	require.Contains(t, h.log[0], "WARN cannot read the stream of events at byte")
	require.Equal(t, 2, h.exits[0].Problems)
}

func TestHostSingleInstance(t *testing.T) {
	c := oneStanza("all", "", "index", "one")
	c.Stanzas = append(c.Stanzas, Stanza{Name: "all://y", Params: []Param{{Name: "index", Values: []string{"two"}}}}, Stanza{Name: "all://z", Params: []Param{{Name: "disabled", Values: []string{"true"}}}})
	h, err := hostOnce(t, program("all"), c)
	require.NoError(t, err)
	require.Equal(t, []string{"of x", "of y"}, h.raws())
	require.Equal(t, []string{"one", "two"}, []string{h.events[0].Index, h.events[1].Index})
	require.Len(t, h.exits, 1)
}

func TestHostCheckpointFolder(t *testing.T) {
	dir := t.TempDir()
	for want := range []int{0, 1} {
		h, err := hostOnce(t, program("count"), oneStanza("count", dir, "count", "100"))
		require.NoError(t, err)
		require.Len(t, h.events, []int{100, 0}[want], "the second run has nothing left to do")
	}
	require.DirExists(t, filepath.Join(dir, "count"))
}

func TestHostEndsItsProcesses(t *testing.T) {
	var h hosted
	o := h.options()
	o.Once = false
	ctx, cancel := context.WithCancel(t.Context())
	r, err := Start(ctx, program("loop"), "loop", oneStanza("loop", ""), o)
	require.NoError(t, err)
	<-h.told
	cancel()
	require.NoError(t, r.Wait())
	require.Equal(t, []string{"up", "down: the program was asked to end"}, h.raws(), "what it writes at its end is read")
	require.NoError(t, h.exits[0].Err)
	requireNoChildren(t)
}

// requireNoChildren: every process was waited for.
func requireNoChildren(t *testing.T) {
	t.Helper()
	_, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
	require.ErrorIs(t, err, syscall.ECHILD)
}

func TestHostKillsTheGroup(t *testing.T) {
	var h hosted
	o := h.options()
	o.Grace = 300 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	x := shell(t, xmlScheme, `trap '' TERM; (trap '' TERM; sleep 1000) & echo "<stream><event><data>$! $$</data></event>"; while :; do sleep 1000; done`)
	r, err := Start(ctx, x, "g", oneStanza("g", ""), o)
	require.NoError(t, err)
	<-h.told
	cancel()
	require.NoError(t, r.Wait())
	require.ErrorIs(t, h.exits[0].Err, errKilled)
	for _, word := range strings.Fields(h.raws()[0]) {
		pid, err := strconv.Atoi(word)
		require.NoError(t, err)
		for dead := false; !dead; { // a grandchild is reaped by whoever adopts it
			state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
			dead = err != nil || strings.Contains(string(state), ") Z ") || strings.Contains(string(state), ") X ")
		}
	}
	requireNoChildren(t)
}

func TestHostIsNotHeldUpByWhatAnInputLeaves(t *testing.T) {
	var h hosted
	o := h.options()
	o.Grace = 200 * time.Millisecond
	r, err := Start(t.Context(), shell(t, xmlScheme, `sleep 1000 & echo "<stream><event><data>a</data></event></stream>"`), "l", oneStanza("l", ""), o)
	require.NoError(t, err)
	require.NoError(t, r.Wait())
	require.Equal(t, []string{"a"}, h.raws())
}

func TestHostStopsForACallback(t *testing.T) {
	full := errors.New("full")
	var h hosted
	o := h.options()
	o.Event = func(Event) error { return full }
	r, err := Start(t.Context(), program("flood"), "flood", oneStanza("flood", ""), o)
	require.NoError(t, err)
	require.ErrorIs(t, r.Wait(), full)
	requireNoChildren(t)
}

func TestHostStartsAgain(t *testing.T) {
	c := clock.NewManual(noon)
	runs := func(interval string, exits int) []Exit {
		t.Helper()
		var h hosted
		o := h.options()
		o.Once, o.Clock = false, c
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r, err := Start(ctx, shell(t, simpleScheme, ""), "s", oneStanza("s", "", "interval", interval), o)
		require.NoError(t, err)
		for range exits {
			for len(h.told) == 0 {
				c.Advance(time.Second)
				runtime.Gosched()
			}
			<-h.told
		}
		cancel()
		require.NoError(t, r.Wait())
		return h.exits[:exits]
	}
	require.Len(t, runs("0", 3), 3, "as soon as it ends")
	require.Len(t, runs("-1", 1), 1)
	by := runs("120", 3)
	require.GreaterOrEqual(t, by[2].Started.Sub(by[1].Started), 2*time.Minute)
	started := c.Now()
	for _, e := range runs("*/5 * * * *", 2) {
		require.False(t, e.Started.Before(started.Truncate(5*time.Minute).Add(5*time.Minute)), "not at once, but at a tick")
	}
}

func TestInterval(t *testing.T) {
	at := func(d time.Duration) time.Time { return noon.Add(d) }
	next := func(interval string, took time.Duration, first, second time.Duration) {
		t.Helper()
		i, err := ParseInterval(interval)
		require.NoError(t, err)
		got, ok := i.First(noon)
		require.Equal(t, first >= 0, ok)
		require.Equal(t, at(first), got)
		got, ok = i.Next(got, got.Add(took))
		if second < 0 {
			require.False(t, ok)
			return
		}
		require.True(t, ok)
		require.Equal(t, at(second), got)
	}
	next("", time.Second, 0, time.Minute)
	next("0.5", time.Second, 0, time.Second)
	next("10", time.Second, 0, 10*time.Second)
	next("10", 15*time.Second, 0, 15*time.Second)
	next("0", time.Second, 0, time.Second)
	next("-1", time.Second, 0, -1)
	next("*/5 * * * *", time.Second, 5*time.Minute, 10*time.Minute)
	next("*/5 * * * *", 7*time.Minute, 5*time.Minute, 15*time.Minute)
	for _, bad := range []string{"soon", "-2", "1e30", "NaN", "* * *", "61 * * * *"} {
		_, err := ParseInterval(bad)
		require.Error(t, err, bad)
	}
}

func TestLocate(t *testing.T) {
	app := t.TempDir()
	write := func(name, body string) string {
		path := filepath.Join(app, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(body), 0o600))
		return path
	}
	find := func() Executable {
		x, err := Locate(app, "in", func(name string) string { return map[string]string{"SPLUNK_HOME": "/opt/splunk"}[name] })
		require.NoError(t, err)
		return x
	}
	_, err := Locate(app, "in", os.Getenv)
	require.ErrorContains(t, err, `cannot find the program of the scheme "in" in `)
	write("bin/in.path", "$SPLUNK_HOME/bin/x --flag\n")
	require.Equal(t, Executable{Path: "/opt/splunk/bin/x", Args: []string{"--flag"}}, find())
	py := write("bin/in.py", "")
	require.Equal(t, Executable{Path: "python3", Args: []string{py}}, find())
	sh := write("bin/in.sh", "")
	require.Equal(t, Executable{Path: "/bin/sh", Args: []string{sh}}, find())
	require.Equal(t, Executable{Path: write("bin/in", "")}, find())
}

func TestStanzasOfConf(t *testing.T) {
	c, list := conf.Load("inputs.conf", []conf.App{{ID: "a", FS: fstest.MapFS{
		"default/inputs.conf": {Data: []byte("[default]\nhost = h\nindex = d\n[tick]\ninterval = 5\nindex = s\n[tick://one]\ncount = 1\n[tick://two]\nindex = own\ninterval = 7\n[other://x]\n")},
		"local/inputs.conf":   {Data: []byte("[tick://one]\ndisabled = 1\n")},
	}}}, "")
	require.Empty(t, list)
	got := Stanzas(c, "tick")
	require.Len(t, got, 2)
	values := func(s *Stanza) []string {
		return []string{s.Name, s.App, s.Get("host"), s.Get("index"), s.Get("interval"), s.Get("count"), fmt.Sprint(s.Disabled())}
	}
	require.Equal(t, []string{"tick://one", "a", "h", "s", "5", "1", "true"}, values(&got[0]))
	require.Equal(t, []string{"tick://two", "a", "h", "own", "7", "", "false"}, values(&got[1]))
}
