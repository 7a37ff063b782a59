package modinput

import (
	"context"
	"errors"
	"os"
	"syscall"

	"riskreplay/src/clock"
)

// endSignals are those that ask a program to end.
var endSignals = []os.Signal{os.Interrupt, syscall.SIGTERM}

// quietPipe does nothing: there is no such signal.
func quietPipe() {}

// What Windows says when the reader of a pipe is gone.
const (
	errorBrokenPipe = syscall.Errno(109)
	errorNoData     = syscall.Errno(232)
)

// brokenPipe tells that the reader of a pipe is gone.
func brokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, errorBrokenPipe) || errors.Is(err, errorNoData)
}

// awaitOrphan only waits: nobody takes the place of a parent that is gone.
func awaitOrphan(ctx context.Context, _ clock.Clock) bool {
	<-ctx.Done()
	return false
}
