package modinput

import (
	"os"
	"os/exec"
)

// ownGroup does nothing: the program alone is killed.
func ownGroup(*exec.Cmd) {}

// endGroup kills the program: there is no signal that asks it to end.
func endGroup(p *os.Process) { _ = p.Kill() } // one that is gone has ended

// killGroup kills the program.
func killGroup(p *os.Process) { _ = p.Kill() }
