package scp

import (
	"errors"
	"syscall"
)

// widen does nothing: only Linux lets a pipe be given more room.
func widen(...any) {}

// quietPipe does nothing: there are no signals.
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
