package network

import (
	"fmt"
	"slices"
	"time"
)

// A Link names one direction between two nodes: what Dest hears from Src.
type Link struct {
	Dest, Src string
}

// An Impairment describes the faults of a link. The zero value is a link without faults.
type Impairment struct {
	Cut       bool          // nothing arrives; decided when a message is due
	Loss      float64       // probability that a message is lost; decided, like all fields below, when the message is sent
	Duplicate float64       // probability that a message arrives twice; the copy has a separate latency
	Spike     float64       // probability that a message takes longer, so that later messages overtake it
	SpikeMax  time.Duration // the extra time is uniform between 0 and SpikeMax
	Slow      float64       // factor on the latency; 0 means 1
	Delay     time.Duration // added to the latency
}

// A layer is one owner's impairment of a link.
type layer struct {
	owner string
	Impairment
}

// Impair adds an impairment to links, on top of earlier ones by any owner. The impairment lasts until owner calls Mend.
// Only links between two different nodes can be impaired; if links has any other, Impair returns an error and does nothing.
func (n *Network) Impair(now time.Duration, owner string, links []Link, im Impairment) error {
	found := make([]*link, len(links))
	for i, name := range links {
		src, dest := n.parties[name.Src], n.parties[name.Dest]
		if src == nil || dest == nil || src == dest || src.role != Node || dest.role != Node {
			return fmt.Errorf("network: cannot impair the link from %q to %q: they are not two nodes", name.Src, name.Dest)
		}
		found[i] = n.link(src, dest)
	}
	n.cutTime = n.CutTime(now)
	n.cutSince = now
	for _, l := range found {
		if len(l.layers) == 0 {
			n.impaired = append(n.impaired, l)
		}
		l.layers = append(l.layers, layer{owner, im})
		n.setCut(l)
	}
	return nil
}

// Mend removes all impairments by owner.
func (n *Network) Mend(now time.Duration, owner string) {
	n.cutTime = n.CutTime(now)
	n.cutSince = now
	n.impaired = slices.DeleteFunc(n.impaired, func(l *link) bool {
		l.layers = slices.DeleteFunc(l.layers, func(y layer) bool { return y.owner == owner })
		n.setCut(l)
		return len(l.layers) == 0
	})
}

// setCut updates l.cut and the number of cut links.
func (n *Network) setCut(l *link) {
	was := l.cut
	l.cut = slices.ContainsFunc(l.layers, func(y layer) bool { return y.Cut })
	switch {
	case l.cut && !was:
		n.cuts++
	case was && !l.cut:
		n.cuts--
	}
}

// CutTime returns the total time, up to now, during which at least one link was cut.
func (n *Network) CutTime(now time.Duration) time.Duration {
	if n.cuts == 0 {
		return n.cutTime
	}
	return n.cutTime + now - n.cutSince
}

// impair applies the link's impairments to a message with this latency. It returns the time that the message takes, whether
// the message is lost on the way, and whether it is copied.
func (l *link) impair(latency time.Duration) (took time.Duration, lost, copied bool) {
	took = latency
	for _, y := range l.layers {
		if y.Slow > 0 {
			took = time.Duration(float64(took) * y.Slow)
		}
		took += y.Delay
		if y.Spike > 0 && l.choices.spike.Chance(y.Spike) {
			took += l.choices.delay.Uniform(y.SpikeMax)
		}
		lost = y.Loss > 0 && l.choices.loss.Chance(y.Loss) || lost
		copied = y.Duplicate > 0 && l.choices.duplicate.Chance(y.Duplicate) || copied
	}
	return took, lost, copied
}
