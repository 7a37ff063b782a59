package replay

import (
	"errors"
	"os"
	"syscall"
)

// lock keeps a run to one process: nobody else opens the file while it is open.
func lock(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	const sharingViolation = syscall.Errno(32)
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case errors.Is(err, sharingViolation):
		return nil, inUse(path, err)
	case err != nil:
		return nil, cannotWrite(path, err)
	}
	return os.NewFile(uintptr(h), path), nil
}
