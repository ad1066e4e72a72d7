package field

import (
	"bytes"
	"context"
	"sync"
	"time"

	"glomers/deploy/agent"
	"glomers/deploy/wire"
	"glomers/harness"
)

// A process is a node from its start to its end. It is a harness.Process.
type process struct {
	run     *run
	agent   *agent.Remote
	id      string
	harness string // see host.Spec
	port    *harness.Port
	started chan struct{} // closed when the agent has started it, or could not
	gone    chan struct{} // closed when the agent has killed it

	mu      sync.Mutex
	ready   bool           // it has been started
	waiting []wire.Message // what it will get then
}

// begin lets the process get messages.
func (p *process) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready = true
	for _, m := range p.waiting {
		p.send(m)
	}
	p.waiting = nil
}

// send sends a message to the process. If it is lost, it is.
func (p *process) send(m wire.Message) { _ = p.run.wire.Send(m) }

// Deliver implements harness.Process. How much waits is unknown.
func (p *process) Deliver(line []byte) (waiting int) {
	m, err := wire.Parse(bytes.TrimSuffix(line, []byte("\n")))
	if err != nil {
		p.port.Fail("was sent a message that cannot be delivered: it " + err.Error())
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ready {
		p.send(m)
	} else {
		p.waiting = append(p.waiting, m)
	}
	return 0
}

// Pause implements harness.Process, as do the following methods.
func (p *process) Pause() error {
	<-p.started
	return p.agent.Pause(p.run.ctx, p.id)
}

func (p *process) Resume() error {
	<-p.started
	return p.agent.Resume(p.run.ctx, p.id)
}

// Kill kills the node also if the run has been interrupted.
func (p *process) Kill() {
	go func() {
		defer close(p.gone)
		<-p.started
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.run.ctx), 20*time.Second)
		defer cancel()
		_ = p.agent.Kill(ctx, p.id) // fails if the agent is gone, and its nodes with it
		p.run.mu.Lock()
		defer p.run.mu.Unlock()
		delete(p.run.processes, p.harness)
	}()
}

func (p *process) Wait() { <-p.gone }
