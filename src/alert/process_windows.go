package alert

import "os/exec"

// ownGroup does nothing: the program alone is killed.
func ownGroup(*exec.Cmd) {}
