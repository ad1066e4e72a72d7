//go:build unix

package readme

import (
	"os/exec"
	"syscall"
)

// inGroup has the command run in a process group, all of which is killed when the command's context ends.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
