package scp

import "os/exec"

// OwnGroup does nothing: the program alone is killed.
func OwnGroup(*exec.Cmd) {}
