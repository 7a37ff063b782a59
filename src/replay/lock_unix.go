//go:build unix

package replay

import (
	"os"
	"syscall"
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
		return nil, inUse(path, err)
	}
	return f, nil
}
