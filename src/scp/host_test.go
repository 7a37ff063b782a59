package scp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/scp"
)

// The test binary is itself the program of every command: it is one when it is
// started with this variable.
const commandVariable = "SCP_TEST_COMMAND"

// aliveVariable names a FIFO that programs hold open while they live.
const aliveVariable = "SCP_TEST_ALIVE"

func TestMain(m *testing.M) {
	if name := os.Getenv(commandVariable); name != "" {
		os.Exit(program(name))
	}
	os.Exit(m.Run())
}

// program is a command, or something that is none.
func program(name string) int {
	if path := os.Getenv(aliveVariable); path != "" {
		alive, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return 8
		}
		defer alive.Close()
		if _, err := alive.Write([]byte{1}); err != nil {
			return 8
		}
	}
	switch name {
	case "hang": // answers getinfo, and nothing after it
		answer(`{"type":"streaming"}`, "")
		wait()
	case "deaf": // never reads
		wait()
	case "child": // starts another that holds on to the streams
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), commandVariable+"=deaf")
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return 9
		}
	case "exit3":
		fmt.Fprintln(os.Stderr, "out of luck")
		return 3
	case "quits": // leaves after getinfo
		answer(`{"type":"streaming"}`, "")
	case "print":
		fmt.Println("hello")
	case "eventing":
		answer(`{"type":"eventing"}`, "")
	case "early": // answers before it has read the rows
		answer(`{"type":"streaming"}`, "")
		answer(`{"finished":true}`, "x\n"+strings.Repeat("0123456789\n", 1<<17))
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "backwards":
		answer(`{"type":"streaming","required_fields":["n"]}`, "")
		answer(`{"finished":true}`, "n,_chunked_idx\n1,1\n2,0\n")
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "broken":
		answer(`{"type":"streaming"}`, "")
		answer(`{"finished":true}`, "a,b\n1\n")
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "others": // as other implementations write it
		answer(`{"type":"reporting","error":"","streaming_preop":"","inspector":{"messages":[["warn","careful"],["bad"]],"metric.x":[0.5,1,2,3],"metric.y":"z"}}`, "")
		answer(`{"finished":true}`, "average\r\n51.4\r\n")
	default:
		c := commands[name]
		return scp.Main(c, time.Now)
	}
	return 0
}

// wait lasts until somebody kills the program.
func wait() {
	r, w, err := os.Pipe()
	if err == nil {
		_, _ = io.Copy(io.Discard, r)
		_ = w.Close()
	}
}

func answer(metadata, body string) {
	fmt.Fprintf(os.Stdout, "chunked 1.0,%d,%d\n%s%s", len(metadata), len(body), metadata, body)
}

func start(t *testing.T, ctx context.Context, name, arguments string, env ...string) (*scp.Conn, error) {
	t.Helper()
	info := &scp.Info{Command: name, SID: "1.1", SessionKey: "abc", MaxRows: 50000, Search: "search x | " + name}
	info.Args, info.RawArgs = scp.SplitArguments(arguments)
	self, err := os.Executable()
	require.NoError(t, err)
	c, err := scp.Start(ctx, self, nil, info, scp.HostOptions{Env: append(append(os.Environ(), commandVariable+"="+name), env...), Grace: 30 * time.Second})
	if err == nil {
		t.Cleanup(c.Close)
	}
	return c, err
}

func TestHost(t *testing.T) {
	c, err := start(t, t.Context(), "shout", "field=user")
	require.NoError(t, err)
	require.Equal(t, scp.KindStreaming, c.Kind())
	require.False(t, c.Generating())
	require.Equal(t, []string{"user"}, c.RequiredFields())
	for i := range 3 {
		r, err := c.Execute(t.Context(), table([]string{"user", "n"}, []string{"alice", "1"}, []string{"b|c", "2|3"}), i == 2)
		require.NoError(t, err)
		require.Equal(t, *table([]string{"user", "n", "loud"}, []string{"alice", "1", "ALICE"}, []string{"b|c", "2|3", "B\nC"}), r.Rows)
		require.Equal(t, i == 2, r.Finished)
	}
	r, err := c.Execute(t.Context(), table([]string{"user"}, []string{"late"}), true)
	require.NoError(t, err)
	require.True(t, r.Finished, "nothing is sent to a command that is done")
	c.Close()
	require.Empty(t, c.Stderr())
}

func TestHostOfLargeChunks(t *testing.T) {
	rows := numbered(50000)
	for _, name := range []string{"double", "total"} {
		c, err := start(t, t.Context(), name, "")
		require.NoError(t, err)
		for range 2 {
			r, err := c.Execute(t.Context(), rows, false)
			require.NoError(t, err)
			require.Equal(t, rows.Column("text")[49999], r.Rows.Column("text")[r.Rows.Rows-1])
		}
	}
}

func TestHostOfOtherKinds(t *testing.T) {
	c, err := start(t, t.Context(), "count", "")
	require.NoError(t, err)
	require.True(t, c.Generating())
	n := 0
	for finished := false; !finished; {
		r, err := c.Execute(t.Context(), &scp.Table{}, true)
		require.NoError(t, err)
		n, finished = n+r.Rows.Rows, r.Finished
	}
	require.Equal(t, 7, n)

	c, err = start(t, t.Context(), "tally", "")
	require.NoError(t, err)
	r, err := c.Execute(t.Context(), table([]string{"x", "user"}, []string{"1", "a"}, []string{"2", "b|a"}), false)
	require.NoError(t, err)
	require.Zero(t, r.Rows.Rows)
	r, err = c.Execute(t.Context(), &scp.Table{}, true)
	require.NoError(t, err)
	require.Equal(t, *table([]string{"user", "count"}, []string{"a", "2"}, []string{"b", "1"}), r.Rows)

	c, err = start(t, t.Context(), "others", "")
	require.NoError(t, err)
	require.Equal(t, []scp.Note{{Level: scp.LevelWarn, Text: "careful"}}, c.Messages())
	r, err = c.Execute(t.Context(), numbered(2), true)
	require.NoError(t, err)
	require.Equal(t, *table([]string{"average"}, []string{"51.4"}), r.Rows)
}

func TestHostErrors(t *testing.T) {
	rows := numbered(20000)
	for _, c := range []struct{ name, want string }{
		{"exit3", "Error in 'exit3' command: External search command exited unexpectedly with non-zero error code 3.\nstderr: out of luck"},
		{"print", "Error in 'print' command: Invalid message received from external search command during setup, see search.log. (cannot read chunk 1: a chunk does not begin with \"chunked 1.0,\": found \"h\")"},
		{"eventing", "Error in 'eventing' command: Invalid custom search command type: eventing"},
		{"shout", "Error in 'shout' command: Missing field. Use field=<field>."},
		{"quits", "Error in 'quits' command: External search command exited unexpectedly."},
		{"fail", "Error in 'fail' command: no rule is loaded"},
		{"backwards", "Error in 'backwards' command: Invalid '_chunked_idx' from external search process: out of range or out of order."},
		{"broken", "Error in 'broken' command: Invalid message received from external search command during search, see search.log. (cannot read row 1: its number of fields is not the header's: it has 1, the header 2)"},
	} {
		conn, err := start(t, t.Context(), c.name, "")
		if err == nil {
			_, err = conn.Execute(t.Context(), rows, true)
		}
		require.EqualError(t, err, c.want)
		var ce *scp.CommandError
		require.ErrorAs(t, err, &ce)
		if conn != nil {
			_, again := conn.Execute(t.Context(), rows, true)
			require.Equal(t, err, again, "what is broken stays broken")
		}
	}
	_, err := scp.Start(t.Context(), filepath.Join(t.TempDir(), "none"), nil, &scp.Info{}, scp.HostOptions{})
	require.ErrorContains(t, err, "cannot start ")
	require.True(t, errors.Is(err, os.ErrNotExist))
}

func TestAnEarlyReplyHoldsNothingUp(t *testing.T) {
	c, err := start(t, t.Context(), "early", "")
	require.NoError(t, err)
	r, err := c.Execute(t.Context(), numbered(50000), true)
	require.NoError(t, err)
	require.Equal(t, 1<<17, r.Rows.Rows)
}

// TestBrokenStreams ends the streams of a real program in the middle: it leaves
// quietly.
func TestBrokenStreams(t *testing.T) {
	const getinfo = "chunked 1.0,62,0\n" + `{"action":"getinfo","searchinfo":{"raw_args":["field=user"]}} `
	body := "user\n" + strings.Repeat("alice\n", 100000)
	execute := fmt.Sprintf("chunked 1.0,37,%d\n{\"action\":\"execute\",\"finished\":false}%s", len(body), body)
	for name, c := range map[string]struct {
		in        string
		closeOut  bool
		exit      int
		lastReply string
	}{
		"closed stdin at once":       {"", false, 0, ""},
		"closed stdin after getinfo": {getinfo, false, 0, `"required_fields":["user"]`},
		"closed stdin in a chunk":    {getinfo + execute[:1000], false, 1, "the stream ended inside a chunk"},
		"closed stdout":              {getinfo + execute + execute, true, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), commandVariable+"=shout")
			var stderr strings.Builder
			cmd.Stderr = &stderr
			in, err := cmd.StdinPipe()
			require.NoError(t, err)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			if c.closeOut {
				require.NoError(t, out.Close())
			}
			_, _ = io.WriteString(in, c.in) // the program may be gone
			_ = in.Close()
			var got []byte
			if !c.closeOut {
				got, err = io.ReadAll(out)
				require.NoError(t, err)
			}
			_ = cmd.Wait()
			require.Equal(t, c.exit, cmd.ProcessState.ExitCode())
			require.Empty(t, stderr.String(), "no noise")
			list := replies(t, got)
			if c.lastReply != "" {
				require.Contains(t, list[len(list)-1], c.lastReply)
			}
		})
	}
}

func TestNothingButTheProtocolIsOnStdout(t *testing.T) {
	c, err := start(t, t.Context(), "chatty", "")
	require.NoError(t, err)
	r, err := c.Execute(t.Context(), numbered(3), true)
	require.NoError(t, err)
	require.Equal(t, 3, r.Rows.Rows)
	c.Close()
	require.Contains(t, c.Stderr(), "printed by mistake")
}
