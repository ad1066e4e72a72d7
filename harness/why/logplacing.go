package why

import (
	"bytes"
	"strconv"

	"glomers/harness/history"
)

// A placing is how a message of a log came to its offset.
type placing struct {
	dialogue // of the send
	version
	offset int64
	acked  bool
	by     string // the node that chose the offset: another one if the client's node asked it to
	begin  int64  // when that node was asked
	end    int64  // when it answered
	way    []*Sent
	calls  []call // of that node, about the key
}

// maxCalls bounds the calls that are kept of a send. It is usually a few; of many, the operation took very long.
const maxCalls = 64

// placing returns that of a message; ok is false if nobody sent it.
func (x *logs) placing(v version) (placing, bool) {
	g, known := x.placings[v]
	if !known && len(x.sends[v]) > 0 {
		g = x.newPlacing(v)
		x.placings[v] = g
	}
	return g, g.by != ""
}

func (x *logs) newPlacing(v version) placing {
	g := placing{dialogue: x.dialogue(x.sends[v][0]), version: v}
	if g.acknowledged() {
		for _, s := range sightsIn(g.done) {
			if s.version == v {
				g.offset, g.acked = s.offset, true
			}
		}
	}
	g.by, g.begin, g.end = g.node, g.dialogue.begin, g.dialogue.end
	for range len(x.Nodes) {
		ask, answer := x.asksFor(g)
		if ask == nil {
			break
		}
		g.way = append(g.way, ask, answer)
		g.by, g.end = ask.Dest, answer.At
		g.begin, _ = ask.Arrival()
	}
	for _, m := range x.sentBetween(g.by, g.begin, g.end) {
		if m.ID < g.first || m.ID > g.last || len(g.calls) == maxCalls || !x.brings(m, v) && !bytes.Contains(m.Body, []byte(v.key)) {
			continue
		}
		if c, ok := x.newCall(m); ok && (c.names(v.key) || x.brings(m, v)) {
			g.calls = append(g.calls, c)
		}
	}
	return g
}

// asksFor returns the message by which a node had another one choose the offset, and the answer with the offset.
func (x *logs) asksFor(g placing) (ask, answer *Sent) {
	if !g.acked {
		return nil, nil
	}
	offset := strconv.AppendInt(nil, g.offset, 10)
	for _, m := range x.sentBetween(g.by, g.begin, g.end) {
		if m.ID < g.first || m.ID > g.last || !x.IsNode(m.Dest) || m.Dest == g.by || !x.brings(m, g.version) || member(m.Body, "offset") != nil {
			continue
		}
		a := x.answer(m)
		if a == nil || a.ID > g.last || !carries(a.Body, offset) {
			continue
		}
		if at, ok := a.Arrival(); ok && at <= g.end {
			return m, a
		}
	}
	return nil, nil
}

// name names the message.
func (g placing) name() string { return "message " + clipped(g.value) }

// offsetOf returns the offset at which a message was acknowledged.
func (x *logs) offsetOf(v version) (offset int64, op int, ok bool) {
	for _, inv := range x.sends[v] {
		done, ended := x.Completion(inv)
		if !ended || done.Type != history.OK {
			continue
		}
		for _, s := range sightsIn(done) {
			if s.version == v {
				return s.offset, done.Index, true
			}
		}
	}
	return 0, 0, false
}

// rank puts acknowledged messages first.
func (x *logs) rank(s sight) int {
	if x.Ops[s.op].F == "send" {
		return 0
	}
	return 1
}

// node returns the node to which a message was sent.
func (t *logTale) node(v version) string {
	if sends := t.sends[v]; len(sends) > 0 {
		return t.Ops[sends[0]].Node
	}
	return ""
}

// reached returns when a message first came to each party, from the node that had it from a time on.
func (x *logs) reached(v version, node string, begin int64) map[string]visit {
	return x.spread(x.carriers[v], node, begin)
}
