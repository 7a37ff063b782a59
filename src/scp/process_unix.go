//go:build unix

package scp

import (
	"os"
	"os/exec"
	"syscall"
)

// OwnGroup makes the program the first of a group of processes, all of which are
// killed with it: it may be a script that starts another program. On Windows the program alone is killed.
func OwnGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
			return os.ErrProcessDone
		}
		return nil
	}
}
