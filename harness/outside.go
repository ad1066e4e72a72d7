package harness

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"glomers/harness/network"
)

// A Network carries the messages between nodes outside of this process, in place of the simulated network: a real one. With it, a Program hands to its Ports
// only what nodes write to clients and services, which the run carries as ever, and the Network tells the run's Watch of everything else.
//
// The goroutine of Run calls all methods, one at a time. During such a call the whole run waits, so a method should take no more than a moment.
type Network interface {
	// Begin is called once, before any node is started.
	Begin(w *Watch, c Conditions) error
	// Impair and Mend are those of network.Network: faults of links between two nodes of the run. An error breaks the test.
	Impair(owner string, links []network.Link, im network.Impairment) error
	Mend(owner string) error
	// Settle is called once, when the nodes have done all that they are asked. The Network tells of all that has passed until then, and calls Watch.Settled.
	// Settle does not wait for that.
	Settle()
}

// Conditions are those in which a run wants to have its messages carried.
type Conditions struct {
	Nodes   []string      // their ids
	Latency time.Duration // mean latency that is added between nodes
	Dist    network.Dist
	Seed    uint64 // of latencies and faults
}

// A Watch tells a run what passes over its Network. Its methods may be called from any goroutine, also when the run is over.
type Watch struct {
	run     *scheduler
	watcher audience
}

// Passed tells of a passage. Those of one message may come in any order, as sender and receiver may be on different machines. If the run cannot keep up,
// Passed waits; so a Network's methods must not wait for a call of it.
func (w *Watch) Passed(p Passage) {
	w.run.mail.awaitRoom(&w.watcher)
	w.run.post(outside, passed{p})
}

// Settled answers Network.Settle.
func (w *Watch) Settled() { w.run.post(outside, settled{}) }

// Failed ends the run: the network is broken, not the nodes.
func (w *Watch) Failed(err error) {
	w.run.post(outside, failed{fmt.Errorf("harness: network: %w", err)})
}

// A Passage is something that happens to a message on its way from node to node.
type Passage struct {
	Key    string // of the message; no other message of the run has it
	Kind   string // network.Sent, Received or Dropped
	Copied bool   // with Received and Dropped: another copy of the message is still under way

	network.Message // with Sent: its addresses and its body
}

type (
	// passed: the Network tells of a passage.
	passed struct{ Passage }
	// settled: the Network has told of all passages.
	settled struct{}
)

// passages are the messages on a Network's way.
type passages struct {
	underWay map[string]*passage // by key
	settled  bool
}

// A passage is what is known of a message that may still be under way.
type passage struct {
	at      time.Duration // when the run first heard of it
	message network.Message
	sent    bool      // whether the run has heard that it was sent
	early   []Passage // what the run has heard before that
}

// lostAfter is the time after which a message is taken to be lost without anybody's notice: what is sent to a node that is down, for example.
const lostAfter = time.Minute

// beginOutside begins the Network, if there is one.
func (r *run) beginOutside() error {
	r.passages.underWay = make(map[string]*passage)
	if r.test.Network == nil {
		return nil
	}
	r.after(lostAfter/4, r.forgetLost)
	c := Conditions{r.test.nodeIDs(), r.test.Latency, r.test.LatencyDist, r.test.gate.Stream("outside").Uint64()}
	if err := r.test.Network.Begin(&Watch{run: r.scheduler}, c); err != nil {
		return fmt.Errorf("harness: network: %w", err)
	}
	return nil
}

// settleOutside waits until the Network has told of all passages.
func (r *run) settleOutside() error {
	if r.test.Network == nil {
		return nil
	}
	r.test.Network.Settle()
	return r.until(func() bool { return r.passages.settled })
}

// observe handles a passage.
func (r *run) observe(now time.Duration, e Passage) {
	p := r.passages.underWay[e.Key]
	if p == nil {
		p = &passage{at: now}
		r.passages.underWay[e.Key] = p
	}
	switch {
	case e.Kind == network.Sent && !p.sent:
		var err error
		if p.message, err = r.net.Observe(now, network.Sent, e.Message); err != nil {
			r.fail(fmt.Errorf("harness: network: %w", err))
			return
		}
		p.sent = true
		early := p.early
		p.early = nil
		for _, e := range early {
			r.observe(now, e)
		}
	case e.Kind == network.Sent:
		r.fail(fmt.Errorf("harness: network: two messages have the key %q", e.Key))
	case !p.sent:
		p.early = append(p.early, e)
	default:
		if e.Copied {
			r.net.ObserveCopy()
		} else {
			delete(r.passages.underWay, e.Key)
		}
		_, _ = r.net.Observe(now, e.Kind, p.message) // cannot fail: its parties are known
	}
}

// forgetLost forgets the messages that are lost.
func (r *run) forgetLost() {
	now := r.networkTime()
	var lost []network.Message
	for key, p := range r.passages.underWay {
		if now-p.at < lostAfter {
			continue
		}
		delete(r.passages.underWay, key)
		if p.sent {
			lost = append(lost, p.message)
		}
	}
	slices.SortFunc(lost, func(a, b network.Message) int { return cmp.Compare(a.ID, b.ID) })
	for _, m := range lost {
		_, _ = r.net.Observe(now, network.Gone, m) // cannot fail: its parties are known
	}
	r.after(lostAfter/4, r.forgetLost)
}
