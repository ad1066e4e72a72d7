package node

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Main runs n as a process. It returns when stdin has been closed, or when the node has shut down after a SIGTERM, SIGINT or SIGHUP
// (the terminal was closed). It prints an error to stderr and exits with status 1. A second
// signal ends the process at once. A SIGHUP that the process was started to ignore, by nohup for example, stays ignored.
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
