// Package cli is the command line of glomers. Main carries it out, with workloads and faults of one's own if there are any: such a program
// has all commands, and its help, flags, checks and reports know what was added. examples/extension is one.
package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"glomers/harness/nemesis"
	"glomers/harness/workload"
)

// An Extension adds something to the command line: see Workload and Fault.
type Extension func(c *cli) error

// Workload adds a workload.
func Workload(k workload.Kind) Extension {
	return func(c *cli) error {
		if slices.Contains(c.kinds.Names(), k.Name) {
			return fmt.Errorf("there are two workloads %q", k.Name)
		}
		c.kinds = append(c.kinds, k)
		return k.Validate()
	}
}

// Fault adds a fault.
func Fault(k nemesis.Kind) Extension {
	return func(c *cli) error {
		if slices.Contains(c.faults.Names(), k.Name) {
			return fmt.Errorf("there are two faults %q", k.Name)
		}
		c.faults = append(c.faults, k)
		return k.Validate()
	}
}

// Main carries out the command line of this process, and ends the process. The extensions are values that are passed on, not a registry:
// what a command knows depends on this call alone.
func Main(extensions ...Extension) {
	keepDescriptors()
	name := "glomers"
	if len(extensions) > 0 {
		name = filepath.Base(os.Args[0])
	}
	stopping := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		stopping = append(stopping, syscall.SIGHUP) // the terminal was closed
	}
	ctx, stop := signal.NotifyContext(context.Background(), stopping...)
	context.AfterFunc(ctx, stop) // so that a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, append(extensions, called(name))...))
}

// called says what the program is called.
func called(name string) Extension {
	return func(c *cli) error {
		c.name = name
		return nil
	}
}
