package harness

import (
	"fmt"
	"slices"
	"time"

	"glomers/harness/internal/rpc"
	"glomers/harness/network"
	"glomers/harness/service"
	"glomers/internal/wording"
)

// A member is the run's state of a node. After Kill and Restart, it has a new process.
type member struct {
	*Port
	process Process       // nil if it could not be started, or is killed
	starts  int           // the number of times it has been started
	ahead   time.Duration // the error of the wall clock; it outlives the process

	// Messages that arrive too early are held. Before init has been delivered, all other messages are held; before the node has
	// answered init, messages of clients are held. So a node may send requests to services and to other nodes before it answers
	// init. While the node is paused, all messages are held.
	lost     bool // it has found its disk damaged, and stays down
	named    bool // init has been delivered
	ready    bool // the node has answered init
	paused   bool
	held     []network.Message
	weight   int     // size of held in bytes
	requests int     // delivered messages of clients, without init
	init     *client // the client that sends init; nil once init is answered

	stall stall // the longest so far, of all its processes

	attached bool         // it is debugged
	begin    func() error // is called when the node need no longer wait for a debugger; nil if it does not wait
	traced   traced       // what a debugger has done to its process
}

// startNodes puts the nodes and the services on the network and starts the nodes' processes.
func (r *run) startNodes() error {
	r.enter(PhaseSetup, 0)
	r.reportEvery(progressInterval)
	for i, id := range r.test.nodeIDs() {
		r.net.Add(id, network.Node)
		r.index[id] = i
	}
	for _, s := range service.All(r.test.gate.Sub("services")) {
		r.net.Add(s.Name(), network.Service)
		r.services[s.Name()] = s
	}
	if err := r.beginOutside(); err != nil {
		return err
	}
	for i, id := range r.test.nodeIDs() {
		log, err := r.store.NodeLog(id)
		if err != nil {
			return err
		}
		m := &member{Port: &Port{id: id, index: i, run: r.scheduler, guard: &r.guard, place: r.place, book: r.book, drive: newDrive(r.test.gate, id)}}
		m.attached = slices.Contains(r.test.Attach.Nodes, id)
		m.log = &output{log: log, fail: func(err error) {
			r.post(i, failed{fmt.Errorf("harness: log of node %s: %w", id, err)})
		}}
		if onLog := r.test.OnLog; onLog != nil {
			m.log.Seen = func(line []byte) { onLog(id, string(line)) }
		}
		r.nodes = append(r.nodes, m)
		if err := r.start(m); err != nil {
			return err
		}
	}
	r.watchInputs()
	return nil
}

// start starts a process of m. Each process has a separate port, so that the output of one process is never taken for the
// output of the next.
func (r *run) start(m *member) error {
	start := fmt.Sprint("node\x00", m.id, " ", m.starts)
	m.Port = &Port{
		id: m.id, index: m.index, run: r.scheduler, guard: m.guard, place: m.place, book: m.book, drive: m.drive, log: m.log,
		seed: r.test.gate.Stream(start).Uint64(), gate: r.test.gate.Sub(start),
	}
	m.starts++
	m.requests = 0
	p, err := r.test.Program.Start(m.Port)
	if err != nil {
		return fmt.Errorf("harness: start node %s: %w", m.id, err)
	}
	m.process = p
	if m.attached {
		r.watchTracing(m)
	}
	m.setClock()
	return nil
}

// setClock sets the clock of the node if the node is running. If the clock cannot be set, ahead is 0: the plan has made sure of
// that.
func (m *member) setClock() {
	if p, ok := m.process.(Skewer); ok {
		p.Skew(m.ahead)
	}
}

// initNodes sends init to all nodes at the same time, once debuggers are attached, and waits for their answers.
func (r *run) initNodes() error {
	if err := r.awaitDebuggers(); err != nil {
		return err
	}
	for _, m := range r.nodes {
		if err := r.initNode(m); err != nil {
			return err
		}
	}
	allReady := func() bool {
		for _, m := range r.nodes {
			if !m.ready {
				return false
			}
		}
		return true
	}
	if err := r.until(allReady); err != nil {
		return err
	}
	return r.until(func() bool { return true }) // handles the posts that the last answer caused
}

// initNode sends init to m.
func (r *run) initNode(m *member) error {
	body, err := rpc.WithMsgID(map[string]any{"type": "init", "node_id": m.id, "node_ids": r.test.nodeIDs()}, 1)
	if err != nil {
		return fmt.Errorf("harness: init: %w", err)
	}
	c, p := r.newClient(m.id), m.Port
	m.init = c
	c.answer = func(a reply) {
		r.dropClient(c)
		if m.Port != p {
			return // it has been killed in the meantime
		}
		m.init = nil
		if at, found := m.drive.damageIn(a); found {
			r.giveUp(m, at)
			return
		}
		if reason := r.initProblem(m, a); reason != "" {
			m.fail(&NodeError{Kind: NoInit, Reason: reason})
			return
		}
		m.ready = true
		r.deliverHeld(m)
	}
	r.ask(r.now(), c, 1, body, r.test.InitTimeout)
	return nil
}

// initProblem describes what is wrong with a node's answer to init; "" if nothing is wrong.
func (r *run) initProblem(m *member, a reply) string {
	if a.err != nil {
		reason := fmt.Sprintf("did not answer init with init_ok within %v", r.test.InitTimeout)
		ailment := m.ailment()
		switch text, size, _ := m.unfinished(); {
		case ailment != "":
			reason += "; it " + ailment
		case len(a.ignored) > 0:
			reason += fmt.Sprintf("; it sent %s, but %s", a.ignored[0].Example, a.ignored[0].Problem)
		case size > 0:
			reason += fmt.Sprintf("; it has written %d bytes to stdout that no newline ends: %s", size, text)
		case m.messages.Load() == 0:
			reason += "; it has written nothing to stdout: "
			if r.silent { // one node is looked at: the others are as likely the same program
				reason += "does it flush its output after every line?"
			} else {
				r.silent = true
				reason += m.holdsBack(r.test.limits.flush)
			}
		}
		return reason
	}
	if _, err := rpc.Fields(a.body, "init_ok"); err != nil {
		return fmt.Sprintf("did not answer init with init_ok: %v", err)
	}
	return ""
}

// deliverHeld delivers the held messages to the node, each as a separate event. If a node got several messages at once, the
// order in which it handles them and their timers would not be determined.
func (r *run) deliverHeld(m *member) {
	held, p := m.held, m.Port
	r.memory.add(waiting, -m.weight)
	m.held, m.weight = nil, 0
	for _, message := range held {
		r.timers.add(r.now(), func() {
			if m.Port == p {
				r.deliverToNode(m, message)
			}
		})
	}
}

// hold keeps a message for later.
func (r *run) hold(m *member, message network.Message) {
	m.held = append(m.held, message)
	size := len(message.Body) + messageCost
	r.memory.add(waiting, size)
	if m.weight += size; m.weight > r.test.limits.backlog {
		kind, why := NoInit, "has not answered init"
		if m.paused {
			kind, why = Overload, "is paused"
		}
		m.fail(&NodeError{Kind: kind, Reason: fmt.Sprintf("%s: at %.1f s, %s wait, and the harness holds no more than %s for a node; %s",
			why, r.now().Seconds(), wording.Bytes(m.weight), wording.Bytes(r.test.limits.backlog), r.loudest())})
	}
}

// deliverToNode hands an arrived message to a node, or holds it.
func (r *run) deliverToNode(m *member, message network.Message) {
	isInit := m.init != nil && message.Src == m.init.id && message.Writer == ""
	ofClient := message.Writer == "" && r.isClient(message.Src)
	if m.paused || !isInit && (!m.named || !m.ready && ofClient) {
		r.hold(m, message)
		return
	}
	if isInit {
		m.named = true
		r.deliverHeld(m)
	}
	if ofClient && !isInit {
		m.requests++
	}
	text := envelope(message, r.virtualNow())
	if r.active != nil {
		text = append(text, m.askIdle()...)
	}
	if unread := m.process.Deliver(text); unread > r.test.limits.backlog {
		_, since := m.idle()
		why := ""
		if ailment := m.ailment(); ailment != "" {
			why = "; it " + ailment
		}
		m.fail(&NodeError{Kind: Overload, Reason: fmt.Sprintf("does not read its input fast enough: at %.1f s, %s wait, and the harness holds no more than %s for a node; "+
			"it last read anything at %.1f s%s; %s", r.now().Seconds(), wording.Bytes(unread), wording.Bytes(r.test.limits.backlog), since.Seconds(), why, r.loudest())})
	}
}

// isClient reports whether a party is, or was, a client.
func (r *run) isClient(id string) bool {
	_, isNode := r.index[id]
	return !isNode && r.services[id] == nil && id != clockID
}

// A system gives faults access to the network and the nodes of a run.
type system struct{ *run }

// Impair implements nemesis.System, as do the following methods.
func (s system) Impair(now time.Duration, owner string, links []network.Link, im network.Impairment) error {
	if err := s.net.Impair(now, owner, links, im); err != nil || s.test.Network == nil {
		return err
	}
	return s.test.Network.Impair(owner, links, im)
}

func (s system) Mend(now time.Duration, owner string) {
	s.net.Mend(now, owner)
	if s.test.Network == nil {
		return
	}
	if err := s.test.Network.Mend(owner); err != nil {
		s.fail(fmt.Errorf("harness: network: %w", err))
	}
}

func (s system) member(id string) *member { return s.nodes[s.index[id]] }

// Pause, like Resume, does nothing to a node that is down.
func (s system) Pause(id string) error {
	if m := s.member(id); m.process != nil {
		m.paused = true
		if s.active != nil {
			return nil // it is at rest, and gets nothing
		}
		return m.process.Pause()
	}
	return nil
}

func (s system) Resume(id string) error {
	if m := s.member(id); m.process != nil {
		m.paused = false
		var err error
		if s.active == nil {
			err = m.process.Resume()
		}
		s.deliverHeld(m)
		return err
	}
	return nil
}

func (s system) Skew(id string, ahead time.Duration) error {
	m := s.member(id)
	m.ahead = ahead
	m.setClock()
	return nil
}

// Kill kills the node and removes it from the network. Messages to it are lost until Restart. Like Restart, it does nothing to a node that
// stays down.
func (s system) Kill(id string) error {
	m := s.member(id)
	if m.lost {
		return nil
	}
	s.net.Remove(id)
	m.broken.Store(true) // its remaining output is ignored
	m.endRest()
	m.drive.kill()
	m.process.Kill()
	s.killed = append(s.killed, m.process)
	s.memory.add(waiting, -m.weight)
	m.process, m.named, m.ready, m.paused, m.held, m.weight, m.init = nil, false, false, false, nil, 0, nil
	m.begin, m.traced = nil, traced{}
	s.holdOrGo()
	return nil
}

// Restart starts the node again. Clients do not notice a restart: their requests are held until the node's init_ok, as at the
// first start. Messages of nodes and services are held until init.
func (s system) Restart(id string) error {
	m := s.member(id)
	if m.lost {
		return nil
	}
	if err := s.start(m); err != nil {
		return err
	}
	s.net.Add(id, network.Node)
	if m.attached {
		s.awaitDebugger(func() error { return s.initNode(m) }, m)
		return nil
	}
	return s.initNode(m)
}
