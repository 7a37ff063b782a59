package modinput

import (
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
)

func sizeOf(t *testing.T, f *os.File) (size int64) {
	t.Helper()
	control, err := f.SyscallConn()
	require.NoError(t, err)
	require.NoError(t, control.Control(func(fd uintptr) { size = fcntl(fd, getPipeSize, 0) }))
	return size
}

// TestPipeIsOfTheCommonSize: a pipe that would hold more, and so repeat more, is
// made smaller.
func TestPipeIsOfTheCommonSize(t *testing.T) {
	in, out, err := os.Pipe()
	require.NoError(t, err)
	defer func() { require.NoError(t, in.Close()) }()
	control, err := out.SyscallConn()
	require.NoError(t, err)
	require.NoError(t, control.Control(func(fd uintptr) { fcntl(fd, setPipeSize, 1<<20) }))
	w := NewWriter(out, clock.Fixed(noon), WriterOptions{Settled: func(uint64) error { return nil }})
	require.LessOrEqual(t, sizeOf(t, out), int64(pipeSize))
	require.Equal(t, int64(pipeSize), w.marks.pipe.holds)
	require.NoError(t, w.Write(raw("x")))
	w.Mark(1)
	require.NoError(t, w.Flush())
	require.Equal(t, int64(len("<stream>\n<event><data>x</data></event>\n")), w.marks.left())
	_, err = in.Read(make([]byte, 9))
	require.NoError(t, err)
	require.Equal(t, int64(len("<event><data>x</data></event>\n")), w.marks.left())
	require.NoError(t, out.Close())
	require.Equal(t, untold, w.marks.left())
}

// TestReaderGone: who waits for a reader is told when it goes.
func TestReaderGone(t *testing.T) {
	in, out, err := os.Pipe()
	require.NoError(t, err)
	defer func() { require.NoError(t, out.Close()) }()
	w := NewWriter(out, clock.Fixed(noon), WriterOptions{Settled: func(uint64) error { return nil }})
	ended := make(chan error, 1)
	go func() {
		var err error
		for n := uint64(1); err == nil; n++ {
			if err = w.Write(raw(strings.Repeat("x", 1000))); err == nil {
				w.Mark(n)
			}
		}
		ended <- err
	}()
	for w.marks.left() < 30<<10 { // then it waits, or is about to
		runtime.Gosched()
	}
	require.NoError(t, in.Close())
	require.ErrorIs(t, <-ended, syscall.EPIPE)
}
