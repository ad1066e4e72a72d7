package harness

import (
	"fmt"
	"strconv"

	"glomers/harness/network"
)

// flood is the event that more messages wait than the harness holds.
type flood struct{}

// floodError names the node that sent the most.
func (r *run) floodError() error {
	most := r.loudestNode()
	return &NodeError{
		Node: most.id,
		Reason: fmt.Sprintf("floods the network: at %.1f s, more messages are under way than the harness holds (%d, or %d MiB), "+
			"and %s", r.now().Seconds(), r.test.limits.messages, r.test.limits.bytes>>20, r.loudest()),
		Log: most.log.tail(),
	}
}

// loudestNode returns the node that has sent the most messages.
func (r *run) loudestNode() *member {
	most := r.nodes[0]
	for _, m := range r.nodes[1:] {
		if m.messages.Load() > most.messages.Load() {
			most = m
		}
	}
	return most
}

// loudest says in words which node has sent the most.
func (r *run) loudest() string {
	m := r.loudestNode()
	return fmt.Sprintf("most messages were sent by %s: %d", m.id, m.messages.Load())
}

// A stall is a time in which a node read nothing of the input that waited for it.
type stall struct {
	since, until stamp
	waiting      int // bytes, at the end
}

// watchInputs looks at every node's input now and then, so that it is known since when one has not been read. Such a node does not end
// the run: as in the reference, its clients' operations time out, and the verdict is that of the history.
func (r *run) watchInputs() {
	r.lookAtInputs(r.now())
	r.after(r.test.limits.stall/5, r.watchInputs)
}

// lookAtInputs takes note of the longest stall of each node. One that was told to pause reads nothing, as it should, and one that has not
// answered init may be just starting.
func (r *run) lookAtInputs(now stamp) {
	for _, m := range r.nodes {
		if m.process == nil || m.paused || !m.ready {
			continue
		}
		waiting, since := m.process.idle()
		if took := now - since; waiting > 0 && took >= r.test.limits.stall && took > m.stall.until-m.stall.since {
			m.stall = stall{since, now, waiting}
		}
	}
}

// stalls says in words which nodes did not read their input. It is called at the end of the run.
func (r *run) stalls() []string {
	now := r.now()
	r.lookAtInputs(now)
	var found []string
	for _, m := range r.nodes {
		s := m.stall
		switch {
		case s.waiting == 0:
		case s.until == now:
			found = append(found, fmt.Sprintf("node %s has not read its input since %.1f s: %s wait", m.id, s.since.Seconds(), bytesOf(s.waiting)))
		default:
			found = append(found, fmt.Sprintf("node %s did not read its input from %.1f s to %.1f s, when %s waited",
				m.id, s.since.Seconds(), s.until.Seconds(), bytesOf(s.waiting)))
		}
	}
	return found
}

// bytesOf writes a size with about three digits.
func bytesOf(n int) string {
	switch {
	case n < 1e3:
		return fmt.Sprintf("%d bytes", n)
	case n < 1e6:
		return fmt.Sprintf("%.3g kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.3g MB", float64(n)/1e6)
}

// envelope returns a message as a node reads it, a line.
func envelope(m network.Message) []byte {
	b := make([]byte, 0, len(m.Body)+64)
	b = append(b, `{"id":`...)
	b = strconv.AppendInt(b, m.ID, 10)
	b = append(b, `,"src":"`...)
	b = append(b, m.Src...) // ids that exist are plain: ours
	b = append(b, `","dest":"`...)
	b = append(b, m.Dest...)
	b = append(b, `","body":`...)
	b = append(b, m.Body...)
	return append(b, "}\n"...)
}
