// Package cli is the command line of glomers. Main runs it, optionally with workloads and faults of your own. A program with
// such extensions has all the commands of glomers, and its help, flags, checks and reports include the additions. See
// examples/extension.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"glomers/harness"
	"glomers/harness/nemesis"
	"glomers/harness/workload"
)

// An Extension adds a workload or a fault to the command line: see Workload and Fault.
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

// Elsewhere makes the commands test and challenge carry out their tests with run, in place of harness.Run. They have the flags, too.
func Elsewhere(flags *pflag.FlagSet, run func(context.Context, harness.Test) (harness.Result, error)) Extension {
	return func(c *cli) error {
		c.flags, c.runTest = flags, run
		return nil
	}
}

// Main runs the command line of this process and ends the process. Extensions are passed as arguments; there is no global
// registry, so the commands know only the extensions of this call.
func Main(extensions ...Extension) {
	keepDescriptors()
	name := "glomers"
	if len(extensions) > 0 {
		name = filepath.Base(os.Args[0])
	}
	stopping := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // nohup has it ignored
		stopping = append(stopping, syscall.SIGHUP) // the terminal was closed
	}
	ctx, stop := signal.NotifyContext(context.Background(), stopping...)
	context.AfterFunc(ctx, stop) // a second Ctrl-C then ends the program at once
	os.Exit(Run(ctx, os.Args[1:], os.Stdout, os.Stderr, append(extensions, Called(name))...))
}

// Command returns the commands of the command line with the extensions, as a description from which man pages and completions
// are made. It is not for execution: what the commands print is discarded, and they do not set an exit status.
func Command(extensions ...Extension) (*cobra.Command, error) {
	c := &cli{name: "glomers", stdout: io.Discard, stderr: io.Discard, screen: io.Discard, kinds: workload.All(), faults: nemesis.All()}
	c.log = newLog(io.Discard, false)
	if err := c.extend(extensions); err != nil {
		return nil, err
	}
	root := c.root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root, nil
}

// Called sets the name of the program.
func Called(name string) Extension {
	return func(c *cli) error {
		c.name = name
		return nil
	}
}
