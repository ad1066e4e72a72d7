// Package network simulates a network: latencies, cut links and other faults, and statistics.
//
// A [Network] has no clock: its owner passes the current time to every call. So the same code runs in real and in virtual time,
// and the same decisions and the same sequence of calls give the same results.
package network

import (
	"encoding/json"
	"fmt"
	"time"

	"glomers/harness/choice"
)

// A Role decides how the network treats a party. Clients and services are never cut off, and messages to or from a client have
// no latency.
type Role int

// The roles.
const (
	Node Role = iota
	Client
	Service
)

// A Message is a message that the network carries.
type Message struct {
	ID   int64  `json:"id"` // 0, 1, 2, … in the order of sending
	Src  string `json:"src"`
	Dest string `json:"dest"`
	// Writer is the party that really sent the message; "" if that is Src. A node may forward a client's request under the
	// client's id.
	Writer string          `json:"writer,omitempty"`
	Body   json.RawMessage `json:"body"`
}

// An Event is a line of the journal. Each message has one Sent event, and a second event when it arrives or is lost. A message
// that a fault has duplicated may have a third.
type Event struct {
	Time time.Duration `json:"time"` // since the start of the run, in ns
	Kind string        `json:"event"`
	Message
}

// The kinds of events.
const (
	Sent     = "send"
	Received = "recv"
	Dropped  = "drop" // the link was cut when the message was due (if Blocking: when it was taken), or a fault lost the message
	Gone     = "gone" // the receiver had been removed when the message was due

	// Full does not belong to a message: it says that the journal has reached its size limit and ends here. ID is that of the
	// first message whose event is missing, Src and Dest are empty, and Body holds the limit in bytes.
	Full = "full"
)

// A Config holds the options of a Network. The zero value is a network without latency.
type Config struct {
	Latency time.Duration // mean latency; messages to and from clients have none
	Dist    Dist          // distribution of the latencies; "" means Constant
	Hop     time.Duration // mean time that every message takes besides its latency, distributed exponentially; see link.latency
	Gate    choice.Gate   // decides on the latencies and the impairments

	// Blocking makes each party receive one message at a time, as in the reference harness; see receiver.
	Blocking bool

	// Journal, if not nil, is called with every event, in order. It must not change Body. After its first error it is not
	// called again; see Network.Err.
	Journal func(Event) error
}

// A Network carries messages between parties. Delivery is unordered, because every message has a separate latency.
//
// A Network is not safe for concurrent use: one goroutine owns it. The times passed to its methods must not decrease.
type Network struct {
	cfg     Config
	err     error // the journal's first
	nextID  int64
	parties map[string]*party
	queue   queue // messages under way; if Blocking, one for each sleeping receiver
	waiting int   // if Blocking, the number of messages that wait for their receivers
	bytes   int   // total size of the bodies in queue and in waiting

	clientLinks int // links from or to a client

	impaired []*link       // Invariant: exactly the links that have layers
	cuts     int           // the number of cut links
	cutTime  time.Duration // the total time before cutSince during which cuts was above 0
	cutSince time.Duration // the time of the last call of Impair or Mend
	dropped  int
	copied   int

	clients, servers Counts // Messages is filled in by Stats
}

// A party is a sender and receiver of messages.
type party struct {
	id    string
	index int // in the order of Add; breaks ties between messages due at the same time
	role  Role
	gone  bool
	load  Load             // of the messages between servers
	out   map[string]*link // by destination; a link is made at its first use
	receiver
}

// New returns a network without parties.
func New(cfg Config) *Network {
	return &Network{cfg: cfg, parties: make(map[string]*party)}
}

// Add makes id reachable, or reachable again after Remove. A party keeps the role of its first Add.
func (n *Network) Add(id string, role Role) {
	if p := n.parties[id]; p != nil {
		p.gone = false
		return
	}
	n.parties[id] = &party{id: id, index: len(n.parties), role: role, out: make(map[string]*link)}
}

// Remove makes id unreachable, for example a client that gave up. A message to a removed party is still sent and counted, but
// never received. That is no error, because its sender cannot know of the removal. Removing an unknown id does nothing.
func (n *Network) Remove(id string) {
	if p := n.parties[id]; p != nil {
		p.gone = true
	}
}

// Send sends body from src to dest and returns the message with its id. The network keeps body until the message is delivered.
// If src or dest never existed, Send sends nothing and returns an *UnknownSrcError or an *UnknownDestError.
func (n *Network) Send(now time.Duration, src, dest string, body json.RawMessage) (Message, error) {
	return n.SendAs(now, src, src, dest, body)
}

// SendAs sends a message that writer wrote in the name of src. The message takes the link from src to dest, with that link's
// latency and faults, and counts as a message of src.
func (n *Network) SendAs(now time.Duration, writer, src, dest string, body json.RawMessage) (Message, error) {
	l, err := n.lookup(writer, src, dest)
	if err != nil {
		return Message{}, err
	}
	took, lost, copied := l.impair(l.latency(n.cfg, now))
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
		took, c.lost, _ = l.impair(l.latency(n.cfg, now))
		c.due = now + took
		n.dispatch(now, c)
	}
	return m, nil
}

// dispatch puts e into the network's queue or, if Blocking, into its receiver's.
func (n *Network) dispatch(now time.Duration, e envelope) {
	n.bytes += len(e.body)
	if n.cfg.Blocking {
		n.arrive(now, e)
	} else {
		n.queue.push(e)
	}
}

// NextDue returns the time at which the next message is due, and false if no message is under way. Deliver may still return
// nothing at that time, because the message may turn out to be lost.
func (n *Network) NextDue() (time.Duration, bool) {
	if len(n.queue) == 0 {
		return 0, false
	}
	return n.queue[0].due, true
}

// Deliver returns the next message that is due at or before now, and its due time; ok is false if no message is due. Messages
// are ordered by due time, then by sender and receiver (in the order of Add), then by id.
//
// Deliver drops messages whose link is cut or whose receiver has been removed: the state at delivery counts, not the state at
// sending. If Blocking, the state of the link counts at the time when the receiver takes the message.
func (n *Network) Deliver(now time.Duration) (m Message, due time.Duration, ok bool) {
	for len(n.queue) > 0 && n.queue[0].due <= now {
		e := n.queue.pop()
		n.bytes -= len(e.body)
		m = e.message()
		switch {
		case !n.cfg.Blocking && (e.link.cut || e.lost): // if Blocking, arrive and poll have checked this
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

// InFlight returns the number of messages under way, in constant time.
func (n *Network) InFlight() int { return len(n.queue) + n.waiting }

// BytesInFlight returns the total size of the bodies of messages under way, copies included, in constant time.
func (n *Network) BytesInFlight() int { return n.bytes }

// ClientLinks returns the number of links from or to a client that have been used. There are few as long as each client talks to
// one or two nodes; a node that writes in the names of others can create a link for every two parties.
func (n *Network) ClientLinks() int { return n.clientLinks }

// Err returns the first error of Config.Journal. After that error the network continues without a journal.
func (n *Network) Err() error { return n.err }

// Dropped returns the number of messages lost to cut links and other faults.
func (n *Network) Dropped() int { return n.dropped }

// Duplicated returns the number of messages that faults have copied.
func (n *Network) Duplicated() int { return n.copied }

func (n *Network) record(now time.Duration, kind string, m Message) {
	if n.cfg.Journal == nil || n.err != nil {
		return
	}
	if err := n.cfg.Journal(Event{Time: now, Kind: kind, Message: m}); err != nil {
		n.err = fmt.Errorf("network: journal: %w", err)
	}
}
