package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/hec"
)

// onEvents has a fault of each request with events, by its number from 0.
func onEvents(fault func(n int64) hec.Fault) hec.HandlerOptions {
	var n atomic.Int64
	return hec.HandlerOptions{Fault: func(r *http.Request) hec.Fault {
		if !strings.HasSuffix(r.URL.Path, "/event") || r.ContentLength == 0 {
			return hec.Fault{}
		}
		return fault(n.Add(1) - 1)
	}}
}

// TestCollectorFaults has a collector do wrong while a run goes into it. Every event
// is there at the end; there may be more only where nobody can be asked, and then the
// manifest says so.
func TestCollectorFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		ack    bool
		unsure bool // what arrived is not known without a search
		fault  func(n int64) hec.Fault
	}{
		{"503Storm", false, false, func(n int64) hec.Fault {
			if n < 6 {
				return []hec.Fault{{Code: hec.CodeBusy}, {Status: 503}, {Code: hec.CodeAtCapacity}}[n%3]
			}
			return hec.Fault{}
		}},
		{"ResetInTheBody", false, true, func(n int64) hec.Fault {
			if n == 1 || n == 4 {
				return hec.Fault{Reset: hec.ResetBody, ResetAfter: 500}
			}
			return hec.Fault{}
		}},
		{"ResetBeforeTheAnswer", false, true, func(n int64) hec.Fault {
			if n == 1 || n == 4 {
				return hec.Fault{Reset: hec.ResetReply}
			}
			return hec.Fault{}
		}},
		{"SlowAcks", true, false, func(n int64) hec.Fault { return hec.Fault{AckDelay: time.Duration(n%3) * 100 * time.Millisecond} }},
		{"AcksThatNeverCome", true, true, func(n int64) hec.Fault { return hec.Fault{DropAck: n == 0} }},
	} {
		for _, search := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/search=%v", c.name, search), func(t *testing.T) {
				t.Parallel()
				u := newUser(t)
				server := newCollector(t, hec.Token{UseACK: c.ack}, onEvents(c.fault))
				args := []string{"replay", "--to", "hec:" + server.web.URL, "--batch-events", "40", u.dataset(1, 300)}
				if c.ack {
					args = append(args, "--ack", "--ack-timeout", "1s")
				}
				if search {
					args = append(args, "--splunk", server.web.URL, "--search-after", "1ms")
				}
				out := u.ok(args...)
				m := u.runs()[0]
				require.EqualValues(t, 300, m.Accepted)
				require.True(t, m.Finished)
				numbers := server.numbers(m.ID)
				require.Len(t, numbers, 300)
				twice := int64(0)
				for _, times := range numbers {
					twice += int64(times - 1)
				}
				if search {
					require.Zero(t, twice)
					require.Zero(t, m.Unsure)
					return
				}
				require.Equal(t, c.unsure, m.Unsure > 0)
				require.LessOrEqual(t, twice, m.Unsure)
				require.Equal(t, c.unsure, strings.Contains(out, "may be there twice"))
			})
		}
	}
}

// TestTokensThatAreRefused ends a run at its first batch, and says what to do.
func TestTokensThatAreRefused(t *testing.T) {
	const url = "URL"
	for _, c := range []struct {
		name  string
		token hec.Token
		value string
		args  []string
		code  int
		want  string
	}{
		{"Wrong", hec.Token{}, "wrong", nil, ExitEnvironment, "Invalid token (code 4"},
		{"Missing", hec.Token{}, "", nil, ExitEnvironment, "riskreplay: there is no token for the collector: set SPLUNK_HEC_TOKEN, or give --token-file\n"},
		{"Disabled", hec.Token{Disabled: true}, collectorToken, nil, ExitEnvironment, "Token disabled (code 1"},
		{"WithoutAcks", hec.Token{}, collectorToken, []string{"--ack"}, ExitEnvironment, "ACK is disabled (code 14"},
		{"NeedsAcks", hec.Token{UseACK: true}, collectorToken, nil, ExitEnvironment, "Data channel is missing (code 10"},
		{"WithoutTheIndex", hec.Token{Indexes: []string{"main"}}, collectorToken, []string{"--index", "secret"}, ExitNo, "the sink refused 30 events: see "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			u := newUser(t)
			server := newCollector(t, c.token, hec.HandlerOptions{})
			u.env = append(u.env, "SPLUNK_HEC_TOKEN="+c.value)
			code, out, complaint := u.run(append([]string{"replay", "--to", "hec:" + server.web.URL, u.dataset(1, 30)}, c.args...)...)
			complaint = strings.ReplaceAll(complaint, server.web.URL, url)
			require.Equal(t, c.code, code, complaint)
			require.Contains(t, complaint, c.want)
			require.NotContains(t, out+complaint, collectorToken)
			require.Empty(t, server.events)
			if code == ExitNo {
				letters := u.deadLetters()
				require.Len(t, letters, 30)
				require.Contains(t, letters[0].Replay.Reason, "Incorrect index")
			}
		})
	}
}

// deadLetter is a line of a run's dead.jsonl.
type deadLetter struct {
	Event  string
	Replay struct {
		Reason, File string
		Offset, Seq  int64
	}
}

// deadLetters are those of the user's one run.
func (u *user) deadLetters() (out []deadLetter) {
	u.t.Helper()
	name := filepath.Join("state", "riskreplay", "runs", u.runs()[0].ID, "dead.jsonl")
	for line := range strings.Lines(u.read(name)) {
		var l deadLetter
		require.NoError(u.t, json.Unmarshal([]byte(line), &l))
		out = append(out, l)
	}
	return out
}

// TestInvalidFormatInABatch has a collector refuse one event in the middle of a
// batch with code 6: all others arrive, and that one is a dead letter with its file
// and its place in it.
func TestInvalidFormatInABatch(t *testing.T) {
	u := newUser(t)
	// Beyond the collector's limit for one event it says code 6.
	server := newCollector(t, hec.Token{}, hec.HandlerOptions{MaxEvent: 2000})
	u.dataset(1, 50)
	text := u.read("data/0.log")
	big := "2026-01-15T08:00:25Z " + strings.Repeat("x", 3000) + "\n"
	at := strings.Index(text, "2026-01-15T08:00:26Z")
	u.write("data/0.log", text[:at]+big+text[at:])
	code, out, complaint := u.run("replay", "--to", "hec:"+server.web.URL, "data")
	require.Equal(t, ExitNo, code, complaint)
	require.Contains(t, out, "50 of 51 events accepted")
	require.Contains(t, out, "1 refused")
	require.Contains(t, complaint, "riskreplay: the sink refused 1 events: see ")
	letters := u.deadLetters()
	require.Len(t, letters, 1)
	require.Equal(t, big[:len(big)-1], letters[0].Event)
	require.Equal(t, "data/0.log", filepath.ToSlash(letters[0].Replay.File))
	require.EqualValues(t, at, letters[0].Replay.Offset)
	require.EqualValues(t, 27, letters[0].Replay.Seq)
	require.Contains(t, letters[0].Replay.Reason, "(code 6)")
	require.Len(t, server.numbers(u.runs()[0].ID), 50)
	// The letters can be replayed themselves, where there is room for them.
	dead := filepath.Join("state", "riskreplay", "runs", u.runs()[0].ID, "dead.jsonl")
	u.ok("replay", "--to", "file:rest.log", dead+",format=hec")
	require.Equal(t, big, u.read("rest.log"))
}

// TestDiskFull has no room for the checkpoint: the run ends, says why, and goes on
// when there is room again. No file may grow
// beyond a limit; writes beyond it fail, as on a full disk.
func TestDiskFull(t *testing.T) {
	u := newUser(t)
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash, which limits the size of files: the full disk is not tested")
	}
	server := newCollector(t, hec.Token{}, hec.HandlerOptions{})
	args := []string{"replay", "--resume", "--batch-events", "20", "--to", "hec:" + server.web.URL, u.dataset(2, 300)}
	for _, kilobytes := range []int{0, 1} {
		c := exec.Command(shell, append([]string{"-c", fmt.Sprintf(`trap '' XFSZ; ulimit -f %d; exec riskreplay "$@"`, kilobytes), "sh"}, args...)...)
		c.Dir, c.Env = u.dir, u.env
		text, err := c.CombinedOutput()
		require.Error(t, err, kilobytes)
		require.Equal(t, ExitEnvironment, c.ProcessState.ExitCode(), string(text))
		require.Contains(t, string(text), "file too large")
	}
	u.ok(args...)
	m := u.runs()[0]
	require.Len(t, server.numbers(m.ID), 600)
}

// TestFilesThatChange changes and truncates a file while it is read, and behind a run
// that did not finish: neither goes on, and nothing is sent of what the plan does not
// know.
func TestFilesThatChange(t *testing.T) {
	for name, change := range map[string]func(text string) string{
		"truncated": func(text string) string { return text[:len(text)/2] },
		"grown":     func(text string) string { return text + "2026-01-15T12:00:00Z one more\n" },
		"changed":   func(text string) string { return strings.Replace(text, "event 59000 ", "event 00950 ", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUser(t)
			u.dataset(1, 60_000)
			before := u.read("data/0.log")
			server := newCollector(t, hec.Token{}, onEvents(func(n int64) hec.Fault {
				if n == 1 {
					u.write("data/0.log", change(before))
				}
				return hec.Fault{}
			}))
			args := []string{"replay", "--resume", "--batch-events", "2000", "--to", "hec:" + server.web.URL, "--connections", "1", "data"}
			code, _, complaint := u.run(args...)
			require.Equal(t, ExitEnvironment, code, complaint)
			require.Contains(t, complaint, "data/0.log")
			require.Contains(t, complaint, "make a new plan for what the file holds now, or restore the file")
			m := u.runs()[0]
			require.False(t, m.Finished)
			require.Less(t, m.Accepted, int64(60_000))
			known := map[string]bool{}
			for line := range strings.Lines(before) {
				known[line] = true
			}
			for _, e := range server.events {
				require.True(t, known[string(e.Raw)+"\n"], string(e.Raw))
			}
			code, _, complaint = u.run(args...)
			require.Equal(t, ExitEnvironment, code, complaint)
			require.Contains(t, complaint, `"data/0.log" is not what it was`)
			u.write("data/0.log", before)
			u.ok(args...)
			require.Len(t, server.numbers(m.ID), 60_000)
		})
	}
}

// TestInterrupted has a run ended by SIGTERM and SIGINT: it says how to go on, nothing
// is lost, and what was under way is named where it is there twice.
func TestInterrupted(t *testing.T) {
	for _, s := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			u := newUser(t)
			var victim atomic.Pointer[os.Process]
			server := newCollector(t, hec.Token{}, onEvents(func(n int64) hec.Fault {
				if n == 5 {
					_ = victim.Load().Signal(s)
				}
				return hec.Fault{}
			}))
			data := u.dataset(1, 2000)
			c := u.command("replay", "--batch-events", "20", "--eps", "1000", "--to", "hec:"+server.web.URL, data)
			out, err := c.StderrPipe()
			require.NoError(t, err)
			started := make(chan bool)
			server.onStep(func() { <-started })
			require.NoError(t, c.Start())
			victim.Store(c.Process)
			close(started)
			complaint := string(drain(out))
			_ = c.Wait() // the code is looked at
			require.Equal(t, ExitEnvironment, c.ProcessState.ExitCode(), complaint)
			m := u.runs()[0]
			require.Contains(t, complaint, "run "+m.ID+" is not finished: --resume goes on with it")
			u.ok("replay", "--resume", "--batch-events", "20", "--eps", "1000", "--to", "hec:"+server.web.URL, data)
			numbers := server.numbers(m.ID)
			require.Len(t, numbers, 2000)
			named := namedIn(u.runs()[0])
			for n, times := range numbers {
				require.True(t, times == 1 || named[n], "event %d is there %d times and not named", n, times)
			}
		})
	}
}
