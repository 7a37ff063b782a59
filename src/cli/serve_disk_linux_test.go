package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestServersDiskIsFull fills the file system of a server's home: requests are
// answered "busy" while it is full, and taken again when there is room; what was
// taken is there.
func TestServersDiskIsFull(t *testing.T) {
	home := t.TempDir()
	if err := syscall.Mount("small", home, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("no small file system can be mounted (%v): a server's full disk is not tested", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(home, syscall.MNT_DETACH) }) // it ends with the test
	s := startServer(t, append([]string{"--home", home}, anywhere...)...)
	sender := asker{http.DefaultClient, "Splunk " + output(t, nil, "serve", "token", "add", "x", "--home", home)}
	taken := 0
	send := func() int {
		status, body := sender.do(t, "POST", s.HEC+"/services/collector/event", fmt.Sprintf(`{"event":"n=%d %s"}`, taken, strings.Repeat("x", 100_000)))
		switch status {
		case http.StatusOK:
			taken++
		default:
			require.Equal(t, http.StatusServiceUnavailable, status, body)
			require.Equal(t, `{"text":"Server is busy","code":9}`, body)
		}
		return status
	}
	require.Equal(t, 200, send())
	fill := filepath.Join(home, "fill")
	f, err := os.Create(fill)
	require.NoError(t, err)
	for chunk := make([]byte, 64<<10); err == nil; {
		_, err = f.Write(chunk)
	}
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NoError(t, f.Close())
	for send() == http.StatusOK {
	} // what room there was in a page
	require.Equal(t, http.StatusServiceUnavailable, send())
	admin := s.admin(t, home)
	status, body := admin.do(t, "POST", s.API+"/services/receivers/simple", strings.Repeat("x", 100_000))
	require.Equal(t, http.StatusServiceUnavailable, status, body)
	status, body = admin.do(t, "POST", s.API+"/servicesNS/nobody/splunk_httpinput/data/inputs/http", "name="+strings.Repeat("n", 90))
	require.Contains(t, []int{http.StatusCreated, http.StatusInternalServerError}, status, body)
	require.NoError(t, os.Remove(fill))
	require.Equal(t, 200, send())
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.cmd.Wait(), s.errors)
	require.Equal(t, fmt.Sprintf(`{"count":"%d","distinct":"%d"}`, taken, taken),
		output(t, nil, "search", "--format", "json", "--data", filepath.Join(home, "index"), `index=main n=* | stats count dc(n) as distinct`))
}

// TestAServersHomeCannotBeWritten has a home that is read only, or no folder: it is
// said what is wrong, soon.
func TestAServersHomeCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	homes := map[string]string{file: "not a directory"}
	fixed := filepath.Join(dir, "fixed")
	require.NoError(t, os.Mkdir(fixed, 0o700))
	if err := syscall.Mount("fixed", fixed, "tmpfs", syscall.MS_RDONLY, ""); err == nil {
		t.Cleanup(func() { _ = syscall.Unmount(fixed, syscall.MNT_DETACH) }) // it ends with the test
		homes[fixed] = "read-only file system"
	}
	for home, fault := range homes {
		var stderr bytes.Buffer
		cmd := program(t, nil, append([]string{"serve", "--home", home}, anywhere...)...)
		cmd.Stderr = &stderr
		require.Error(t, cmd.Run())
		require.Equal(t, ExitEnvironment, cmd.ProcessState.ExitCode(), stderr.String())
		require.Contains(t, stderr.String(), fault)
	}
}
