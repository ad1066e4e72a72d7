package explore

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/service"
	"glomers/harness/workload"
	"glomers/internal/control"
)

// A world is one execution: a cluster, its clients, and the messages that are under way. It offers options, and carries one out
// after the other. It is for one goroutine. The same options chosen give the same world.
type world struct {
	*plan
	crew     *crew
	seed     uint64
	workload workload.Workload
	members  []*member
	services []*served
	clients  []*client
	bag      []*message // that are under way
	history  []history.Op

	left      budget
	cut       uint64          // the group of nodes that is cut off from the others; 0 if the network is whole
	healing   turnOf          // of the heal
	finishing bool            // the explored part is over
	elapsed   time.Duration   // for all nodes: in the recovery, and in the explored part if the scope has Clocks
	steps     int             // actions so far
	made      int             // messages so far
	round     int             // of the latest ready option that was chosen
	ended     bool            // the explored part has ended, although nodes could still be killed
	eager     bool            // operations come before messages, in the canonical order
	ordered   bool            // the order of options is a part of the state: a search depends on it
	print     footprint       // of what goes on
	touched   footprint       // by the latest action
	idled     bool            // the latest action has changed nothing; see Scope.Lazy
	done      uint64          // sum of the ids of the operations that have completed
	ops       uint64          // sum of what happened to the operations
	err       error           // the scope or a node cannot be explored
	decide    func(n int) int // asks for a decision in the course of an action; nil outside the explored part
	asked     int             // the number of these in the current action
	circle    string          // how the nodes go round in circles instead of answering
	broken    string          // the invariant that does not hold, and where
	told      *Step           // the current action, if somebody watches
	at        int             // the number of the decision for the current action
	watch     func(Step)      // called with every action; nil if nobody watches
	log       func(node int, line []byte)
	listen    func(node int, o control.Observation) // called with what nodes say of their properties; nil if nobody listens
	picked    func(stream string, n, k int)         // called with decisions in the course of an action; nil if nobody listens
	goal      *matcher                              // ends the execution; nil if nothing is looked for
	free      bool                                  // there are options that the scope does not allow
	options   []option
}

// A budget is what is left of the faults.
type budget struct{ losses, duplicates, kills, cuts int }

// A turnOf orders the ready options: see next.
type turnOf struct{ round, seq int }

// newWorld starts the nodes and sets the workload up. Messages that follow from that are delivered in order.
func newWorld(p *plan, crew *crew, seed uint64) *world {
	w := &world{plan: p, crew: crew, seed: seed, left: budget{p.Losses, p.Duplicates, p.Kills, p.Cuts}}
	if w.workload, w.err = p.newWorkload(seed); w.err != nil {
		return w
	}
	for i := range p.ids {
		w.members = append(w.members, &member{world: w, index: i, id: p.ids[i]})
	}
	for i, s := range service.All(choice.New(seed, choice.Func(w.shows))) {
		w.services = append(w.services, &served{Service: s, index: p.Nodes + i})
	}
	todo := p.operations(w.workload)
	for i := range p.Clients {
		w.clients = append(w.clients, newClient(w, i, todo[i]))
	}
	return w
}

// prepare initialises the nodes and sets the workload up.
func (w *world) prepare() {
	for _, m := range w.members {
		m.start()
	}
	w.drain()
	for _, m := range w.members {
		if w.err == nil && !m.initialised {
			w.fail(fmt.Errorf("explore: %s does not answer init", m.id))
		}
	}
	for i := range w.members {
		if w.err != nil {
			return
		}
		c := newClient(w, i, nil)
		c.id = fmt.Sprintf("c%d", w.Clients+i)
		w.clients = append(w.clients, c)
		c.run(func() (any, error) { return nil, w.workload.Setup(c) })
		w.drain()
		if c.busy || c.err != nil {
			w.fail(fmt.Errorf("explore: setting up %s: %w", w.members[i].id, cmp.Or(c.err, errors.New("no reply"))))
			return
		}
		w.clients = w.clients[:w.Clients]
	}
	w.runFor(w.Warmup)
	for _, m := range w.bag {
		m.fresh = false
	}
	w.round, w.print = 0, footprint{}
}

// fail ends the execution: it cannot be explored.
func (w *world) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// close ends the nodes and the clients.
func (w *world) close() {
	for _, c := range w.clients {
		c.giveUp()
	}
	for _, m := range w.members {
		m.kill(false)
	}
}

// restLimit is the number of messages, or of timers at one instant, after which nodes are taken for such that never come to rest.
const restLimit = 1000

// drain delivers messages, the oldest first, and lets disks write, until there is nothing left of both.
func (w *world) drain() {
	for n := 0; w.busy() && w.err == nil; n++ {
		switch {
		case n > restLimit:
			w.fail(fmt.Errorf("explore: messages go on and on: %d were delivered without a timer, a request or a fault. Nodes that never come to rest cannot be explored", n))
		case len(w.bag) > 0:
			w.deliver(0)
		default:
			w.writer().sync()
		}
	}
}

// busy reports whether a message or a write is under way.
func (w *world) busy() bool { return len(w.bag) > 0 || w.writer() != nil }

// writer returns the first node whose disk is writing; nil if there is none.
func (w *world) writer() *member {
	for _, m := range w.members {
		if m.disk.writing {
			return m
		}
	}
	return nil
}

// next returns what can happen next. The ready options come first, in the canonical order, which delivers messages in the order
// in which they were sent, then lets operations begin, then timers fire; see turnOf. Faults come last.
func (w *world) next() (all []option, ready int) {
	all = w.options[:0]
	add := func(o option) { all = append(all, o) }
	for i, m := range w.bag {
		if !slices.ContainsFunc(w.bag[:i], m.same) && !w.idle(m) {
			add(option{kind: Deliver, index: i, id: m.id, turn: m.turn, class: messages})
		}
	}
	if w.ended {
		return nil, 0
	}
	down := 0
	for i, m := range w.members {
		if m.up {
			continue
		}
		if down++; !w.Minority {
			add(option{kind: Start, index: i, id: actionID(Start, i), turn: turnOf{m.turn.round, i}, class: starts})
		}
	}
	for i, c := range w.clients {
		if !c.busy && len(c.todo) > 0 && w.members[c.node].accepts() {
			o := option{kind: Begin, index: i, id: actionID(Begin, i, c.begun), turn: turnOf{c.turn.round, c.begun*len(w.clients) + i}, class: begins}
			if w.eager {
				o.class = begunFirst
			}
			add(o)
		}
	}
	if w.cut != 0 {
		add(option{kind: Heal, id: actionID(Heal, 0), turn: w.healing, class: heals})
	}
	for i, m := range w.members {
		if at, ok := m.due(); ok && (w.Ticks == Unlimited || m.ticks < w.Ticks) {
			if w.Clocks != nil {
				at = m.when(at)
			}
			for roll := range max(1, w.Rolls) {
				add(option{kind: Fire, index: i, roll: roll, id: actionID(Fire, i, roll, m.spent()), turn: turnOf{m.turn.round, i*max(1, w.Rolls) + roll}, due: at, class: timers})
			}
		}
	}
	for i, m := range w.members {
		if m.disk.writing {
			add(option{kind: Sync, index: i, id: actionID(Sync, i), turn: m.disk.turn, class: syncs})
		}
	}
	slices.SortFunc(all, option.compare)
	kills := w.left.kills > 0 && !(w.Minority && 2*(down+1) >= len(w.members))
	if len(all) == 0 && kills { // a node may be killed after all else, too
		add(option{kind: End, id: actionID(End, 0)})
	}
	ready = len(all)
	for i, m := range w.bag {
		if !m.fresh || m.service {
			continue
		}
		if w.left.losses > 0 {
			add(option{kind: Lose, index: i, id: actionID(Lose, int(m.id))})
		}
		if w.left.duplicates > 0 {
			add(option{kind: Duplicate, index: i, id: actionID(Duplicate, int(m.id))})
		}
	}
	if ready > 0 && kills {
		for i := range w.members {
			w.killings(i, add)
		}
	}
	if ready > 0 && w.left.cuts > 0 && w.cut == 0 {
		for i := range w.cuts {
			add(option{kind: Cut, index: i, id: actionID(Cut, i)})
		}
	}
	if w.free {
		all = w.beyond(all)
	}
	w.options = all
	return all, ready
}

// killings adds the ways to kill a node that is up: one, or two if a write under way may have reached its disk before.
func (w *world) killings(i int, add func(option)) {
	m := w.members[i]
	if !m.up {
		return
	}
	add(option{kind: Kill, index: i, id: actionID(Kill, i)})
	if m.disk.writing {
		add(option{kind: Kill, index: i, id: actionID(Kill, i, 1), kept: true})
	}
}

// choose carries out option k of those that next has returned. The ready options before it are put off until all others have
// had their turn.
func (w *world) choose(all []option, ready, k int) {
	o := all[k]
	for _, m := range w.bag {
		m.was, m.fresh = m.fresh, false
	}
	if k < ready {
		w.round = o.turn.round
		w.putOff(all[:k])
	}
	w.steps++
	w.asked, w.idled, w.print = 0, false, footprint{node: -1}
	if w.told = nil; w.watch != nil {
		w.told = w.describe(o)
	}
	if w.goal != nil {
		if _, w.goal.reached = w.goal.next(w.steps, w.option(all, k)); w.goal.reached {
			w.broken = "the goal is reached"
		}
	}
	w.act(o)
	w.touched, w.asked = w.print, 0
	if w.broken == "" && w.Invariant != nil && w.err == nil {
		if err := w.Invariant(Cluster{w}); err != nil {
			w.broken = err.Error()
		}
	}
	if w.told != nil {
		w.finishStep()
	}
}

func (w *world) act(o option) {
	switch o.kind {
	case Deliver:
		w.try(o.index)
	case Begin:
		c := w.clients[o.index]
		w.print.node, w.print.invokes = c.node, true
		c.begin()
	case Start:
		w.print.global = true // whether a message of the earlier life is under way matters to awaitInit
		w.members[o.index].start()
	case End:
		w.print.global = true
		w.ended = true
	case Fire:
		w.print.node, w.print.global = o.index, w.Clocks != nil // all clocks go on
		w.members[o.index].fire(o.roll)
	case Sync:
		w.print.node = o.index
		w.members[o.index].sync()
	case Heal:
		w.print.global = true
		w.cut = 0
	case Lose:
		w.print.global = true
		w.left.losses--
		w.restoreFresh()
		w.bag = slices.Delete(w.bag, o.index, o.index+1)
	case Duplicate:
		w.print.global = true
		w.left.duplicates--
		w.restoreFresh()
		m := *w.bag[o.index]
		m.fresh, w.bag[o.index].fresh = false, false
		m.turn.seq = w.made
		w.made++
		w.bag = append(w.bag, &m)
	case Kill:
		w.print.global = true
		w.left.kills--
		m := w.members[o.index]
		m.kill(o.kept)
		m.turn = turnOf{round: w.round}
		for _, c := range w.clients {
			if c.node == o.index {
				c.giveUp()
			}
		}
	case Cut:
		w.print.global = true
		w.left.cuts--
		w.cut, w.healing = w.cuts[o.index], turnOf{round: w.round}
	}
}

// restoreFresh lets more than one of the messages that an action has sent be lost or doubled.
func (w *world) restoreFresh() {
	for _, m := range w.bag {
		m.fresh = m.was
	}
}

// putOff puts ready options off until all others have had their turn.
func (w *world) putOff(skipped []option) {
	for _, o := range skipped {
		turn := &w.healing
		switch o.kind {
		case Deliver:
			turn = &w.bag[o.index].turn
		case Begin:
			turn = &w.clients[o.index].turn
		case Start, Fire:
			turn = &w.members[o.index].turn
		case Sync:
			turn = &w.members[o.index].disk.turn
		}
		turn.round = w.round + 1
	}
}

// mostStates is the number of states of a service from which a decision chooses at most. Where there are more, the seed decides.
const mostStates = 64

// shows makes the choices of services: which of its states a service shows, for example. The newest is the ordinary one.
func (w *world) shows(d choice.Decision) uint64 {
	if d.Kind != choice.Pick || d.Options < 2 || d.Options > mostStates {
		return d.Drawn
	}
	if w.decide == nil {
		return d.Options - 1
	}
	w.asked++
	if !w.finishing { // otherwise the latest action of the explored part is over
		w.touched = w.print
	}
	k := w.decide(int(d.Options))
	asked := w.services[w.print.node-len(w.members)]
	asked.given = mix(asked.given, uint64(k)+1) // the choice may change the service, even if it answers the same
	if w.picked != nil {
		w.picked(d.Stream, int(d.Options), k)
	}
	if k > 0 && w.told != nil {
		w.told.Text += fmt.Sprintf(" (%s: option %d of %d)", d.Stream, k, d.Options)
	}
	return d.Options - 1 - uint64(k)
}

// picks returns the options of a decision in the course of an action.
func (w *world) picks(n int) []option {
	all := make([]option, n)
	for k := range all {
		all[k] = option{kind: Pick, index: k, id: actionID(Pick, w.asked, k)}
	}
	return all
}

// deliver delivers a message, unless the receiver is down or cut off.
func (w *world) deliver(i int) {
	m := w.bag[i]
	w.bag = slices.Delete(w.bag, i, i+1)
	w.print.node = m.to
	if m.to >= len(w.members) {
		w.serve(w.services[m.to-len(w.members)], m)
		return
	}
	to := w.members[m.to]
	if w.arrives(m) {
		to.take(m.line, m.id)
	}
}

// arrives reports whether the receiver of a message would get it.
func (w *world) arrives(m *message) bool {
	return m.to >= len(w.members) || w.members[m.to].up && !w.separated(m)
}

// try delivers a message. It puts a message that has changed nothing back, if the scope is Lazy.
func (w *world) try(i int) {
	m := w.bag[i]
	if !w.Lazy || m.to >= len(w.members) {
		w.deliver(i)
		return
	}
	to := w.members[m.to]
	before, made, ops := to.key(), w.made, w.ops
	w.deliver(i)
	if to.up && to.key() == before && w.made == made && w.ops == ops && !w.separated(m) {
		m.idle, m.idleAt, w.idled = true, before, true
		w.bag = slices.Insert(w.bag, i, m)
		w.restoreFresh()
	}
}

// idle reports whether it is known that the message would change nothing.
func (w *world) idle(m *message) bool { return m.idle && w.members[m.to].key() == m.idleAt }

// separated reports whether the sender and the receiver of a message are cut off from each other.
func (w *world) separated(m *message) bool {
	return w.cut != 0 && !m.service && (w.cut>>m.from^w.cut>>m.to)&1 == 1
}

// A served is a service and what it was given.
type served struct {
	service.Service
	index int // among the receivers: after the nodes
	given uint64
}

func (w *world) serve(s *served, m *message) {
	s.given = mix(s.given, m.id)
	body := s.Handle(m.src, m.body)
	if body == nil {
		return
	}
	w.send(s.index, envelope(s.Name(), m.src, body))
}

func envelope(src, dest string, body json.RawMessage) []byte {
	line := make([]byte, 0, len(body)+64)
	line = append(line, `{"src":"`...)
	line = append(line, src...)
	line = append(line, `","dest":"`...)
	line = append(line, dest...)
	line = append(line, `","body":`...)
	line = append(line, body...)
	return append(line, '}')
}
