//go:build !linux

package modinput

import "io"

// narrow does nothing: only Linux lets a pipe be given another size.
func narrow(io.Writer) {}

// inPipe does not know.
func inPipe(io.Writer) (int64, bool) { return 0, false }
