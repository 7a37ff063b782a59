package diag

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFault(t *testing.T) {
	run := func() (err error) {
		defer func() { err = NewFault(recover()) }()
		panic("no such thing")
	}
	var f *Fault
	require.True(t, errors.As(run(), &f))
	require.EqualError(t, f, "a fault of the program: no such thing")
	require.Contains(t, string(f.Stack), "TestFault")
}
