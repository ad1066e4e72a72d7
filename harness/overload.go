package harness

import (
	"fmt"
	"strconv"
	"time"

	"glomers/harness/network"
	"glomers/harness/service"
	"glomers/internal/wording"
)

// flood is the event that nodes exceed the limit of memory or of messages.
type flood struct{}

// floodError returns an error that describes the largest use of memory, and names the node with the largest part in it.
func (r *run) floodError() error {
	node, what := r.loudestNode(), ""
	hint := fmt.Sprintf("; all that nodes make the harness hold may take %s, and --max-memory (Limits.Memory) raises that", wording.Limit(r.test.Limits.Memory))
	switch at := r.now().Seconds(); r.memory.largest() {
	case unended:
		node = r.nodeWithMost(func(m *member) int { return int(m.begun.Load()) })
		what = fmt.Sprintf("has begun a line of stdout that has %s so far and no end: at %.1f s, such lines of all nodes have %s",
			wording.Bytes(int(node.begun.Load())), at, wording.Bytes(r.memory.of(unended)))
	case waiting:
		node = r.nodeWithMost((*member).unread)
		what = fmt.Sprintf("leaves its input unread: at %.1f s, %s wait for it, and %s for all nodes together; %s",
			at, wording.Bytes(node.unread()), wording.Bytes(r.memory.of(waiting)), r.loudest())
	case served:
		name, size := r.fullestService()
		what = fmt.Sprintf("fills the services: at %.1f s, the keys and values of %s take %s; %s", at, name, wording.Bytes(size), r.loudest())
	case addressed:
		what = fmt.Sprintf("writes in the names of others: at %.1f s, %d links from or to clients are in use; %s",
			at, r.net.ClientLinks(), r.loudest())
	default:
		hint = ""
		what = fmt.Sprintf("floods the network: at %.1f s, more messages are under way than the harness holds (%d, or %s, which --max-memory raises), and %s",
			at, r.test.limits.messages, wording.Limit(r.test.Limits.Memory), r.loudest())
	}
	return &NodeError{Kind: Overload, Node: node.id, Reason: what + hint, Log: node.log.String()}
}

// idle returns the size of the input that the node has not read, and the time since which it has not read any, as far as
// earlier calls can show. Only processes of a Binary know these; for others, both are 0.
func (m *member) idle() (waiting int, since stamp) {
	if p, ok := m.process.(interface{ idle() (int, stamp) }); ok {
		return p.idle()
	}
	return 0, 0
}

// unread returns the number of bytes that wait for the node.
func (m *member) unread() int {
	if m.process == nil {
		return m.weight
	}
	queued, _ := m.idle()
	return m.weight + queued
}

// fullestService returns the name and the size of the largest service.
func (r *run) fullestService() (name string, size int) {
	for _, n := range service.Names() {
		if s := r.services[n]; s != nil && s.Size() >= size {
			name, size = n, s.Size()
		}
	}
	return name, size
}

// nodeWithMost returns the node with the largest size.
func (r *run) nodeWithMost(size func(*member) int) *member {
	most := r.nodes[0]
	for _, m := range r.nodes[1:] {
		if size(m) > size(most) {
			most = m
		}
	}
	return most
}

// loudestNode returns the node that has sent the most messages.
func (r *run) loudestNode() *member {
	return r.nodeWithMost(func(m *member) int { return int(m.messages.Load()) })
}

// loudest describes, in words, the node that has sent the most messages.
func (r *run) loudest() string {
	m := r.loudestNode()
	return fmt.Sprintf("most messages were sent by %s: %d", m.id, m.messages.Load())
}

// A stall is a period in which a node read nothing although input waited for it.
type stall struct {
	since, until stamp
	waiting      int    // waiting bytes at the end of the stall
	why          string // the ailment at the end of the stall; "" if none is known
}

// watchInputs looks at every node's input from time to time, to detect stalls. A stall does not end the run: as in the reference,
// operations of the node's clients time out, and the verdict follows from the history.
func (r *run) watchInputs() {
	r.lookAtInputs(r.now())
	r.after(r.test.limits.stall/5, r.watchInputs)
}

// lookAtInputs records the longest stall of each node. It skips a paused node, which cannot read, a node that has not answered
// init, which may still be starting, and a node that is debugged. In virtual time no input ever waits.
func (r *run) lookAtInputs(now stamp) {
	if r.active != nil {
		return
	}
	for _, m := range r.nodes {
		if m.process == nil || m.paused || !m.ready || m.attached {
			continue
		}
		waiting, since := m.idle()
		if took := now - since; waiting > 0 && took >= r.test.limits.stall && took > m.stall.until-m.stall.since {
			m.stall = stall{since, now, waiting, m.ailment()}
		}
	}
}

// stalls describes, in sentences, the nodes that did not work properly: ailing nodes, for which the cause is known, and slow
// nodes, which did not read their input. It is called at the end of the run.
func (r *run) stalls() (ailing, slow []string) {
	now := r.now()
	r.lookAtInputs(now)
	for _, m := range r.nodes {
		s, why := m.stall, m.ailment()
		if m.broken.Load() {
			why = "" // the error that was reported includes it
		}
		text := ""
		switch {
		case s.waiting == 0 && why == "":
			continue
		case s.waiting == 0:
			text = fmt.Sprintf("node %s %s", m.id, why)
		case s.until == now:
			text = fmt.Sprintf("node %s has not read its input since %.1f s: %s wait", m.id, s.since.Seconds(), wording.Bytes(s.waiting))
		default:
			text = fmt.Sprintf("node %s did not read its input from %.1f s to %.1f s, when %s waited",
				m.id, s.since.Seconds(), s.until.Seconds(), wording.Bytes(s.waiting))
		}
		switch {
		case s.waiting > 0 && why != "":
			text += "; it " + why
		case s.waiting > 0 && s.why != "":
			text += "; at that time, it " + s.why
		}
		if why+s.why != "" {
			ailing = append(ailing, text)
		} else {
			slow = append(slow, text)
		}
	}
	return ailing, slow
}

// envelope returns a message as the line that a node reads.
func envelope(m network.Message, now *time.Duration) []byte {
	b := make([]byte, 0, len(m.Body)+64)
	b = append(b, `{"id":`...)
	b = strconv.AppendInt(b, m.ID, 10)
	b = append(b, `,"src":"`...)
	b = append(b, m.Src...) // needs no escapes: the ids of parties are plain
	b = append(b, `","dest":"`...)
	b = append(b, m.Dest...)
	b = append(b, '"')
	if now != nil {
		b = append(b, `,"now":`...)
		b = append(b, milliseconds(*now)...)
	}
	b = append(b, `,"body":`...)
	b = append(b, m.Body...)
	return append(b, "}\n"...)
}
