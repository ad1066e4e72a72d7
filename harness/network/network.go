// Package network is the simulated network: latencies, cut links, statistics.
//
// It keeps no time of its own. Its owner says what time it is with every call,
// so the same code runs in real and in virtual time, and one seed with one
// sequence of calls gives one sequence of results.
package network

import (
	"encoding/json"
	"fmt"
	"time"
)

// A Role says how the network treats a party: clients and services are
// never cut off, and messages to or from a client have no latency.
type Role int

// The roles.
const (
	Node Role = iota
	Client
	Service
)

// A Message is what travels.
type Message struct {
	ID   int64  `json:"id"` // 0, 1, 2, … in the order of sending
	Src  string `json:"src"`
	Dest string `json:"dest"`
	// Writer is who really sent the message; "" if that is Src. A node may pass a client's request on as the client's.
	Writer string          `json:"writer,omitempty"`
	Body   json.RawMessage `json:"body"`
}

// An Event is a line of the journal. Each message has one Sent event and, when it has got
// there or been lost, one other; a message that a fault has duplicated may have two.
type Event struct {
	Time time.Duration `json:"time"` // since the start of the run, in ns
	Kind string        `json:"event"`
	Message
}

// The kinds of events.
const (
	Sent     = "send"
	Received = "recv"
	Dropped  = "drop" // its link was cut when it was due (if Blocking, taken), or a fault lost it
	Gone     = "gone" // its receiver had been removed when it was due

	// Full is no event of a message: the journal of the run was full at that time, and ends here. ID is that of the first message
	// whose event is missing, Src and Dest are empty, and the Body has the limit in bytes.
	Full = "full"
)

// A Config says how a network behaves. The zero value is a network without
// latency.
type Config struct {
	Latency time.Duration // mean, of messages that no client sends or receives
	Dist    Dist          // around that mean; "" means Constant
	Seed    uint64        // of the latencies

	// Blocking makes each party take in one message at a time, as in the reference harness; see receiver.
	Blocking bool

	// Journal, if not nil, is called with every event, in order. It must not
	// change the Body. Its first error ends the journal; see Network.Err.
	Journal func(Event) error
}

// A Network carries messages between parties. Delivery is unordered: each message
// has a latency of its own.
//
// A Network is not safe for concurrent use: one goroutine owns it. The times
// passed to its methods must not decrease.
type Network struct {
	cfg     Config
	err     error // the journal's first
	nextID  int64
	parties map[string]*party
	queue   queue // messages under way; if Blocking, one for each receiver that sleeps
	waiting int   // messages that wait for their receivers
	bytes   int   // of the bodies of all of these

	clientLinks int // links from or to a client

	impaired []*link       // Invariant: exactly the links that have layers
	cuts     int           // links that are cut
	cutTime  time.Duration // how long cuts was above 0 before cutSince
	cutSince time.Duration // when cuts last may have changed
	dropped  int
	copied   int

	clients, servers Counts // Messages is filled in by Stats
}

// A party is somebody who can send and receive.
type party struct {
	id    string
	index int // in the order of Add; breaks ties between messages due at the same time
	role  Role
	gone  bool
	load  Load             // of the messages between servers
	out   map[string]*link // by destination, made at first use
	receiver
}

// New returns a network that nobody is part of yet.
func New(cfg Config) *Network {
	return &Network{cfg: cfg, parties: make(map[string]*party)}
}

// Add makes id reachable, or reachable again after Remove. A party keeps the role
// it was first given.
func (n *Network) Add(id string, role Role) {
	if p := n.parties[id]; p != nil {
		p.gone = false
		return
	}
	n.parties[id] = &party{id: id, index: len(n.parties), role: role, out: make(map[string]*link)}
}

// Remove makes id unreachable: a client that gave up. Messages to it can still be
// sent, and count as sent, but nobody receives them. That is not an error of
// their sender, who cannot know. Removing who is not there does nothing.
func (n *Network) Remove(id string) {
	if p := n.parties[id]; p != nil {
		p.gone = true
	}
}

// Send takes body on its way from src to dest and returns the message with its
// id. The network keeps body until the message is delivered. The error is an
// *UnknownSrcError or an *UnknownDestError if there never was a src or a dest; nothing is sent then.
func (n *Network) Send(now time.Duration, src, dest string, body json.RawMessage) (Message, error) {
	return n.SendAs(now, src, src, dest, body)
}

// SendAs sends what writer wrote in the name of src. The message takes the link from src to dest, with its latency and its
// faults, and counts as one of src's.
func (n *Network) SendAs(now time.Duration, writer, src, dest string, body json.RawMessage) (Message, error) {
	l, err := n.lookup(writer, src, dest)
	if err != nil {
		return Message{}, err
	}
	took, lost, copied := l.impair(l.latency(n.cfg))
	e := envelope{due: now + took, link: l, id: n.nextID, lost: lost, body: body}
	if writer != src {
		e.writer = n.parties[writer]
	}
	n.nextID++
	n.countSent(l, len(body))
	m := e.message()
	n.record(now, Sent, m)
	n.dispatch(now, e)
	if copied {
		n.copied++
		c := e
		took, c.lost, _ = l.impair(l.latency(n.cfg))
		c.due = now + took
		n.dispatch(now, c)
	}
	return m, nil
}

// dispatch takes e on its way.
func (n *Network) dispatch(now time.Duration, e envelope) {
	n.bytes += len(e.body)
	if n.cfg.Blocking {
		n.arrive(now, e)
	} else {
		n.queue.push(e)
	}
}

// NextDue returns the time at which the next message is due, and false if none is
// under way. That message may turn out to be lost, so Deliver need not
// return one then.
func (n *Network) NextDue() (time.Duration, bool) {
	if len(n.queue) == 0 {
		return 0, false
	}
	return n.queue[0].due, true
}

// Deliver returns the next message that is due at or before now, and when it was
// due; ok is false if there is none. Messages come in the order of their due times,
// then of the senders and of the receivers (as they were added), then of sending.
// Those that cross a cut link, or whose receiver has been removed, are lost here:
// what counts is the state at delivery, not at sending. If Blocking, the links count when a receiver takes the message.
func (n *Network) Deliver(now time.Duration) (m Message, due time.Duration, ok bool) {
	for len(n.queue) > 0 && n.queue[0].due <= now {
		e := n.queue.pop()
		n.bytes -= len(e.body)
		m = e.message()
		switch {
		case !n.cfg.Blocking && (e.link.cut || e.lost): // a receiver has looked before it slept
			n.drop(now, e)
		case e.link.dest.gone:
			n.record(now, Gone, m)
		default:
			ok = true
			n.counts(e.link).Received++
			n.record(now, Received, m)
		}
		if n.cfg.Blocking {
			n.wake(now, &e.link.dest.receiver)
		}
		if ok {
			return m, e.due, true
		}
	}
	return Message{}, 0, false
}

// InFlight returns how many messages are under way, in constant time.
func (n *Network) InFlight() int { return len(n.queue) + n.waiting }

// BytesInFlight returns the size of their bodies, copies included, in constant time.
func (n *Network) BytesInFlight() int { return n.bytes }

// ClientLinks returns how many pairs of parties have written to each other of which one is a client. Where each client talks to a node or two
// there are few; a node that writes in the names of others can make one for every two parties.
func (n *Network) ClientLinks() int { return n.clientLinks }

// Err returns the first error of Config.Journal. The network goes on without a
// journal after it.
func (n *Network) Err() error { return n.err }

// Dropped returns how many messages were lost to cut links and other faults.
func (n *Network) Dropped() int { return n.dropped }

// Duplicated returns how many messages faults have copied.
func (n *Network) Duplicated() int { return n.copied }

func (n *Network) record(now time.Duration, kind string, m Message) {
	if n.cfg.Journal == nil || n.err != nil {
		return
	}
	if err := n.cfg.Journal(Event{Time: now, Kind: kind, Message: m}); err != nil {
		n.err = fmt.Errorf("network: journal: %w", err)
	}
}
