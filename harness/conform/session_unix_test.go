//go:build unix

package conform

import "syscall"

// ownSession has a process lead a session, outside the process group of its parent.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
