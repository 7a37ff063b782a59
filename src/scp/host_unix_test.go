//go:build unix

package scp_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheContextEndsTheProgram also when it does not listen, and with it what it
// started: everybody that lives holds a FIFO open, so that its end is the end of
// all of them.
func TestTheContextEndsTheProgram(t *testing.T) {
	for _, c := range []struct {
		name    string
		started int // processes
	}{{"deaf", 1}, {"child", 2}, {"hang", 1}} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "alive")
			require.NoError(t, syscall.Mkfifo(path, 0o600))
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() {
				alive, err := os.Open(path) // waits for the first process
				if err == nil {
					b := make([]byte, c.started)
					_, err = io.ReadFull(alive, b) // each writes a byte
					cancel()
					if err == nil {
						_, err = io.Copy(io.Discard, alive)
					}
				}
				ended <- err
			}()
			conn, err := start(t, ctx, c.name, "", aliveVariable+"="+path)
			if err == nil {
				_, err = conn.Execute(ctx, numbered(50000), true)
			}
			require.ErrorIs(t, err, context.Canceled)
			require.NoError(t, <-ended)
		})
	}
}
