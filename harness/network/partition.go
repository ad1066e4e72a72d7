package network

import (
	"fmt"
	"time"
)

// A Link names one direction between two nodes: what Dest hears from Src.
type Link struct {
	Dest, Src string
}

// Cut makes every message that crosses one of links get lost, in addition to the links that
// are cut already. Messages under way are not safe: they are lost if the link is still
// cut when they are due. Only links between two different nodes can be cut; if there is
// another one among them, Cut returns an error and cuts nothing.
func (n *Network) Cut(now time.Duration, links []Link) error {
	cut := make([]*link, len(links))
	for i, name := range links {
		src, dest := n.parties[name.Src], n.parties[name.Dest]
		if src == nil || dest == nil || src == dest || src.role != Node || dest.role != Node {
			return fmt.Errorf("network: cannot cut the link from %q to %q: they are not two nodes", name.Src, name.Dest)
		}
		cut[i] = n.link(src, dest)
	}
	if len(n.cut) == 0 {
		n.cutSince = now
	}
	for _, l := range cut {
		if !l.cut {
			l.cut = true
			n.cut = append(n.cut, l)
		}
	}
	return nil
}

// Heal mends every link.
func (n *Network) Heal(now time.Duration) {
	n.cutTime = n.CutTime(now)
	for _, l := range n.cut {
		l.cut = false
	}
	n.cut = nil
}

// CutTime returns how long at least one link was cut, up to now.
func (n *Network) CutTime(now time.Duration) time.Duration {
	if len(n.cut) == 0 {
		return n.cutTime
	}
	return n.cutTime + now - n.cutSince
}

// Dropped returns how many messages were lost to cut links.
func (n *Network) Dropped() int { return n.dropped }
