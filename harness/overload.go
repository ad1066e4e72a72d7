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

// watchInputs looks at every node's input now and then, so that it is known since when one
// has not been read.
func (r *run) watchInputs() {
	for _, m := range r.nodes {
		if m.process != nil {
			m.process.idle()
		}
	}
	r.after(r.test.limits.stall/5, r.watchInputs)
}

// checkInputs ends the run with an error if a node does not read its input. That is looked at only when all is
// over: until then it may just be slow, or have been told to pause.
func (r *run) checkInputs() error {
	for _, m := range r.nodes {
		if m.process == nil {
			continue
		}
		waiting, since := m.process.idle()
		if waiting > 0 && r.now()-since >= r.test.limits.stall {
			return &NodeError{
				Node:   m.id,
				Reason: fmt.Sprintf("stopped reading its input at %.1f s: %d bytes wait", since.Seconds(), waiting),
				Log:    m.log.tail(),
			}
		}
	}
	return nil
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
