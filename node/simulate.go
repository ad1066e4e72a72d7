package node

import "time"

// Now returns the wall clock's time as this node has it. A harness may have set it off by
// some amount, so a node that uses wall-clock time reads it here; time.Since of an earlier time.Now is not
// affected, as it goes by the monotonic clock.
func (n *Node) Now() time.Time { return time.Now().Add(time.Duration(n.skew.Load())) }

// Skew sets how far Now is ahead of the true time. It is for harnesses.
func (n *Node) Skew(ahead time.Duration) { n.skew.Store(int64(ahead)) }

// Pause makes the node stand still once the function that has the turn gives it away: no typed handler and no timer runs, and
// messages wait. resume lets it go on. Functions registered with Handle, which have no turn, are not
// held up. It is for harnesses; a process is paused by SIGSTOP.
func (n *Node) Pause() (resume func()) {
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
