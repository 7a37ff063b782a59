//go:build unix && !linux

package scp

import (
	"errors"
	"os/signal"
	"syscall"
)

// widen does nothing: only Linux lets a pipe be given more room.
func widen(...any) {}

// quietPipe makes a write to a closed pipe an error, where it would be a signal
// that ends the program before it tidied up.
func quietPipe() { signal.Ignore(syscall.SIGPIPE) }

// brokenPipe tells that the reader of a pipe is gone.
func brokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
