//go:build unix

// Package cputime says how much the processors have worked for this process.
package cputime

import (
	"syscall"
	"time"
)

// Process returns the time that the processors have spent on this process; 0 if it is not known.
func Process() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
