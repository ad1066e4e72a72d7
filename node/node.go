package node

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Options configure a Node. The zero value is a node on stdin and stdout.
type Options struct {
	// Transport carries the messages; nil means Stdin and Stdout.
	Transport Transport
	// Seed, together with the node's id, decides what Rand yields. 0 means the value of
	// the environment variable GLOMERS_SEED or, without it, of the clock.
	Seed uint64
	// Logger takes the node's own reports; nil means stderr, from level warn on, or
	// from the level that the environment variable GLOMERS_LOG names.
	Logger *slog.Logger
	// Disk is that of the node's Store, in place of a file; nil means a file, where OpenStore says.
	Disk Disk
	// In and Out, unless they are nil, are called with every message that the node reads, before it is handled, and with every
	// one that it writes, before it is written: for metrics and traces. Several goroutines may call them at the same time. They must
	// return quickly, must not call the node but for ID, and must not keep or change the body.
	In, Out func(m Message)
}

// A Node is a member of a cluster: it handles messages and sends them. Register its handlers, then call
// Main or Run. All methods but those that register may be called concurrently.
type Node struct {
	// Stdin and Stdout carry the messages if Options named no Transport. The fields are read
	// once, by Run or by what sends before it.
	Stdin  io.Reader
	Stdout io.Writer

	transport Transport // to be read through wire, before Run has begun
	wireOnce  sync.Once
	stdio     bool // Options named no transport: the node is a process
	disk      Disk // of Options
	log       *slog.Logger
	seed      uint64
	handlers  map[string]handler // fixed once Run has begun
	onInit    []func(ctx context.Context) error

	turn       turn
	conditions conditions
	clock      clock
	timers     timers
	watch      watch
	gate       gate
	inflight   inflight // handlers, callbacks, timers' functions
	in, out    func(m Message)
	received   atomic.Int64 // lines read
	sent       atomic.Int64 // lines written
	phase      atomic.Int32 // how far the initialisation is
	skew       atomic.Int64 // of Now, in ns

	background context.Context // of timers and of Go: ends when the shutdown begins
	requests   context.Context // of handlers: ends when the shutdown has waited long enough
	cancel     struct{ background, requests context.CancelFunc }

	idle      atomic.Bool // no goroutine reads, or it waits for input: whoever writes must flush
	noReplies atomic.Bool // the input has ended
	stopOnce  sync.Once
	stopped   chan struct{} // closed when the node is to end, after stopErr is set
	stopErr   error

	show      func() any    // returns the state for others to see
	text      func() string // the same in words, of a machine that has them; nil until init
	unwritten func() any    // what the store has not given its disk; nil without a store
	spawn     func(func())  // set if a control.Stepper runs the node: calls a function in another goroutine
	dead      atomic.Bool   // the Stepper has ended the node

	mu        sync.Mutex
	id        string
	ids       []string
	initDone  bool
	ready     []func() // to be called once the node has been initialised
	rng       *rand.Rand
	jitter    *rand.Rand // of retries, which may happen in any goroutine
	sources   struct{ rng, jitter rand.PCG }
	lastMsgID int64
	file      *file           // of the store; nil if there is none
	pending   map[int64]*call // by msg_id
}

// The phases of a node's initialisation.
const (
	nameless  = iota // no init has come: nothing is handled
	named            // id and ids are known, and the functions of OnInit run: messages of other nodes are handled
	initiated        // everything is
)

// New returns a node.
func New(o Options) *Node {
	n := &Node{
		Stdin:     os.Stdin,
		Stdout:    os.Stdout,
		transport: o.Transport,
		stdio:     o.Transport == nil,
		disk:      o.Disk,
		log:       o.Logger,
		in:        o.In,
		out:       o.Out,
		seed:      o.Seed,
		handlers:  make(map[string]handler),
		stopped:   make(chan struct{}),
		pending:   make(map[int64]*call),
	}
	n.turn.gap = n.flushIfIdle
	n.clock.virtual = inVirtualTime() && o.Transport == nil
	n.watch.on = o.Transport == nil && isWatched()
	n.timers.turn, n.timers.clock, n.timers.alarm = &n.turn, &n.clock, n.wakeAt
	n.idle.Store(true) // nobody reads yet
	n.background, n.cancel.background = context.WithCancel(context.Background())
	n.requests, n.cancel.requests = context.WithCancel(context.Background())
	if n.log == nil {
		n.log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: logLevel()}))
	}
	if n.seed == 0 {
		n.seed = defaultSeed()
	}
	n.rng, n.jitter = rand.New(&n.sources.rng), rand.New(&n.sources.jitter)
	n.seedRand("")
	return n
}

// NewNode returns a node on stdin and stdout, as in the official library.
func NewNode() *Node { return New(Options{}) }

// wire returns the transport.
func (n *Node) wire() Transport {
	n.wireOnce.Do(func() {
		if n.transport == nil {
			n.transport = NewStdio(n.Stdin, n.Stdout)
		}
	})
	return n.transport
}

func logLevel() slog.Level {
	level := slog.LevelWarn
	_ = level.UnmarshalText([]byte(os.Getenv("GLOMERS_LOG"))) // what is no level leaves warn
	return level
}

func defaultSeed() uint64 {
	if seed, err := strconv.ParseUint(os.Getenv("GLOMERS_SEED"), 10, 64); err == nil && seed != 0 {
		return seed
	}
	return uint64(time.Now().UnixNano())
}

// seedRand seeds the generators anew, from the seed and the node's id. The caller holds mu, or is New.
func (n *Node) seedRand(id string) {
	hash := fnv.New64a()
	hash.Write([]byte(id))
	h := hash.Sum64()
	n.sources.rng.Seed(n.seed, h) // it is the same generator: a program may have kept it
	n.sources.jitter.Seed(n.seed, h+1)
}

// Init sets the node's id and those of all members, as an init message does. Unit
// tests call it; OnInit's functions are not run.
func (n *Node) Init(id string, nodeIDs []string) {
	n.name(id, nodeIDs)
	n.phase.Store(initiated)
}

// name does so, and lets other nodes' messages in.
func (n *Node) name(id string, nodeIDs []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.id = id
	n.clock.id.Store(&id)
	n.ids = slices.Clone(nodeIDs)
	n.seedRand(id)
	n.phase.Store(named)
}

// ID returns the node's id; "" before the init message.
func (n *Node) ID() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.id
}

// NodeIDs returns the ids of all nodes, this one included, in the same order on every
// node; nil before the init message. The slice is the caller's to keep.
func (n *Node) NodeIDs() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.ids)
}

// Others returns the ids of all nodes but this one, in the order of NodeIDs. The slice is the caller's to keep.
func (n *Node) Others() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(n.ids), func(id string) bool { return id == n.id })
}

// Index returns the node's position in NodeIDs, counted from 0; -1 before the init message. No two nodes have the same.
func (n *Node) Index() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Index(n.ids, n.id)
}

// Logger returns the logger that takes the node's own reports: that of Options, or one that writes to stderr from level warn
// on, or from the level that the environment variable GLOMERS_LOG names.
func (n *Node) Logger() *slog.Logger { return n.log }

// Rand returns the node's random generator, always the same one. It is seeded anew, with the node's id, at
// init. It is not safe for concurrent use: call it with the turn only.
func (n *Node) Rand() *rand.Rand {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.rng
}

// whenReady calls f as soon as the node has been initialised.
func (n *Node) whenReady(f func()) {
	n.mu.Lock()
	if !n.initDone {
		n.ready = append(n.ready, f)
		n.mu.Unlock()
		return
	}
	n.mu.Unlock()
	f()
}

// OnInit makes f part of the node's initialisation: it is called with the turn when the init message has
// come, after ID and NodeIDs are known and before init_ok is sent. An error is
// the reply to init, and the node stays uninitialised. f may wait, for a service or another node. Meanwhile messages of other nodes
// are handled; those of clients are refused until init_ok is sent.
func (n *Node) OnInit(f func(ctx context.Context) error) { n.onInit = append(n.onInit, f) }

// initialise handles the init message.
func (n *Node) initialise(t *task) error {
	var body InitMessageBody
	if err := json.Unmarshal(t.e.body, &body); err != nil {
		return malformed(err)
	}
	if !slices.Contains(body.NodeIDs, body.NodeID) {
		return NewRPCError(MalformedRequest, fmt.Sprintf("node_id %q is not among the node_ids %q", body.NodeID, body.NodeIDs))
	}
	n.mu.Lock()
	done, same := n.initDone, n.id == body.NodeID && slices.Equal(n.ids, body.NodeIDs)
	n.mu.Unlock()
	switch {
	case done && same:
		return nil // a duplicate of the message
	case done:
		return NewRPCError(PreconditionFailed, "already initialised as "+n.ID())
	}
	n.name(body.NodeID, body.NodeIDs)
	n.introduce()
	n.closeGate()
	for _, f := range n.onInit {
		if err := f(t); err != nil {
			return err
		}
	}
	if h := n.handlers["init"].official; h != nil {
		var err error
		n.Blocking(t, func() { err = h(t.e.message()) }) // it holds no turn and may wait for replies
		if err != nil {
			return err
		}
	}
	n.mu.Lock()
	n.initDone = true
	n.phase.Store(initiated)
	ready := n.ready
	n.ready = nil
	n.mu.Unlock()
	for _, f := range ready {
		f()
	}
	return nil
}
