//go:build unix

package modinput

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"riskreplay/src/clock"
)

// endSignals are those that ask a program to end.
var endSignals = []os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP}

// quietPipe makes a write to a closed pipe an error, where it would be a signal
// that ends the program before it tidied up.
func quietPipe() { signal.Ignore(syscall.SIGPIPE) }

// brokenPipe tells that the reader of a pipe is gone.
func brokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }

// awaitOrphan returns true when the parent of this process is gone: another
// process has taken its place. A parent that is a shell may die without a word.
func awaitOrphan(ctx context.Context, c clock.Clock) bool {
	for parent := os.Getppid(); ; {
		if c.SleepUntil(ctx, c.Now().Add(250*time.Millisecond)) != nil {
			return false
		}
		if os.Getppid() != parent {
			return true
		}
	}
}
