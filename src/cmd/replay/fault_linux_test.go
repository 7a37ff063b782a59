package main

import (
	"io"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// TestDiskFullWhileRunning: from some moment on no file may hold a byte more. The
// run ends with an error that says what to do, and goes on when there is room.
func TestDiskFullWhileRunning(t *testing.T) {
	const total = 8_000
	path := numbered(t, total, 700)
	c := stanza(t.TempDir(), "dataset", path, "dataset_roots", filepath.Dir(path), "time", "now")
	p := start(t, c.AppendXML(nil))
	head := make([]byte, 100_000)
	_, err := io.ReadFull(p.out, head)
	require.NoError(t, err)
	limit := syscall.Rlimit{Cur: 0, Max: 0}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(p.Process.Pid), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	require.Zero(t, errno)
	rest, exit := p.finish(t)
	require.Equal(t, 1, exit)
	require.Contains(t, p.stderr.String(), "file too large")
	a := newArrived(total)
	a.take(t, parse(t, append(head, rest...)))
	require.Less(t, a.next, total)
	a.all(t, c)
}
