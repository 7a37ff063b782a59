package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/hec"
	"riskreplay/src/replay"
)

// killsVariable is how many kills each sink has to survive; 40 without it.
const killsVariable = "RISKREPLAY_KILLS"

func wantedKills(t *testing.T) int {
	text := os.Getenv(killsVariable)
	if text == "" {
		return 40
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, killsVariable)
	return n
}

// batchEvents is how many events go at once in these tests.
const batchEvents = 20

// campaign is one run that is killed until it finishes.
type campaign struct {
	*user
	args []string
	// start starts the program, and has it killed when kill is set; it gives the
	// exit code, and whether a kill ended it.
	start func(c *exec.Cmd, kill bool) (code int, killed bool)
	// check looks at what arrived, after so many kills.
	check func(m replay.Manifest, kills int)
}

// surviveKills has runs killed and resumed until there were enough kills.
func surviveKills(t *testing.T, begin func(t *testing.T, n int, random *rand.Rand) *campaign) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, uint64(len(t.Name()))))
	all, wanted := 0, wantedKills(t)
	runs := 0
	for ; all < wanted; runs++ {
		require.Less(t, runs, 3*wanted+10, "the program ends before it can be killed")
		c := begin(t, runs, random)
		kills := 0
		for ended := false; !ended; {
			code, killed := c.start(c.command(append([]string{"replay", "--resume"}, c.args...)...), all+kills < wanted)
			if ended = !killed; killed {
				kills++
			} else {
				require.Equal(t, 0, code)
			}
		}
		all += kills
		var finished []replay.Manifest
		for _, m := range c.runs() {
			if m.Finished {
				finished = append(finished, m)
			}
		}
		require.Len(t, finished, 1, "after %d kills", kills)
		require.EqualValues(t, len(c.lines()), finished[0].Accepted)
		c.check(finished[0], kills)
	}
	t.Logf("%d kills in %d runs", all, runs)
}

// afterTime kills a program somewhere in the time that it takes; every end shows how
// long that is.
func afterTime(t *testing.T, random *rand.Rand, span *time.Duration) func(*exec.Cmd, bool) (int, bool) {
	return func(c *exec.Cmd, kill bool) (int, bool) {
		var complaint bytes.Buffer
		c.Stderr = &complaint
		begun := time.Now()
		require.NoError(t, c.Start())
		if kill {
			timer := time.AfterFunc(time.Duration(random.Int64N(int64(*span))), func() { _ = c.Process.Kill() }) // it may have ended
			defer timer.Stop()
		}
		_ = c.Wait() // the state says how it ended
		if c.ProcessState.ExitCode() >= 0 {
			*span = (*span + time.Since(begun)) / 2
			require.Equal(t, 0, c.ProcessState.ExitCode(), complaint.String())
		}
		return c.ProcessState.ExitCode(), c.ProcessState.ExitCode() < 0
	}
}

// TestKilledIntoFiles kills runs into a folder, a file of bytes and one of
// envelopes: they come out byte for byte as if nothing had happened.
func TestKilledIntoFiles(t *testing.T) {
	span := 200 * time.Millisecond
	surviveKills(t, func(t *testing.T, n int, random *rand.Rand) *campaign {
		u := newUser(t)
		out := []string{"out", "out.log", "out.jsonl"}[n%3]
		args := []string{"--batch-events", "20", u.dataset(2, 500)}
		u.ok(append([]string{"replay", "--state", "other", "--to", "file:want/" + out}, args...)...)
		return &campaign{
			user: u, args: append([]string{"--to", "file:got/" + out}, args...), start: afterTime(t, random, &span),
			check: func(m replay.Manifest, _ int) {
				require.Empty(t, m.Doubtful)
				want, got := u.tree("want"), u.tree("got")
				require.Len(t, got, len(want))
				for name, text := range want {
					require.True(t, text == got[name], "%s: %d bytes, want %d", name, len(got[name]), len(text))
				}
			},
		}
	})
}

// TestKilledIntoIndex kills runs into an index on disk: nothing is lost, and nothing
// is there twice.
func TestKilledIntoIndex(t *testing.T) {
	span := 200 * time.Millisecond
	surviveKills(t, func(t *testing.T, _ int, random *rand.Rand) *campaign {
		u := newUser(t)
		return &campaign{
			user: u, args: []string{"--to", "index:idx", "--batch-events", "20", u.dataset(2, 500)}, start: afterTime(t, random, &span),
			check: func(m replay.Manifest, _ int) {
				require.Empty(t, m.Doubtful)
				require.Equal(t, u.lines(), u.found("idx", "*"))
				u.ok("replay", "verify", m.ID)
			},
		}
	})
}

// found is the sorted events that a search over an index finds.
func (u *user) found(dir, search string) (out []string) {
	u.t.Helper()
	for line := range strings.Lines(u.ok("search", "--data", dir, "--format", "json", search+" | fields _raw")) {
		var row struct {
			Raw string `json:"_raw"`
		}
		require.NoError(u.t, json.Unmarshal([]byte(line), &row))
		out = append(out, row.Raw)
	}
	slices.Sort(out)
	return out
}

// TestKilledIntoStdout kills runs whose output somebody reads: nothing is lost that
// is read to the pipe's end, and at most one pipe's worth and a batch comes twice.
func TestKilledIntoStdout(t *testing.T) {
	surviveKills(t, func(t *testing.T, _ int, random *rand.Rand) *campaign {
		u := newUser(t)
		data := u.dataset(2, 500)
		size := 0
		for _, line := range u.lines() {
			size += len(line) + 1
		}
		var all []string
		var rest string
		return &campaign{
			user: u, args: []string{"--to", "stdout", "--batch-events", "20", data},
			start: func(c *exec.Cmd, kill bool) (int, bool) {
				out, err := c.StdoutPipe()
				require.NoError(t, err)
				require.NoError(t, c.Start())
				var text []byte
				if kill {
					text = make([]byte, random.IntN(size/3))
					n, _ := io.ReadFull(out, text)
					text = text[:n]
					_ = c.Process.Kill() // it may have ended
				}
				text = append(text, drain(out)...)
				_ = c.Wait() // the state says how it ended
				// A kill may cut a line, which comes again.
				var whole string
				whole, rest, _ = cutLast(string(text))
				all = append(all, strings.Split(whole, "\n")...)
				return c.ProcessState.ExitCode(), c.ProcessState.ExitCode() < 0
			},
			check: func(m replay.Manifest, kills int) {
				require.Empty(t, rest)
				twice := 0
				seen := map[string]bool{}
				for _, line := range all {
					if line != "" && seen[line] {
						twice += len(line) + 1
					}
					seen[line] = true
				}
				delete(seen, "")
				for _, line := range u.lines() {
					require.True(t, seen[line], "lost: %s", line)
				}
				require.Len(t, seen, len(u.lines()))
				require.LessOrEqual(t, twice, kills*(64<<10+batchEvents*100))
				require.LessOrEqual(t, len(m.Doubtful), kills)
			},
		}
	})
}

// cutLast cuts behind the last line end.
func cutLast(s string) (whole, rest string, found bool) {
	i := strings.LastIndexByte(s, '\n')
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+1:], true
}

// atSteps kills a program at one of the first steps of what it asks of a collector.
func atSteps(t *testing.T, c *collector, random *rand.Rand, steps int) func(*exec.Cmd, bool) (int, bool) {
	var victim atomic.Pointer[os.Process]
	var left atomic.Int64
	c.onStep(func() {
		if p := victim.Load(); left.Add(-1) == 0 && p != nil {
			_ = p.Kill() // it may have ended
		}
	})
	return func(cmd *exec.Cmd, kill bool) (int, bool) {
		left.Store(-1)
		if kill {
			left.Store(1 + random.Int64N(int64(steps)))
		}
		var complaint bytes.Buffer
		cmd.Stderr = &complaint
		require.NoError(t, cmd.Start())
		victim.Store(cmd.Process)
		_ = cmd.Wait() // the state says how it ended
		victim.Store(nil)
		c.settle()
		if code := cmd.ProcessState.ExitCode(); code > 0 {
			require.Equal(t, 0, code, complaint.String())
		}
		return cmd.ProcessState.ExitCode(), cmd.ProcessState.ExitCode() < 0
	}
}

// TestKilledIntoCollectorWithSearch kills runs into a collector, with and without
// acknowledgement, beside a Splunk that can be asked: nothing is lost, nothing is
// there twice.
func TestKilledIntoCollectorWithSearch(t *testing.T) {
	surviveKills(t, func(t *testing.T, n int, random *rand.Rand) *campaign {
		u := newUser(t)
		token := hec.Token{UseACK: n%2 == 1}
		c := newCollector(t, token, hec.HandlerOptions{})
		args := []string{"--to", "hec:" + c.web.URL, "--splunk", c.web.URL, "--search-after", "1ms", "--batch-events", "20", u.dataset(2, 600)}
		steps := 150
		if token.UseACK {
			args = append(args, "--ack")
			steps = 180 // the first acknowledgement is asked for after 250 ms
		}
		return &campaign{
			user: u, args: args, start: atSteps(t, c, random, steps),
			check: func(m replay.Manifest, kills int) {
				require.Empty(t, m.Doubtful)
				require.Zero(t, m.Unsure)
				numbers := c.numbers(m.ID)
				require.Len(t, numbers, len(u.lines()))
				for seq, times := range numbers {
					require.Equal(t, 1, times, "event %d after %d kills", seq, kills)
				}
				require.LessOrEqual(t, c.asked, kills*(underWay+2))
			},
		}
	})
}

// TestKilledIntoCollectorWithAcks kills runs into a collector that nobody can ask:
// nothing is lost, and what is there twice was under way at a kill and is named.
func TestKilledIntoCollectorWithAcks(t *testing.T) {
	surviveKills(t, func(t *testing.T, _ int, random *rand.Rand) *campaign {
		u := newUser(t)
		c := newCollector(t, hec.Token{UseACK: true}, hec.HandlerOptions{})
		return &campaign{
			user: u, args: []string{"--ack", "--to", "hec:" + c.web.URL, "--batch-events", "20", u.dataset(2, 700)}, start: atSteps(t, c, random, 180),
			check: func(m replay.Manifest, kills int) {
				named := namedIn(m)
				require.LessOrEqual(t, len(m.Doubtful), kills*underWay)
				numbers := c.numbers(m.ID)
				require.Len(t, numbers, len(u.lines()))
				for seq, times := range numbers {
					require.True(t, times == 1 || named[seq], "event %d is there %d times and not named", seq, times)
				}
			},
		}
	})
}

// underWay is how many batches are with the collector at most: four connections, and
// 32 more whose acknowledgement is awaited, and the one that is being handed over.
const underWay = 4 + 32 + 1

// namedIn are the events that a manifest says may be there twice.
func namedIn(m replay.Manifest) map[int64]bool {
	named := map[int64]bool{}
	for _, d := range m.Doubtful {
		for n := d.From; n <= d.To; n++ {
			named[n] = true
		}
	}
	return named
}
