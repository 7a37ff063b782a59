//go:build !linux

package modinput

import "os"

// watchPipe finds out nothing.
func watchPipe(*os.File) watched { return watched{holds: pipeSize} }
