package why

import (
	"cmp"
	"slices"
	"strconv"

	"glomers/harness/history"
)

// A happening is something that happens to a node of a counter.
type happening struct {
	at    int64
	what  happeningKind
	node  string
	add   *add
	msg   *Sent
	value int64  // of a read
	wrong *wrong // the read, if it is one
}

type happeningKind int

// In this order they are taken to happen if the record does not tell.
const (
	comes    happeningKind = iota // an add of a client
	arrives                       // a message of a node
	restarts                      // the node, after a kill
	sends                         // the node sends another one a message
	reads                         // the node answers a read
)

// happenings returns what happens to the nodes, in the order of time.
func (t *tally) happenings() []happening {
	if t.events != nil {
		return t.events
	}
	var all []happening
	for _, a := range t.adds {
		if a.counts() {
			all = append(all, happening{at: a.begin, node: a.node, add: a})
		}
	}
	for i := range t.Messages {
		m := &t.Messages[i]
		if !t.IsNode(m.Src) || !t.IsNode(m.Dest) {
			continue
		}
		all = append(all, happening{at: m.At, what: sends, node: m.Src, msg: m})
		for _, e := range m.Ends {
			if e.Arrived {
				all = append(all, happening{at: e.At, what: arrives, node: m.Dest, msg: m})
			}
		}
	}
	for _, f := range t.Faults {
		if f.Name == "kill" {
			for _, node := range f.Effect.Nodes {
				all = append(all, happening{at: f.End, what: restarts, node: node})
			}
		}
	}
	all = append(all, t.reads()...)
	slices.SortStableFunc(all, func(a, b happening) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.what, b.what)) })
	t.events = all
	return all
}

// reads returns the reads that were answered with an integer.
func (t *tally) reads() []happening {
	wrongs := make(map[int]*wrong)
	for _, w := range t.wrongs {
		wrongs[w.done.Index] = w
	}
	var all []happening
	for i, op := range t.Ops {
		if op.F != "read" || op.Type != history.OK || op.Process == history.Nemesis {
			continue
		}
		value, err := strconv.ParseInt(string(op.Value), 10, 64)
		if err != nil {
			continue
		}
		h := happening{at: op.Time, what: reads, node: op.Node, value: value, wrong: wrongs[i]}
		if inv, ok := t.Invocation(i); ok {
			if request := t.request(inv); request != nil {
				if reply := t.answer(request); reply != nil {
					h.at = reply.At
				}
			}
		}
		all = append(all, h)
	}
	return all
}
