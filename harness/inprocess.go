package harness

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"glomers/internal/control"
	"glomers/node"
)

// inProcess is the Program of nodes in this process.
type inProcess struct{ register func(*node.Node) }

func (*inProcess) Describe() ProgramInfo {
	return ProgramInfo{Kind: "in-process", Skews: true, Disks: true}
}

func (p *inProcess) Start(port *Port) (Process, error) {
	mem := node.NewMem(port.Line)
	n := node.New(node.Options{
		Transport: mem,
		Seed:      port.seed,
		Disk:      port.drive.begin(port),
		Logger:    slog.New(slog.NewTextHandler(port.log, nil)),
	})
	if !port.gate.Plain() {
		control.Random(n, func(source rand.Source, purpose string) rand.Source { return port.gate.Around(source, purpose) })
	}
	p.register(n)
	port.book.listen(port, n)
	local := &localProcess{node: n, mem: mem, gone: make(chan struct{})}
	go func() {
		defer close(local.gone)
		err := n.Run()
		if local.killed.Load() {
			return
		}
		reason := "ended during the run"
		if err != nil {
			reason = fmt.Sprintf("%s: %v", reason, err)
		}
		port.fail(&NodeError{Kind: NodeEnded, Reason: reason})
	}()
	return local, nil
}

// A localProcess is a running node of an inProcess.
type localProcess struct {
	node   *node.Node
	mem    *node.Mem
	killed atomic.Bool
	thaw   func()        // ends the pause; nil unless the node is paused
	gone   chan struct{} // Start's goroutine closes it when the node's Run has returned
}

// Deliver implements Process. The queue of a node in memory is not measured.
func (l *localProcess) Deliver(line []byte) int {
	l.mem.Deliver(line[:len(line)-1])
	return 0
}

func (l *localProcess) Pause() error {
	l.thaw = control.Pause(l.node)
	return nil
}

// Resume does nothing to a process that was started after the pause began.
func (l *localProcess) Resume() error {
	if l.thaw != nil {
		l.thaw()
		l.thaw = nil
	}
	return nil
}

// Skew sets the node's wall clock ahead of the true time.
func (l *localProcess) Skew(ahead time.Duration) { control.Skew(l.node, ahead) }

func (l *localProcess) Kill() {
	l.killed.Store(true)
	l.mem.CloseInput()
	_ = l.Resume() // a paused node could not end
}

// patience is the time that a killed node in memory has to handle the delivered messages. Then it is asked to stop, and its Run
// returns within a few seconds.
const patience = time.Second

func (l *localProcess) Wait() {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-l.gone:
	case <-timer.C:
		l.node.Shutdown()
		<-l.gone
	}
}
