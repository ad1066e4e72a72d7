package node

import (
	"math/rand/v2"
	"time"

	"glomers/internal/control"
)

// Now returns the time that the wall clock of this node shows. A harness may have skewed this clock, so nodes
// read the wall clock here and not by time.Now. Durations from time.Since go by the monotonic clock, and are
// not affected.
func (n *Node) Now() time.Time { return n.clock.now().Add(time.Duration(n.skew.Load())) }

func init() {
	control.Skew = func(n any, ahead time.Duration) { n.(*Node).skew.Store(int64(ahead)) }
	control.Random = func(n any, around func(rand.Source, string) rand.Source) { n.(*Node).drawThrough(around) }
	control.Pause = func(n any) func() { return n.(*Node).pause() }
}

// drawThrough makes the node's generators draw through around.
func (n *Node) drawThrough(around func(source rand.Source, purpose string) rand.Source) {
	n.rng = rand.New(around(&n.sources.rng, "rand"))
	n.jitter = rand.New(around(&n.sources.jitter, "jitter"))
}

// pause makes the node stand still; a process is paused by SIGSTOP.
func (n *Node) pause() (resume func()) {
	held := make(chan struct{})
	go func() {
		n.turn.acquire()
		close(held)
	}()
	return func() {
		<-held
		n.turn.release()
	}
}
