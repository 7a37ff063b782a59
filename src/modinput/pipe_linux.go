package modinput

import (
	"os"
	"syscall"
	"unsafe"
)

// Requests that package syscall does not name.
const (
	setPipeSize = 1031   // F_SETPIPE_SZ
	fionRead    = 0x541B // FIONREAD
)

// watchPipe makes a pipe hold no more than a buffer: then what the reader has not
// taken, and what is being written, are a common pipe's worth together, and what
// lies a buffer behind was taken without asking. Where that is refused all is as
// it was.
func (m *marks) watchPipe(f *os.File) {
	control, err := f.SyscallConn()
	if err != nil {
		return
	}
	_ = control.Control(func(fd uintptr) {
		if size, _, errno := syscall.Syscall(syscall.SYS_FCNTL, fd, setPipeSize, bufferSize); errno == 0 {
			m.holds = int64(size)
		}
	})
	m.unread = func() (int64, bool) {
		var left int32
		var errno syscall.Errno
		err := control.Control(func(fd uintptr) {
			_, _, errno = syscall.Syscall(syscall.SYS_IOCTL, fd, fionRead, uintptr(unsafe.Pointer(&left)))
		})
		return int64(left), err == nil && errno == 0
	}
}
