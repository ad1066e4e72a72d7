package node

import (
	"time"

	"glomers/internal/control"
)

// Now returns the wall clock's time as this node has it. A harness may have set it off by
// some amount, so a node that uses wall-clock time reads it here; time.Since of an earlier time.Now is not
// affected, as it goes by the monotonic clock.
func (n *Node) Now() time.Time { return time.Now().Add(time.Duration(n.skew.Load())) }

func init() {
	control.Skew = func(n any, ahead time.Duration) { n.(*Node).skew.Store(int64(ahead)) }
	control.Pause = func(n any) func() { return n.(*Node).pause() }
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
