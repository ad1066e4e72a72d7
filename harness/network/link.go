package network

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// A link leads from one party to another, one way.
type link struct {
	src, dest *party
	client    bool       // one of the two is a client
	layers    []layer    // what is wrong with it, in the order in which it was done
	cut       bool       // Invariant: one of the layers cuts it
	rng       *rand.Rand // nobody else draws from it
}

// lookup returns the link from src to dest, by name.
func (n *Network) lookup(src, dest string) (*link, error) {
	from := n.parties[src]
	if from == nil {
		return nil, fmt.Errorf("network: there is no %q to send from", src)
	}
	if l := from.out[dest]; l != nil {
		return l, nil
	}
	to := n.parties[dest]
	if to == nil {
		return nil, n.unknownDest(from.id, dest)
	}
	return n.link(from, to), nil
}

// link returns the link between two parties; there is one from the first use on.
func (n *Network) link(from, to *party) *link {
	if l := from.out[to.id]; l != nil {
		return l
	}
	l := &link{
		src:    from,
		dest:   to,
		client: from.role == Client || to.role == Client,
		rng:    rand.New(rand.NewPCG(n.cfg.Seed, linkHash(from.id, to.id))),
	}
	from.out[to.id] = l
	return l
}

// linkHash gives each link a stream of random numbers of its own, whoever else
// there is and whatever they send.
func linkHash(src, dest string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(src + "\x00" + dest)) // never fails
	return h.Sum64()
}

func (l *link) latency(cfg Config) time.Duration {
	if l.client {
		return 0
	}
	return cfg.Dist.draw(cfg.Latency, l.rng)
}

// An UnknownDestError reports a message to somebody who never existed.
type UnknownDestError struct {
	Src, Dest string
	Known     []string // the nodes and services that exist, in the order of Add
	Clients   int      // how many clients there are besides
}

func (n *Network) unknownDest(src, dest string) error {
	e := &UnknownDestError{Src: src, Dest: dest}
	var known []*party
	for _, p := range n.parties {
		switch {
		case p.role != Client:
			known = append(known, p)
		case !p.gone:
			e.Clients++
		}
	}
	slices.SortFunc(known, func(a, b *party) int { return a.index - b.index })
	for _, p := range known {
		e.Known = append(e.Known, p.id)
	}
	return e
}

// Error names at most ten of those who exist.
func (e *UnknownDestError) Error() string {
	const limit = 10
	var b strings.Builder
	fmt.Fprintf(&b, "network: %s sent to %q, which does not exist: there are ", e.Src, e.Dest)
	b.WriteString(strings.Join(e.Known[:min(limit, len(e.Known))], ", "))
	if more := len(e.Known) - limit; more > 0 {
		fmt.Fprintf(&b, ", … (%d more)", more)
	}
	fmt.Fprintf(&b, " and %d clients", e.Clients)
	return b.String()
}
