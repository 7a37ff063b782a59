package cli

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/hec"
)

// TestDiskFullWhileSending fills the file system that holds the state while a run
// goes on: nothing is counted that is not written down, and --resume goes on.
func TestDiskFullWhileSending(t *testing.T) {
	u := newUser(t)
	state := filepath.Join(u.dir, "small")
	require.NoError(t, os.Mkdir(state, 0o700))
	if err := syscall.Mount("small", state, "tmpfs", 0, "size=128k"); err != nil {
		t.Skipf("no small file system can be mounted (%v): the disk that fills up is not tested", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(state, syscall.MNT_DETACH) }) // it ends with the test
	fill := filepath.Join(state, "fill")
	var roomy atomic.Bool
	server := newCollector(t, hec.Token{}, onEvents(func(n int64) hec.Fault {
		if n >= 10 && !roomy.Load() {
			// A checkpoint that is being replaced leaves room when it is: fill that too.
			if f, err := os.OpenFile(fill, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err == nil {
				_, _ = f.Write(make([]byte, 1<<20)) // as much as there is room
				_ = f.Close()
			}
		}
		return hec.Fault{}
	}))
	args := []string{"replay", "--resume", "--state", state, "--batch-events", "20", "--to", "hec:" + server.web.URL, "--splunk", server.web.URL, "--search-after", "1ms", u.dataset(2, 1500)}
	code, _, complaint := u.run(args...)
	require.Equal(t, ExitEnvironment, code, complaint)
	require.Contains(t, complaint, "no space left on device")
	require.Contains(t, complaint, "hint: make room, then resume the run: nothing is lost")
	roomy.Store(true)
	server.settle()
	require.NoError(t, os.Remove(fill))
	out := u.ok(args...)
	require.Contains(t, out, "3000 of 3000 events accepted")
	run := strings.TrimSuffix(strings.Fields(out)[1], ":")
	numbers := server.numbers(run)
	require.Len(t, numbers, 3000)
	for n, times := range numbers {
		require.Equal(t, 1, times, n)
	}
}
