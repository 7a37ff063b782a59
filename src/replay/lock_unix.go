//go:build unix

package replay

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"riskreplay/src/diag"
)

// lock keeps a run to one process: two would send everything twice. The lock ends
// with the process.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close() // nothing was written
		return nil, diag.Message{
			Text: "cannot go on with run " + strconv.Quote(filepath.Base(filepath.Dir(path))) + ": another process is at it", Cause: err,
			Hint: "wait for it, or end it",
		}
	}
	return f, nil
}
