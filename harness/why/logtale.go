package why

import (
	"fmt"
)

// A logTale gathers the steps of a story.
type logTale struct {
	*logs
	telling
}

func (x *logs) tale() *logTale { return &logTale{logs: x} }

// send adds the steps of a send, with the nodes that were asked for an offset.
func (t *logTale) send(g placing) {
	t.add(t.sendStep(g))
	for i := 0; i+1 < len(g.way); i += 2 {
		ask := g.way[i]
		t.add(passes(ask, fmt.Sprintf("%s passes %s on to %s (%s), which answers with offset %d", ask.Src, g.name(), ask.Dest, ask.Type, g.offset)))
	}
}

// call adds the step of a call to a service, with what it came to.
func (t *logTale) call(c call) {
	from, to := c.request.Src, c.request.Dest
	where := fmt.Sprintf("key %s of %s", clipped(c.key), to)
	var text string
	switch {
	case c.reads() && c.reply == nil:
		text = fmt.Sprintf("%s reads %s", from, where)
	case c.reads() && c.reply.Type == "error" && string(member(c.reply.Body, "code")) == "20":
		text = fmt.Sprintf("%s reads %s, which does not exist", from, where)
	case c.reads() && c.refused != "":
		text = fmt.Sprintf("%s reads %s: %s", from, where, c.refused)
	case c.reads():
		text = fmt.Sprintf("%s reads %s: it is %s", from, where, shown(c.result))
	case c.request.Type == "cas":
		text = fmt.Sprintf("%s replaces %s by %s in %s (cas)%s", from, shown(c.expected), shown(c.value), where, c.arrival())
	default:
		text = fmt.Sprintf("%s writes %s to %s%s", from, shown(c.value), where, c.arrival())
	}
	if !c.reads() && c.refused != "" {
		text += ", but is refused: " + c.refused
	}
	s := passes(c.request, text)
	if c.reply != nil {
		if at, ok := c.reply.Arrival(); ok && c.reads() {
			s.Until = at
		}
	}
	t.add(s)
}

// step is that of the send.
func (x *logs) sendStep(g placing) Step {
	did := "which does not answer"
	switch {
	case g.acked:
		did = fmt.Sprintf("which acknowledges it at offset %d", g.offset)
	case g.failed():
		did = "which refuses it: " + refusal(g.done)
	case g.reply != nil:
		did = "which answers " + quoted(g.reply.Body)
	}
	return x.asks(g.inv, fmt.Sprintf("%s sends %s of key %s to %s, %s", client(g.inv), g.name(), clipped(g.key), g.node, did))
}

// lostTo returns the first message with a version for a node that was lost before a time.
func (t *logTale) lostTo(v version, node string, until int64) *Sent {
	for _, m := range t.carriers[v] {
		if _, ok := m.Arrival(); m.Dest == node && m.At <= until && !ok && len(m.Ends) > 0 {
			return m
		}
	}
	return nil
}

// carry adds the steps of messages that carry a version.
func (t *logTale) carry(way []*Sent, v version) {
	for _, m := range way {
		if c, ok := t.newCall(m); ok {
			t.call(c)
			continue
		}
		t.add(t.sending(m, "message "+clipped(v.value)))
	}
}
