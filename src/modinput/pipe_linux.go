package modinput

import (
	"os"
	"syscall"
	"unsafe"
)

// Requests that package syscall does not name.
const (
	setPipeSize = 1031   // F_SETPIPE_SZ
	getPipeSize = 1032   // F_GETPIPE_SZ
	fionRead    = 0x541B // FIONREAD
	pollOut     = 4      // POLLOUT
)

// watchPipe asks the system what a pipe's reader has not taken, and gives a pipe
// that holds more than is common the common size.
func watchPipe(f *os.File) watched {
	w := watched{holds: pipeSize}
	control, err := f.SyscallConn()
	if err != nil {
		return w
	}
	_ = control.Control(func(fd uintptr) {
		if size := fcntl(fd, getPipeSize, 0); size > pipeSize {
			fcntl(fd, setPipeSize, pipeSize)
			w.holds = max(pipeSize, fcntl(fd, getPipeSize, 0))
		}
	})
	w.unread = func() (int64, bool) {
		var left int32
		var errno syscall.Errno
		err := control.Control(func(fd uintptr) {
			_, _, errno = syscall.Syscall(syscall.SYS_IOCTL, fd, fionRead, uintptr(unsafe.Pointer(&left)))
		})
		return int64(left), err == nil && errno == 0
	}
	w.room = func() bool {
		var errno syscall.Errno
		p := struct {
			fd              int32
			events, happens int16
		}{events: pollOut}
		err := control.Control(func(fd uintptr) {
			p.fd = int32(fd)
			_, _, errno = syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&p)), 1, 0, 0, 0, 0)
		})
		return err == nil && (errno == syscall.EINTR || errno == 0 && p.happens == pollOut)
	}
	return w
}

// fcntl asks something of an open file; the answer is negative when it is refused.
func fcntl(fd, request, argument uintptr) int64 {
	n, _, errno := syscall.Syscall(syscall.SYS_FCNTL, fd, request, argument)
	if errno != 0 {
		return -1
	}
	return int64(n)
}
