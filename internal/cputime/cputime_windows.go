// Package cputime says how much the processors have worked for this process.
package cputime

import (
	"syscall"
	"time"
)

// Process returns the time that the processors have spent on this process; 0 if it is not known.
func Process() time.Duration {
	var begun, ended, kernel, user syscall.Filetime
	self, err := syscall.GetCurrentProcess()
	if err != nil || syscall.GetProcessTimes(self, &begun, &ended, &kernel, &user) != nil {
		return 0
	}
	ticks := func(t syscall.Filetime) int64 { return int64(t.HighDateTime)<<32 | int64(t.LowDateTime) } // of 100 ns
	return time.Duration(100 * (ticks(kernel) + ticks(user)))
}

// Children is not known: Windows does not add up what ended processes have used.
func Children() time.Duration { return 0 }
