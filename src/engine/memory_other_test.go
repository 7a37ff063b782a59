//go:build !linux

package engine

import "testing"

// forgetPeak does nothing here.
func forgetPeak(testing.TB) {}

// peakMemory is not known here.
func peakMemory(testing.TB) int64 { return 0 }
