package harness

import (
	"os"
	"syscall"
	"unsafe"
)

// unread returns the number of bytes in a pipe that have not been read; 0 if it is unknown.
func unread(pipe *os.File) int {
	conn, err := pipe.SyscallConn()
	if err != nil {
		return 0
	}
	var n int32
	err = conn.Control(func(fd uintptr) {
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TIOCINQ, uintptr(unsafe.Pointer(&n)))
	})
	if err != nil {
		return 0
	}
	return int(n)
}
