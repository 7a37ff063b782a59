//go:build unix

package modinput

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup makes the program the first of a group of processes, which are told
// to end and killed together: an input may be a script that starts another
// program.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endGroup asks a group to end.
func endGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGTERM) } // one that is gone has ended

// killGroup kills a group.
func killGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
