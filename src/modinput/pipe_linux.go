package modinput

import (
	"io"
	"os"
	"syscall"
	"unsafe"
)

// Requests that package syscall does not name.
const (
	setPipeSize = 1031   // F_SETPIPE_SZ
	fionRead    = 0x541B // FIONREAD
)

// narrow makes a pipe hold no more than a buffer: then what the reader has not
// taken, and what is being written, are a common pipe's worth together. Where
// that is refused, or w is no pipe, nothing changes.
func narrow(w io.Writer) {
	control(w, func(fd uintptr) { _, _, _ = syscall.Syscall(syscall.SYS_FCNTL, fd, setPipeSize, bufferSize) })
}

// inPipe is how many bytes of a pipe its reader has not taken yet.
func inPipe(w io.Writer) (n int64, ok bool) {
	var left int32
	control(w, func(fd uintptr) {
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fd, fionRead, uintptr(unsafe.Pointer(&left)))
		ok = errno == 0
	})
	return int64(left), ok
}

// control runs do on the descriptor of a pipe.
func control(w io.Writer, do func(fd uintptr)) {
	f, isFile := w.(*os.File)
	if !isFile {
		return
	}
	if st, err := f.Stat(); err != nil || st.Mode()&os.ModeNamedPipe == 0 {
		return
	}
	if c, err := f.SyscallConn(); err == nil {
		_ = c.Control(do)
	}
}
