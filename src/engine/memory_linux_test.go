package engine

import (
	"bytes"
	"os"
	"strconv"
	"testing"
)

// forgetPeak begins the peak anew.
func forgetPeak(tb testing.TB) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600); err != nil {
		tb.Logf("cannot begin the peak of memory anew: %v", err)
	}
}

// peakMemory is the most memory that this process had resident since forgetPeak
// (VmHWM).
func peakMemory(tb testing.TB) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Logf("cannot read the peak memory: %v", err)
		return 0
	}
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kib, err := strconv.ParseInt(string(bytes.Fields(rest)[0]), 10, 64)
			if err == nil {
				return kib << 10
			}
		}
	}
	return 0
}
