//go:build unix

package modinput

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
)

// drainBound is within what a program must be gone; the race detector and a busy
// machine make it slower than it is.
const drainBound = 2 * time.Second

func oneStanza(scheme, dir string, settings ...string) *Config {
	st := Stanza{Name: scheme + "://x", App: "search"}
	for i := 0; i < len(settings); i += 2 {
		st.Set(settings[i], settings[i+1])
	}
	return &Config{ServerHost: "tiny", SessionKey: "topsecret", CheckpointDir: dir, Stanzas: []Stanza{st}}
}

// runningInput is a program with a configuration, its standard input left open.
type runningInput struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *os.File
	stderr bytes.Buffer
}

func startInput(t *testing.T, name string, c *Config) *runningInput {
	t.Helper()
	s := &runningInput{cmd: command(name)}
	s.cmd.Stderr = &s.stderr
	var err error
	s.in, err = s.cmd.StdinPipe()
	require.NoError(t, err)
	out, theirs, err := os.Pipe()
	require.NoError(t, err)
	s.out, s.cmd.Stdout = out, theirs
	require.NoError(t, s.cmd.Start())
	require.NoError(t, theirs.Close())
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = s.out.Close()
	})
	if c != nil {
		_, err = s.in.Write(c.AppendXML(nil))
		require.NoError(t, err)
	}
	return s
}

// gone waits for the end and gives what was written until then.
func (s *runningInput) gone(t *testing.T, already string) (stream string, exit int) {
	t.Helper()
	at := clock.Real{}.Now()
	rest, err := io.ReadAll(s.out)
	require.NoError(t, err)
	_ = s.cmd.Wait() // the exit code says it
	require.Less(t, clock.Real{}.Now().Sub(at), drainBound)
	return already + string(rest), s.cmd.ProcessState.ExitCode()
}

// up waits for the first event.
func (s *runningInput) up(t *testing.T) string {
	t.Helper()
	var got []byte
	for !bytes.Contains(got, []byte("</event>\n")) {
		piece := make([]byte, 1)
		_, err := s.out.Read(piece)
		require.NoError(t, err)
		got = append(got, piece...)
	}
	return string(got)
}

func answer(t *testing.T, name, stdin string, args ...string) (out, stderr string, exit int) {
	t.Helper()
	cmd := command(name, args...)
	var o, e bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &o, &e
	_ = cmd.Run() // the exit code says it
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

func TestMainAnswers(t *testing.T) {
	out, stderr, exit := answer(t, "tick", "", "--scheme")
	require.Zero(t, exit, stderr)
	require.Empty(t, stderr)
	s, err := ParseScheme("tick", []byte(out))
	require.NoError(t, err)
	require.True(t, s.ExternalValidation)
	out, _, exit = answer(t, "tick", "", "--help")
	require.Zero(t, exit)
	require.Contains(t, out, "[tick://<name>]")
	_, stderr, exit = answer(t, "tick", "", "--nonsense")
	require.Equal(t, 2, exit)
	require.Equal(t, "ERROR tick: unknown arguments [\"--nonsense\"]; --help says what there is\n", stderr)
}

func TestMainValidates(t *testing.T) {
	items := func(count string) string {
		c := oneStanza("tick", "/x", "count", count)
		c.Stanzas[0].Name = "x"
		return string(c.AppendItems(nil))
	}
	out, stderr, exit := answer(t, "tick", items("5"), "--validate-arguments")
	require.Equal(t, []any{"", "", 0}, []any{out, stderr, exit})
	out, stderr, exit = answer(t, "tick", items("<none>"), "--validate-arguments")
	require.Equal(t, 1, exit)
	require.Empty(t, stderr)
	require.Equal(t, "<error><message>count is \"&lt;none&gt;\": expected a number &amp; more than &lt;0&gt;</message></error>\n", out)
	out, _, exit = answer(t, "tick", "nonsense", "--validate-arguments")
	require.Equal(t, 1, exit)
	require.Contains(t, out, "<error><message>cannot read the item on the standard input: ")
	out, stderr, exit = answer(t, "panic", items("5"), "--validate-arguments")
	require.Equal(t, 1, exit)
	id := regexp.MustCompile(`internal error ([0-9a-z]+) in the input`).FindStringSubmatch(out)
	require.NotNil(t, id, out)
	require.Contains(t, stderr, "ERROR id="+id[1]+" panic: in validation\n")
	require.Contains(t, stderr, "modinput.explode")
	out, _, _ = answer(t, "leak", items("5"), "--validate-arguments")
	require.Equal(t, "<error><message>the key is ***</message></error>\n", out)
}

func TestRunToTheEnd(t *testing.T) {
	out, stderr, exit := answer(t, "tick", string(oneStanza("tick", "", "count", "3").AppendXML(nil)))
	require.Equal(t, []any{"", 0}, []any{stderr, exit})
	events := readAll(t, out)
	require.Len(t, events, 3)
	require.Equal(t, "tick 2 <&>", string(events[2].Raw))
	require.Equal(t, "h&<", events[2].Host)
	out, stderr, exit = answer(t, "tick", "<input><configuration/></input>")
	require.Equal(t, []any{"", "", 0}, []any{out, stderr, exit}, "no stanza: quiet")
}

func TestRunWithoutConfiguration(t *testing.T) {
	out, stderr, exit := answer(t, "tick", "")
	require.Equal(t, []any{"", "ERROR cannot read the configuration on the standard input: it is empty: expected <input>\n", 1}, []any{out, stderr, exit})
	cmd := command("tick")
	cmd.Stdin = nil // the null device
	require.Error(t, cmd.Run())
}

func TestRunIsToldToEnd(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		s := startInput(t, "loop", oneStanza("loop", ""))
		first := s.up(t)
		require.NoError(t, s.cmd.Process.Signal(signal))
		out, exit := s.gone(t, first)
		require.Zero(t, exit, s.stderr.String())
		require.Empty(t, s.stderr.String())
		require.Equal(t, "<stream>\n<event><data>up</data></event>\n<event><data>down: the program was asked to end</data></event>\n</stream>\n", out)
	}
}

func TestRunThatDoesNotListenEnds(t *testing.T) {
	s := startInput(t, "deaf", oneStanza("deaf", ""))
	first := s.up(t)
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	out, exit := s.gone(t, first)
	require.Equal(t, 1, exit)
	require.True(t, strings.HasSuffix(out, "</stream>\n"), out)
	require.Contains(t, s.stderr.String(), "ERROR the input did not end when it was told to")
}

func TestRunEndsThoughNobodyReads(t *testing.T) {
	s := startInput(t, "flood", oneStanza("flood", ""))
	s.up(t)
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	at := clock.Real{}.Now()
	_ = s.cmd.Wait() // the pipe is full and stays so
	require.Less(t, clock.Real{}.Now().Sub(at), drainBound)
}

func TestRunEndsWhenTheReaderIsGone(t *testing.T) {
	s := startInput(t, "flood", oneStanza("flood", ""))
	s.up(t)
	require.NoError(t, s.out.Close())
	at := clock.Real{}.Now()
	require.NoError(t, s.cmd.Wait(), s.stderr.String())
	require.Less(t, clock.Real{}.Now().Sub(at), drainBound)
	require.Empty(t, s.stderr.String())
}

func TestOrphanEnds(t *testing.T) {
	// The shell is the parent; it is killed, and the pipe stays open.
	cmd := exec.Command("/bin/sh", "-c", `"$0" & echo $! >&2; wait`, os.Args[0])
	cmd.Env = program("loop").Env
	in, out, err := os.Pipe()
	require.NoError(t, err)
	_, err = out.Write(oneStanza("loop", "").AppendXML(nil))
	require.NoError(t, err)
	cmd.Args[2] = `"$0" <&3 & echo $! >&2; wait`
	cmd.ExtraFiles = []*os.File{in}
	events, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	r := bufio.NewReader(events)
	for range 2 {
		_, err = r.ReadString('\n')
		require.NoError(t, err)
	}
	require.NoError(t, cmd.Process.Kill())
	at := clock.Real{}.Now()
	rest, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Less(t, clock.Real{}.Now().Sub(at), drainBound)
	require.Equal(t, "<event><data>down: the parent process is gone</data></event>\n</stream>\n", string(rest))
	_ = cmd.Wait() // it was killed
	require.NoError(t, out.Close())
	require.NoError(t, in.Close())
}

func TestRunPanics(t *testing.T) {
	out, stderr, exit := answer(t, "panic", string(oneStanza("panic", "").AppendXML(nil)))
	require.Equal(t, 1, exit)
	require.Equal(t, "<stream>\n<event><data>before</data></event>\n</stream>\n", out)
	require.Regexp(t, `^ERROR id=[0-9a-z]+ panic: in the run\nERROR goroutine `, stderr)
	require.Regexp(t, `ERROR internal error [0-9a-z]+ in the input: its stack is in splunkd.log`, stderr)
	for line := range strings.Lines(stderr) {
		require.True(t, strings.HasPrefix(line, "ERROR "), line)
	}
}

func TestRunNeverTellsTheKey(t *testing.T) {
	out, stderr, exit := answer(t, "leak", string(oneStanza("leak", "").AppendXML(nil)))
	require.Zero(t, exit)
	require.NotContains(t, out+stderr, "topsecret")
	require.Contains(t, stderr, "WARN revealed: ***\nWARN and more\n")
}

// TestKillAndResume kills a run at any moment and starts it again, until all is
// there: nothing is lost, and each kill repeats a pipe's worth at most.
func TestKillAndResume(t *testing.T) {
	const total, size = 20_000, 200
	random := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	seen := make([]int, total)
	kills := 0
	for done := false; !done; {
		s := startInput(t, "count", oneStanza("count", dir, "count", fmt.Sprint(total)))
		after := random.IntN(2500)
		r := NewReader(s.out)
		repeated := 0
		for n := 0; ; n++ {
			e, err := r.Next()
			if err != nil {
				break
			}
			var i int
			_, err = fmt.Sscanf(string(e.Raw), "%d ", &i)
			require.NoError(t, err)
			require.Len(t, e.Raw, size-1)
			if seen[i]++; seen[i] > 1 {
				repeated++
			}
			if n == after {
				require.NoError(t, s.cmd.Process.Kill())
				kills++
			}
		}
		require.LessOrEqual(t, repeated*size, pipeSize, "after kill %d", kills)
		done = s.cmd.Wait() == nil
	}
	for i, n := range seen {
		require.Positive(t, n, "event %d is lost", i)
	}
	require.Greater(t, kills, 3)
	s := startInput(t, "count", oneStanza("count", dir, "count", fmt.Sprint(total)))
	out, exit := s.gone(t, "")
	require.Equal(t, []any{"<stream>\n</stream>\n", 0}, []any{out, exit}, "all had settled")
}

func TestAFileTakesAll(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	cmd := command("count")
	cmd.Stdin, cmd.Stdout = bytes.NewReader(oneStanza("count", t.TempDir(), "count", "10").AppendXML(nil)), out
	at := clock.Real{}.Now()
	require.NoError(t, cmd.Run())
	require.Less(t, clock.Real{}.Now().Sub(at), drainBound, "nobody waits for a file")
	require.NoError(t, out.Close())
}

func TestStdinMayStayOpen(t *testing.T) {
	s := startInput(t, "tick", oneStanza("tick", "", "count", "2"))
	out, exit := s.gone(t, "")
	require.Zero(t, exit)
	require.Len(t, readAll(t, out), 2)
}
