//go:build !linux

package modinput

import "io"

// narrow does nothing: only Linux lets a pipe be given another size.
func narrow(io.Writer) {}

// widen does nothing.
func widen(io.Writer) {}

// unread does not know.
func unread(io.Writer) (int64, bool) { return 0, false }
