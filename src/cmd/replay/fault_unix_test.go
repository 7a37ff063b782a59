//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// nobody is who has no rights, for tests that root runs.
const nobody = 65534

// startAs starts a command in place of the program.
func startAs(t testing.TB, in []byte, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{Cmd: cmd}
	p.Stdin, p.Stderr = bytes.NewReader(in), &p.stderr
	var err error
	p.out, err = p.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.Start())
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

// unprivileged is the program for somebody whom file modes hold off, with a folder
// of that user's.
func unprivileged(t *testing.T) (cmd *exec.Cmd, dir string) {
	t.Helper()
	cmd, dir = exec.Command(program), t.TempDir()
	if os.Getuid() != 0 {
		return cmd, dir
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	for _, path := range []string{app, filepath.Dir(dir), dir} {
		require.NoError(t, os.Chmod(path, 0o755))
	}
	require.NoError(t, os.Chown(dir, nobody, nobody))
	probe := exec.Command(program, "--scheme")
	probe.SysProcAttr = cmd.SysProcAttr
	if err := probe.Run(); err != nil {
		t.Skipf("NOT TESTED: root's temporary folder is closed to others: %v", err)
	}
	return cmd, dir
}

// readable is a numbered log that everybody may read.
func readable(t *testing.T, n, size int) string {
	t.Helper()
	path := numbered(t, n, size)
	require.NoError(t, os.Chmod(path, 0o644))
	for _, dir := range []string{filepath.Dir(path), filepath.Dir(filepath.Dir(path))} {
		require.NoError(t, os.Chmod(dir, 0o755))
	}
	return path
}

// TestReadOnlyCheckpoints: what cannot be remembered is not sent.
func TestReadOnlyCheckpoints(t *testing.T) {
	path := readable(t, 100, 200)
	cmd, dir := unprivileged(t)
	require.NoError(t, os.Chmod(dir, 0o500))
	c := stanza(dir, "dataset", path, "dataset_roots", filepath.Dir(path))
	p := startAs(t, c.AppendXML(nil), cmd)
	out, exit := p.finish(t)
	require.Equal(t, 1, exit)
	require.Empty(t, parse(t, out))
	require.Contains(t, p.stderr.String(), "ERROR ")
	require.Contains(t, p.stderr.String(), "permission denied")
	require.NoError(t, os.Chmod(dir, 0o700))
	newArrived(100).all(t, c)
}

// TestCheckpointsBecomeReadOnly: a run whose checkpoints can no longer be written
// ends with an error, and goes on when they can.
func TestCheckpointsBecomeReadOnly(t *testing.T) {
	const total = 8_000
	path := readable(t, total, 700)
	cmd, dir := unprivileged(t)
	c := stanza(dir, "dataset", path, "dataset_roots", filepath.Dir(path), "time", "now")
	p := startAs(t, c.AppendXML(nil), cmd)
	head := make([]byte, 100_000)
	_, err := io.ReadFull(p.out, head)
	require.NoError(t, err)
	runs, err := filepath.Glob(filepath.Join(dir, "*", "runs", "*"))
	require.NoError(t, err)
	require.Len(t, runs, 1)
	require.NoError(t, os.Chmod(runs[0], 0o500))
	rest, exit := p.finish(t)
	require.Equal(t, 1, exit)
	require.Contains(t, p.stderr.String(), "cannot write the checkpoint")
	a := newArrived(total)
	a.take(t, parse(t, append(head, rest...)))
	require.Less(t, a.next, total)
	require.NoError(t, os.Chmod(runs[0], 0o700))
	a.all(t, c)
}

// TestFilesMayNotGrow: whichever file cannot be written for want of room, it is an
// error, and with room again nothing is lost.
func TestFilesMayNotGrow(t *testing.T) {
	const total = 500
	path := numbered(t, total, 200)
	failed := 0
	for _, blocks := range []int{0, 1, 2, 3, 4, 8} { // of 512 bytes
		c := stanza(t.TempDir(), "dataset", path, "dataset_roots", filepath.Dir(path), "time", "now")
		p := startAs(t, c.AppendXML(nil), exec.Command("/bin/sh", "-c", fmt.Sprintf(`ulimit -f %d; exec "$0"`, blocks), program))
		out, exit := p.finish(t)
		a := newArrived(total)
		a.take(t, parse(t, out))
		if exit != 0 {
			failed++
			require.Equal(t, 1, exit)
			require.Contains(t, p.stderr.String(), "file too large", "%d blocks", blocks)
		}
		a.all(t, c)
	}
	require.Positive(t, failed)
}

// TestOrphanEnds: the parent is killed while the input waits for the time of its
// next event. It ends by itself, and goes on at the next start.
func TestOrphanEnds(t *testing.T) {
	const total = 500
	path := numbered(t, total, 200)
	dir := t.TempDir()
	c := stanza(dir, "dataset", path, "dataset_roots", filepath.Dir(path), "time", "now", "eps", "5")
	in, write, err := os.Pipe()
	require.NoError(t, err)
	_, err = write.Write(c.AppendXML(nil)) // and left open
	require.NoError(t, err)
	cmd := exec.Command("/bin/sh", "-c", `"$0" <&3 & wait`, program)
	cmd.ExtraFiles = []*os.File{in}
	p := startAs(t, nil, cmd)
	r := bufio.NewReader(p.out)
	var head strings.Builder
	for range 3 {
		line, err := r.ReadString('\n')
		require.NoError(t, err)
		head.WriteString(line)
	}
	require.NoError(t, p.Process.Kill())
	rest, err := io.ReadAll(r) // to its end, which is the input's
	require.NoError(t, err)
	_ = p.Wait() // it was killed
	require.True(t, bytes.HasSuffix(rest, []byte("</stream>\n")))
	require.Contains(t, p.stderr.String(), "goes on at the next start")
	require.NoError(t, write.Close())
	require.NoError(t, in.Close())
	a := newArrived(total)
	a.take(t, parse(t, []byte(head.String()+string(rest))))
	require.Less(t, a.next, total)
	p = start(t, c.AppendXML(nil))
	_, err = io.ReadFull(p.out, make([]byte, 100))
	require.NoError(t, err)
	require.NoError(t, p.Process.Signal(syscall.SIGTERM))
	_, exit := p.finish(t)
	require.Zero(t, exit)
	require.Contains(t, p.stderr.String(), fmt.Sprintf(": resumed, %d of %d events", a.next, total))
}

// TestClosedStreams: a program without a standard input, or a standard error, is
// none that hangs.
func TestClosedStreams(t *testing.T) {
	p := startAs(t, nil, exec.Command("/bin/sh", "-c", `exec "$0" <&-`, program))
	out, exit := p.finish(t)
	require.Equal(t, 1, exit)
	require.Empty(t, string(out))
	require.Contains(t, p.stderr.String(), "it is empty: expected <input>")
	p = startAs(t, stanza(t.TempDir(), "dataset", "samples/T1218.009").AppendXML(nil), exec.Command("/bin/sh", "-c", `exec "$0" 2>&-`, program))
	out, exit = p.finish(t)
	require.Zero(t, exit)
	require.Len(t, parse(t, out), 806)
}

// TestToldToEndAtItsEnd: all was written, and splunkd has yet to take the last of
// it. When it does, the run is finished; when it does not, the program ends all the
// same, and what lay in the pipe is all that comes twice.
func TestToldToEndAtItsEnd(t *testing.T) {
	const total, size = 2_000, 200
	path := numbered(t, total, size)
	for _, read := range []bool{true, false} {
		t.Run(fmt.Sprintf("read=%t", read), func(t *testing.T) {
			c := stanza(t.TempDir(), "dataset", path, "dataset_roots", filepath.Dir(path), "time", "now")
			p := startAs(t, c.AppendXML(nil), exec.Command(program))
			var head []byte
			for !bytes.Contains(head, fmt.Appendf(nil, " %08d ", total-30)) {
				piece := make([]byte, 512)
				n, err := p.out.Read(piece)
				require.NoError(t, err)
				head = append(head, piece[:n]...)
			}
			require.NoError(t, p.Process.Signal(syscall.SIGTERM))
			if !read {
				_, err := p.Process.Wait() // before anything more is read
				require.NoError(t, err)
			}
			rest, err := io.ReadAll(p.out)
			require.NoError(t, err)
			if read {
				require.NoError(t, p.Wait(), p.stderr.String())
			}
			a := newArrived(total)
			a.take(t, parse(t, append(head, rest...)))
			events, _ := once(t, c)
			twice := a.take(t, events)
			require.Equal(t, total, a.next)
			if read {
				require.Zero(t, twice)
			}
			a.all(t, c)
		})
	}
}
