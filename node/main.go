package node

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Main runs n as a process: until stdin is closed, or SIGTERM, SIGINT or SIGHUP (its terminal is closed) asks it to
// shut down, and then returns; on an error it prints that to stderr and exits with status 1. A second
// signal ends the process at once. A SIGHUP that the process was started to ignore, as nohup does, stays ignored.
func Main(n *Node) {
	// A write to a closed stdout must come back as an error, not kill the process.
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		<-signals
		signal.Stop(signals)
		n.Shutdown()
	}()
	if err := n.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
