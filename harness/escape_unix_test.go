//go:build unix

package harness

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"glomers/node"
)

// startSleep starts a sleeping process in a new session, without any of our files.
func startSleep(seconds string) *exec.Cmd {
	cmd := exec.Command("sleep", seconds)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	must(cmd.Start())
	return cmd
}

// escape starts processes that try to outlive this one.
func escape(how, seconds string) {
	self, err := os.Executable()
	must(err)
	again := func(name string) *exec.Cmd {
		cmd := exec.Command(self, asNode, name, seconds)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		must(cmd.Start())
		return cmd
	}
	switch how {
	case "setsid":
		startSleep(seconds)
	case "holds the pipes":
		cmd := exec.Command("sleep", seconds)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		must(cmd.Start())
	case "own group":
		cmd := exec.Command("sleep", seconds)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		must(cmd.Start())
	case "double fork":
		must(again("middle").Wait())
	case "ignores signals": // all that can be ignored
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
		startSleep(seconds)
	case "breeds":
		again("breeder")
	case "chain": // each starts the next and ends; the last one sleeps
		cmd := exec.Command("/bin/sh", "-c", `f() { if [ "$1" = 0 ]; then exec sleep "$2"; fi; (f $(($1 - 1)) "$2") & }; f 900 "$0"`, seconds)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		must(cmd.Start())
	default:
		must(fmt.Errorf("no way to escape is called %q", how))
	}
}

// runUnixNode does as the program called name, if that needs Unix: a program that is a node prepares n.
func runUnixNode(n *node.Node, name string, args []string) {
	switch name {
	case "ail":
		ail()
	case "full-disk":
		runOnFullDisk(args[0], args[1], args[2], args[3])
	case "tamper":
		tamper(n, args[0], args[1], args[2])
	case "escape": // an echo whose children, each of which sleeps for args[1] seconds, are not in its process group
		registerEcho(n)
		escape(args[0], args[1])
	case "middle": // of a double fork
		startSleep(args[0])
		os.Exit(0)
	case "breeder": // starts one process after the other, up to a limit
		for range 300 {
			startSleep(args[0])
		}
		os.Exit(0)
	default:
		must(fmt.Errorf("no program %q", name))
	}
}
