package explore

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"glomers/internal/control"
	"glomers/node"
)

// A member is a node of the world.
type member struct {
	world *world
	index int
	id    string

	node        *node.Node // of the latest life; nil if it is a process
	stepper     control.Stepper
	lives       int
	up          bool
	initialised bool
	base        time.Duration // the node's clock, without what has passed for all nodes
	given       uint64        // hash of all that this life was given
	shown       uint64        // hash of the state that it shows, if it is known
	known       bool
	knownAt     time.Duration
	ticks       int    // timers that have fired before the recovery
	turn        turnOf // of its start, and of its timers
	disk        disk   // not of a process

	mu      sync.Mutex
	written [][]byte // by the current step
}

// ReadLine is not called: a stepper has no reader. It implements node.Transport, as do the methods below.
func (m *member) ReadLine() ([]byte, error) { panic("explore: a stepped node reads") }

func (m *member) Ready() bool { return false }

func (m *member) Flush() error { return nil }

func (m *member) WriteLine(line []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.written = append(m.written, slices.Clone(line))
	return nil
}

// start begins a new life of the node, and initialises it.
func (m *member) start() {
	w := m.world
	m.lives++
	if m.lives > 1 {
		m.base += restartTime
	}
	m.begin()
	m.up, m.initialised, m.known = true, false, false
	m.given = mix(mix(mix(uint64(m.index), uint64(m.lives)), uint64(m.now())), m.disk.key())
	line := envelope(initialiser, m.id, fmt.Appendf(nil, `{"type":"init","msg_id":%d,"node_id":%q,"node_ids":%s}`, initID, m.id, w.idList))
	m.take(line, hashBytes(line))
	m.awaitInit()
}

// again returns words for a life that is not the first.
func (m *member) again() string {
	if m.lives == 1 {
		return ""
	}
	return ", started again after a kill,"
}

// restartTime is the time that a restart takes by the node's clock: no process starts faster. So the times of two starts differ.
const restartTime = time.Microsecond

// initTime is the time that a node has to answer init, as in the harness.
const initTime = 5 * time.Second

// awaitInit lets the timers fire that a node waits for before it answers init: clients' requests are held until then. A node that
// waits for a message, or for its disk, is left to wait.
func (m *member) awaitInit() {
	for limit := m.base + initTime; !m.initialised && m.world.err == nil && !m.hasSent() && !m.disk.writing; {
		at, ok := m.due()
		if !ok || at-m.passed() > limit {
			return
		}
		m.goOnTo(at)
	}
}

// hasSent reports whether a message of the node is under way.
func (m *member) hasSent() bool {
	return slices.ContainsFunc(m.world.bag, func(msg *message) bool { return msg.from == m.index })
}

// accepts reports whether clients may begin operations: a node that is down lets them time out.
func (m *member) accepts() bool { return !m.up || m.initialised }

// begin makes the stepper of a new life.
func (m *member) begin() {
	w := m.world
	seed := mix(w.seed, uint64(m.lives)) | 1
	if w.farm != nil {
		m.stepper = w.farm.child(m, mix(seed, uint64(m.index))|1)
		return
	}
	var log slog.Handler = slog.DiscardHandler
	if w.log != nil {
		log = slog.NewTextHandler(logWriter(func(line []byte) { w.log(m.index, line) }), &slog.HandlerOptions{ReplaceAttr: withoutTime})
	}
	m.node = node.New(node.Options{Transport: m, Seed: seed, Logger: slog.New(log), Disk: m.disk.begin(m)})
	m.stepper = control.Step(m.node, m.now(), w.crew.spawn) // before the program, which may ask for the time
	w.Program(m.node)
	w.seen.watch(m)
}

// initialiser is the client that initialises nodes, with requests of the msg_id initID.
const (
	initialiser = "c-init"
	initID      = 1
)

type logWriter func(line []byte)

func (l logWriter) Write(line []byte) (int, error) { l(line); return len(line), nil }

func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey && len(groups) == 0 {
		return slog.Attr{}
	}
	return a
}

// kill ends the life of the node. kept says whether the write under way has reached its disk.
func (m *member) kill(kept bool) {
	if m.up {
		m.up = false
		m.disk.kill(kept)
		m.stepper.End()
	}
}

// now returns the time of the node's clock.
func (m *member) now() time.Duration { return m.base + m.passed() }

// spent returns how many of the node's timers have fired, if it matters.
func (m *member) spent() int {
	if m.world.Ticks == Unlimited {
		return 0
	}
	return m.ticks
}

// roll chooses the node's next random numbers.
func (m *member) roll(n int) {
	m.known = false
	if m.world.Rolls > 0 {
		control.Seed(m.node, mix(m.world.seed, uint64(n)))
	}
}

// take gives the node a line.
func (m *member) take(line []byte, id uint64) {
	m.roll(0)
	m.give(id)
	m.stepper.Take(line, m.now())
	m.atOnce()
}

// due returns the time of the node's earliest timer.
func (m *member) due() (at time.Duration, ok bool) {
	if !m.up {
		return 0, false
	}
	return m.stepper.Due()
}

// fire lets the node's earliest timer fire. The node's clock goes on to its time.
func (m *member) fire(roll int) {
	m.roll(roll)
	at, _ := m.stepper.Due()
	m.given = mix(m.given, uint64(roll))
	m.ticks++
	m.turn.round = m.world.round + 1
	m.goOnTo(at)
}

// goOnTo lets the node's clock go on to the time of a timer.
func (m *member) goOnTo(at time.Duration) {
	m.known = false
	m.setClock(at)
	m.given = mix(m.given, uint64(m.now())<<1|1)
	m.stepper.Fire(m.now())
	m.atOnce()
}

// atOnce lets the timers fire that are due, such as functions given to Go: they are a part of the same action. Then it sends what
// the node has written.
func (m *member) atOnce() {
	for n := 0; ; n++ {
		m.absorb()
		if at, ok := m.due(); !ok || at > m.now() {
			return
		}
		if n == restLimit {
			m.world.fail(fmt.Errorf("explore: timers of %s that are due at once go on and on: %d have fired at %v of its clock", m.id, n, m.now()))
			return
		}
		m.known = false
		m.stepper.Fire(m.now())
	}
}

// absorb sends what the node has written.
func (m *member) absorb() {
	for len(m.written) > 0 {
		lines := m.written
		m.written = nil
		for _, line := range lines {
			m.world.send(m.index, line)
		}
	}
	m.world.settle()
}

// key returns a hash of the state of the node and its disk.
func (m *member) key() uint64 {
	switch {
	case !m.up && m.disk.used: // what the life was given that has ended matters no more
		h := mix(uint64(m.lives), m.disk.key())
		if !m.world.Shown {
			h = mix(h, uint64(m.base)) // the next life begins at this time
		}
		return h
	case !m.world.Shown || !m.up:
		return mix(m.given, m.disk.key())
	}
	if m.known && m.knownAt == m.now() {
		return m.shown
	}
	h := mix(hashBytes(m.shows()), m.disk.key())
	unwritten, err := control.Unwritten(m.node)
	if err != nil {
		m.world.fail(fmt.Errorf("explore: the scope is Shown, but what %s has not written yet is no JSON: %w", m.id, err))
	}
	h = mix(h, hashBytes(unwritten))
	for _, at := range m.stepper.Timers() {
		h = mix(h, uint64(at-m.now()))
	}
	m.shown, m.known, m.knownAt = h, true, m.now()
	return h
}

// shows returns what the node shows; nil if it is down.
func (m *member) shows() json.RawMessage {
	if !m.up {
		return nil
	}
	state, err := control.State(m.node)
	if err == nil && state == nil {
		err = errors.New("it does not call Node.Show")
	}
	if err != nil {
		m.world.fail(fmt.Errorf("explore: the scope is Shown, but %s does not show its state: %w", m.id, err))
	}
	return state
}
