package main

import (
	"fmt"
	"os"
	"strings"
)

// peak is the most memory that a running process had, in bytes; 0 where the
// system does not tell. (What wait4 reports counts the memory of the
// process that started it too.)
func peak(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		return 0
	}
	return kilobytes * 1024
}
