//go:build unix

package alert

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup makes the program the first of a group of processes, all of which are
// killed with it: an action may be a script that starts another program.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
			return os.ErrProcessDone
		}
		return nil
	}
}
