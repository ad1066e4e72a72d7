package network

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"glomers/harness/choice"
)

// A link is the one-way connection from one party to another.
type link struct {
	src, dest *party
	client    bool          // one of the two is a client
	layers    []layer       // the impairments, in the order in which they were added
	cut       bool          // Invariant: true exactly if at least one layer cuts the link
	choices   choices       // of the messages of this link only
	latest    time.Duration // when the last message would have arrived without impairments, if there is a Hop
}

// lookup returns the link from src to dest. The writer of the message, which must exist, only appears in the error.
func (n *Network) lookup(writer, src, dest string) (*link, error) {
	from := n.parties[src]
	if from == nil {
		return nil, &UnknownSrcError{Writer: writer, Src: src, others: n.others()}
	}
	if l := from.out[dest]; l != nil {
		return l, nil
	}
	to := n.parties[dest]
	if to == nil {
		return nil, &UnknownDestError{Src: from.id, Dest: dest, others: n.others()}
	}
	return n.link(from, to), nil
}

// link returns the link between two parties, and makes it at first use.
func (n *Network) link(from, to *party) *link {
	if l := from.out[to.id]; l != nil {
		return l
	}
	l := &link{
		src:     from,
		dest:    to,
		client:  from.role == Client || to.role == Client,
		choices: newChoices(n.cfg.Gate.Stream(from.id + "\x00" + to.id)),
	}
	from.out[to.id] = l
	if l.client {
		n.clientLinks++
	}
	return l
}

// choices are the decisions about the messages of a link. They do not depend on other parties or their messages.
type choices struct {
	latency, hop    choice.Stream // how long a message takes
	spike, delay    choice.Stream // whether it takes longer, and by how much
	loss, duplicate choice.Stream
}

func newChoices(s choice.Stream) choices {
	return choices{
		latency: s.Kind("latency"), hop: s.Kind("hop"),
		spike: s.Kind("spike"), delay: s.Kind("delay"),
		loss: s.Kind("loss"), duplicate: s.Kind("duplicate"),
	}
}

// latency draws the time that a message takes which is sent now. With a Hop, messages of a link that would keep their order without it do
// so with it.
func (l *link) latency(cfg Config, now time.Duration) time.Duration {
	var took time.Duration
	if !l.client {
		took = cfg.Dist.draw(cfg.Latency, l.choices.latency)
	}
	if cfg.Hop == 0 {
		return took
	}
	took += l.choices.hop.Exponential(cfg.Hop)
	if cfg.Dist == Constant || l.client {
		l.latest = max(l.latest, now+took)
		took = l.latest - now
	}
	return took
}

// An UnknownDestError reports a message to a party that never existed.
type UnknownDestError struct {
	Src, Dest string
	others
}

// Error lists at most ten of the parties that exist.
func (e *UnknownDestError) Error() string {
	return fmt.Sprintf("network: %s sent to %q, which does not exist: %v", e.Src, e.Dest, e.others)
}

// An UnknownSrcError reports a message in the name of a party that never existed.
type UnknownSrcError struct {
	Writer, Src string
	others
}

// Error lists at most ten of the parties that exist.
func (e *UnknownSrcError) Error() string {
	return fmt.Sprintf("network: %s sent as %q, which does not exist: %v", e.Writer, e.Src, e.others)
}

// others are the parties that exist.
type others struct {
	Known   []string // the nodes and services, in the order of Add
	Clients int      // the number of clients
}

func (n *Network) others() others {
	var o others
	var known []*party
	for _, p := range n.parties {
		switch {
		case p.role != Client:
			known = append(known, p)
		case !p.gone:
			o.Clients++
		}
	}
	slices.SortFunc(known, func(a, b *party) int { return a.index - b.index })
	for _, p := range known {
		o.Known = append(o.Known, p.id)
	}
	return o
}

func (o others) String() string {
	const limit = 10
	var b strings.Builder
	b.WriteString("there are ")
	b.WriteString(strings.Join(o.Known[:min(limit, len(o.Known))], ", "))
	if more := len(o.Known) - limit; more > 0 {
		fmt.Fprintf(&b, ", … (%d more)", more)
	}
	fmt.Fprintf(&b, " and %d clients", o.Clients)
	return b.String()
}
