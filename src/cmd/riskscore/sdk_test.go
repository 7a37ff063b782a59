package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/scp"
	"riskreplay/testdata/scp/stream"
)

// measured is the use of the command that is compared and measured; sdkArguments
// say the same to the command of splunk-sdk-python.
const (
	measuredMessage = `message="Suspicious $process_name$ spawned by $parent_process_name$ on $dest$ by $user$: $process$"`
	measured        = `impact=80 confidence=70 ` + measuredMessage + ` FOR dest AS system`
	sdkArguments    = `impact=80 confidence=70 ` + measuredMessage + ` risk_object_field=dest risk_object_type=system`
)

// talk is a raw conversation with a program, a request and then its reply.
type talk struct {
	t   testing.TB
	in  io.WriteCloser
	out *bufio.Reader
	cmd *exec.Cmd
}

func newTalk(t testing.TB, cmd *exec.Cmd, getinfo string) *talk {
	t.Helper()
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Env = append(environment(), "PYTHONDONTWRITEBYTECODE=1")
	require.NoError(t, cmd.Start())
	k := &talk{t: t, in: in, out: bufio.NewReaderSize(out, 1<<20), cmd: cmd}
	k.request(getinfo, nil)
	return k
}

// request sends a chunk and gives the body of its reply.
func (k *talk) request(metadata string, body []byte) []byte {
	require.NoError(k.t, stream.Frame(k.in, metadata, body))
	var meta, length int
	_, err := fmt.Fscanf(k.out, "chunked 1.0,%d,%d\n", &meta, &length)
	require.NoError(k.t, err)
	all := make([]byte, meta+length)
	_, err = io.ReadFull(k.out, all)
	require.NoError(k.t, err)
	require.NotContains(k.t, string(all[:meta]), `"error"`)
	return all[meta:]
}

func (k *talk) close() {
	require.NoError(k.t, k.in.Close())
	require.NoError(k.t, k.cmd.Wait())
}

// sdk gives the command of splunk-sdk-python, or skips: $PYTHON, else python3,
// must have the package splunk-sdk of PyPI.
func sdk(t testing.TB) *exec.Cmd {
	t.Helper()
	python := os.Getenv("PYTHON")
	if python == "" {
		python = "python3"
	}
	if out, err := exec.Command(python, "-c", "import splunklib.searchcommands").CombinedOutput(); err != nil {
		t.Skipf("NOT COMPARED with splunk-sdk-python: %s cannot import it (pip install splunk-sdk, or set PYTHON): %v %s", python, err, lastLine(out))
	}
	return exec.Command(python, "../../../testdata/scp/sdk/riskscore_sdk.py")
}

func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return lines[len(lines)-1]
}

func getinfo(arguments string) string {
	_, raw := scp.SplitArguments(arguments)
	return stream.Getinfo("riskscore", raw)
}

// TestSameAsTheSDK compares the fields that both commands write, and all fields
// of the input, row by row.
func TestSameAsTheSDK(t *testing.T) {
	theirs := newTalk(t, sdk(t), getinfo(sdkArguments))
	ours := newTalk(t, exec.Command(program), getinfo(measured))
	rows := stream.New(7)
	for _, n := range []int{1, 3000, 500} {
		body := rows.AppendChunk(nil, n)
		want, err := scp.ParseCSV(theirs.request(stream.Execute(false), body))
		require.NoError(t, err)
		got, err := scp.ParseCSV(ours.request(stream.Execute(false), body))
		require.NoError(t, err)
		require.Equal(t, n, want.Rows)
		require.Equal(t, n, got.Rows)
		for _, field := range append([]string{"risk_object", "risk_object_type", "risk_score", "risk_message"}, stream.Fields...) {
			require.Equal(t, want.Column(field), got.Column(field), field)
		}
	}
	theirs.close()
	ours.close()
}

// BenchmarkSDK is BenchmarkLockStep for the command of splunk-sdk-python.
func BenchmarkSDK(b *testing.B) {
	const rows = 50000
	body := stream.New(1).AppendChunk(nil, rows)
	k := newTalk(b, sdk(b), getinfo(sdkArguments))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		k.request(stream.Execute(false), body)
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	k.close()
}

// BenchmarkCopy is a program that only copies what it reads, in lock step: what
// no command can be faster than.
func BenchmarkCopy(b *testing.B) {
	if _, err := exec.LookPath("cat"); err != nil {
		b.Skip("there is no cat to measure")
	}
	const rows = 50000
	body := stream.New(1).AppendChunk(nil, rows)
	request := bytes.NewBuffer(nil)
	require.NoError(b, stream.Frame(request, stream.Execute(false), body))
	k := newTalk(b, exec.Command("cat"), stream.Execute(false))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		done := make(chan error, 1)
		go func() {
			_, err := k.in.Write(request.Bytes())
			done <- err
		}()
		_, err := io.CopyN(io.Discard, k.out, int64(request.Len()))
		require.NoError(b, err)
		require.NoError(b, <-done)
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	k.close()
}
