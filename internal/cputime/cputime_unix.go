//go:build unix

// Package cputime says how much the processors have worked for this process.
package cputime

import (
	"syscall"
	"time"
)

// Process returns the time that the processors have spent on this process; 0 if it is not known.
func Process() time.Duration { return used(syscall.RUSAGE_SELF) }

// Children returns the time that the processors have spent on the processes which this one has started, and which have ended; 0 if it is
// not known.
func Children() time.Duration { return used(syscall.RUSAGE_CHILDREN) }

func used(who int) time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(who, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
