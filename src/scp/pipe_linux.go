package scp

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// pipeSize is the capacity that a pipe is given: one that holds 16 times what a
// pipe holds by default wakes its two ends 16 times less often.
const pipeSize = 1 << 20

// setPipeSize is Linux' F_SETPIPE_SZ.
const setPipeSize = 1031

// widen gives pipes more room. Where that is refused, or a stream is no pipe,
// nothing changes.
func widen(streams ...any) {
	for _, s := range streams {
		f, ok := s.(*os.File)
		if !ok {
			continue
		}
		if c, err := f.SyscallConn(); err == nil {
			_ = c.Control(func(fd uintptr) {
				_, _, _ = syscall.Syscall(syscall.SYS_FCNTL, fd, setPipeSize, pipeSize)
			})
		}
	}
}

// quietPipe makes a write to a closed pipe an error, where it would be a signal
// that ends the program before it tidied up.
func quietPipe() { signal.Ignore(syscall.SIGPIPE) }

// brokenPipe tells that the reader of a pipe is gone.
func brokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
